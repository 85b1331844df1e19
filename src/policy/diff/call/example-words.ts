import { DateTime } from 'luxon';
import { calledWords } from '../../../call/called-name.ts';
import {
  type CallFacts,
  type CallHistory,
  everyCalendar,
  listedNumber,
  type Verification,
} from '../../../call/facts.ts';
import { signatureProblems, signedFor } from '../../../call/vocabulary.ts';
import { standardWindows, windowWords } from '../../../call/windows.ts';
import { namedNumber } from '../../named-number.ts';
import type { Policy } from '../../policy.ts';
import { ruleDefaults } from '../../rule-defaults.ts';
import type { MadeCall } from './made-calls.ts';
import { usualName } from './simplest-call.ts';

/** The call in words: what is not ordinary about it. @param policy whose zone times are in, and whose lists name our numbers. @param now epoch ms: an ordinary time */
export function exampleWords(
  { facts, supposes }: MadeCall,
  policy: Pick<Policy, 'lists' | 'blockLists' | 'settings'>,
  now: number,
): string {
  const zone = policy.settings.timeZone;
  const { caller, called, trunk, verification } = facts;
  const { result, attestation } = verification;
  const from = listedNumber(caller) ?? `a caller whose number is ${caller.reason ?? 'unavailable'}`;
  return [
    `from ${from}${caller.displayName === usualName ? '' : ` “${caller.displayName}”`}`,
    called.number === null
      ? ''
      : `to ${calledWords(called.number, (ours) => namedNumber(policy, ours, facts.now))}`,
    trunk === ruleDefaults.caseTrunk ? '' : `on trunk ${trunk}`,
    result === 'none' ? '' : `verification ${result}${attestation === null ? '' : `-${attestation}`}`,
    ...signatureWords(verification),
    facts.now === now ? '' : timeWords(facts.now, zone),
    ...siteWords(facts),
    facts.campaign === undefined
      ? 'campaign not known'
      : facts.campaign === null
        ? ''
        : `of campaign ${facts.campaign}`,
    facts.signals?.ownCallOut === undefined
      ? ''
      : `${facts.signals.ownCallOut ? 'a' : 'no'} call of ours shows its number`,
    ...(facts.history === null ? ['history not known'] : historyWords(facts.history, facts)),
    ...supposes.map(({ list, number }) => `if ${number} stood on ${list}`),
  ]
    .filter((words) => words !== '')
    .join(', ');
}

function signatureWords(verification: Verification): string[] {
  const { signer, origid, signerName, signerCode, callerName, problem, disagreement } = verification;
  return [
    signer === null ? '' : `signed by ${signer}`,
    origid === null ? '' : `origid ${origid}`,
    signerName === undefined ? '' : `signer name ${signerName}`,
    signerCode === undefined ? '' : `signer code ${signerCode}`,
    callerName === undefined ? '' : `signed name ${callerName}`,
    verification.signedFor === undefined ? '' : `signed for ${signedFor.label(verification.signedFor)}`,
    problem === undefined ? '' : `signature ${signatureProblems.label(problem)}`,
    disagreement === undefined ? '' : `${disagreement.here} here and ${disagreement.carrier} of the carrier`,
  ];
}

function timeWords(now: number, zone: string | null): string {
  const at = DateTime.fromMillis(now, { zone: zone ?? 'utc' });
  return `${at.toFormat('ccc d LLL yyyy HH:mm', { locale: 'en' })} (${zone ?? 'UTC'})`;
}

function siteWords({ site, now }: CallFacts): string[] {
  if (site === undefined) return ['dialed emergency numbers not known'];
  const closed = (site.closed ?? []).map((one) => (one === everyCalendar ? 'everything' : one));
  const { emergencyDialedAt, levels, callBackSurge } = site;
  const { board, called, departments = {} } = levels ?? {};
  const levelWords = Object.entries({ board, 'called number': called, ...departments }).flatMap(
    ([of, level]) => (level === undefined ? [] : [`level of ${of} ${level}`]),
  );
  return [
    ...(levels === undefined ? ['attack levels not known'] : levelWords),
    ...(callBackSurge ? ['while its called number is called back'] : []),
    ...(closed.length > 0 ? [`while ${closed.join(' and ')} is closed by hand`] : []),
    ...(emergencyDialedAt === undefined
      ? []
      : [`${Math.ceil((now - emergencyDialedAt) / 60_000)} min after an emergency number was dialed`]),
  ];
}

const countWords = {
  calls: 'calls of this number',
  failedChallenges: 'failed challenges',
  calledNumbers: 'different numbers called',
  exchangeCalls: 'calls from its exchange',
  signerCalls: 'calls of its signer',
  calledNumberCalls: 'calls to the called number',
  boardCalls: 'calls to the whole board',
  unknownCalledNumberCalls: 'calls of unknown callers to the called number',
  unknownBoardCalls: 'calls of unknown callers to the whole board',
  decoys: 'different decoys called',
  exchangeFailed: 'failed challenges from its exchange',
  exchangePassed: 'passed challenges from its exchange',
  exchangeDecoyCalls: 'calls from its exchange to decoys',
  signerFailed: 'failed challenges of its signer',
  signerPassed: 'passed challenges of its signer',
  signerDecoyCalls: 'calls of its signer to decoys',
  origidFailed: 'failed challenges of its signer and origid',
  origidPassed: 'passed challenges of its signer and origid',
} as const;

function historyWords(history: CallHistory, { caller }: CallFacts): string[] {
  const hasNumber = caller.number !== null;
  const { passUntil, dialedUntil, expected, flags, optedOut, heard, verified } = history;
  const windows = [...standardWindows, ...(history.moreWindows ?? [])];
  const counts = Object.entries(countWords).flatMap(([field, what]) => {
    const found = history[field as keyof typeof countWords];
    if (found === null || found === undefined) return [];
    return found.flatMap((count, at) => {
      if (count === 0) return [];
      const within = `within ${windowWords(windows[at] ?? 0)}`;
      return [count === null ? `${what} ${within} not known` : `${count} ${what} ${within}`];
    });
  });
  const flagged = Object.entries(flags ?? {}).filter(([, count]) => count > 0);
  return [
    passUntil === null ? '' : 'with a pass',
    dialedUntil === undefined && hasNumber
      ? 'whether we dialed it not known'
      : dialedUntil
        ? 'dialed by us'
        : '',
    expected === undefined && hasNumber ? 'whether it is expected not known' : expected ? 'expected' : '',
    ...counts,
    ...flagged.map(([word, count]) => `flagged as ${word}${count > 1 ? ` ${count} times` : ''}`),
    flags === null && hasNumber ? 'flags not known' : '',
    ...Object.keys(heard ?? {}).map((tone) => `${tone} was heard before`),
    heard === null && hasNumber ? 'tones heard before not known' : '',
    verified === null && hasNumber
      ? 'usual verification not known'
      : Object.keys(verified ?? {}).length > 0
        ? 'usually signed A'
        : '',
    optedOut === true ? 'opted out' : optedOut === null && hasNumber ? 'whether it opted out not known' : '',
  ];
}
