import { DateTime } from 'luxon';
import { writtenLevels } from '../../call/attack-levels.ts';
import {
  type CallFacts,
  type CallHistory,
  everyCalendar,
  type SiteFacts,
  type Verification,
} from '../../call/facts.ts';
import { usuallyA } from '../../call/usual-verification.ts';
import type { Decision } from '../../call/verdict.ts';
import type { Flag } from '../../call/vocabulary.ts';
import { standardWindows, windowMs } from '../../call/windows.ts';
import type { NumberPattern } from '../../numbers/number-pattern.ts';
import { calledFacts, callerFacts } from '../../numbers/phone-number.ts';
import { wordRemedy } from '../../text/spelling.ts';
import { originCountsOf } from '../conditions/signals/origin-counts.ts';
import { decide } from '../decide.ts';
import { type Policy, writtenOn } from '../policy.ts';
import type { Place, Problem } from '../problem.ts';
import { ListedNumbers } from '../proof/listed-numbers.ts';
import { ruleDefaults } from '../rule-defaults.ts';
import { problemsOfShape } from '../yaml/shape-problems.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';
import { casesShape, type WrittenCase } from './case-shape.ts';
import { signatureFacts } from './signature-shape.ts';

export interface CaseResult {
  /** As described in the file. */
  readonly name: string;
  readonly place: Place;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped; empty when it passed. */
  readonly why: string;
  /** Rules that the call reached: the deciding one, and monitor rules that matched. */
  readonly reached: readonly string[];
}

/** Runs every case of these files. A failed case and a file that cannot be read are errors. Never throws. */
export function runCases(
  policy: Policy,
  sources: readonly YamlSource[],
): { readonly results: readonly CaseResult[]; readonly problems: readonly Problem[] } {
  const results: CaseResult[] = [];
  const problems: Problem[] = [];
  // Cases say what the rules decide; that the board only watches does not make them wrong.
  const enforced: Policy = { ...policy, settings: { ...policy.settings, mode: 'enforce' } };
  for (const source of sources) {
    if (source.data === undefined) {
      problems.push(...source.problems);
      continue;
    }
    const parsed = casesShape.safeParse(source.data);
    if (!parsed.success) {
      problems.push(...problemsOfShape(parsed.error, source));
      continue;
    }
    for (const [index, written] of parsed.data.cases.entries()) {
      const result = runCase(enforced, written, source.at(['cases', index]));
      results.push(result);
      if (result.result !== 'passed') problems.push(problemOf(result));
    }
  }
  return { results, problems };
}

function runCase(policy: Policy, written: WrittenCase, place: Place): CaseResult {
  const { case: name, want } = written;
  const { from } = written.call;
  if (typeof from === 'object' && !policy.lists.has(from.in)) {
    const why = `there is no list "${from.in}"; ${wordRemedy(from.in, [...policy.lists.keys()], 'lists')}`;
    return { name, place, result: 'failed', why, reached: [] };
  }
  const { closed } = written.call;
  const unknown = closed === true ? undefined : closed?.find((one) => !policy.calendars.has(one));
  if (unknown !== undefined) {
    const why = `there is no calendar "${unknown}"; ${wordRemedy(unknown, [...policy.calendars.keys()], 'calendars')}`;
    return { name, place, result: 'failed', why, reached: [] };
  }
  const department = Object.keys(written.call.level ?? {}).find(
    (one) => one !== 'board' && one !== 'called-number' && !policy.lists.has(one),
  );
  if (department !== undefined) {
    const why = `there is no list "${department}"; ${wordRemedy(department, ['board', 'called-number', ...policy.lists.keys()], 'words and lists')}`;
    return { name, place, result: 'failed', why, reached: [] };
  }
  const call = caseCall(written.call, policy);
  if ('missing' in call) return { name, place, result: 'skipped', why: call.missing, reached: [] };
  const decision = decide(call.facts, policy);
  const reached = [decision.rule, ...decision.monitored.map(({ rule }) => rule)];
  const why = differences(want, decision, policy);
  return { name, place, result: why.length === 0 ? 'passed' : 'failed', why: why.join('; '), reached };
}

function differences(want: WrittenCase['want'], decision: Decision, policy: Policy): string[] {
  const { verdict, rule } = decision;
  const found: string[] = [];
  const differs = (what: string, wanted: string, got: string | null) =>
    found.push(`${what} ${wanted} was wanted, and it is ${got ?? 'none'}`);
  if (want.rule !== undefined && want.rule !== rule) {
    differs('rule', want.rule, rule);
    found.push(whyNot(want.rule, decision, policy));
  }
  if (want.verdict !== undefined && want.verdict !== verdict.kind)
    differs('verdict', want.verdict, verdict.kind);
  const challenge = verdict.kind === 'challenge' ? verdict.challenge : null;
  if (want.challenge !== undefined && want.challenge !== challenge)
    differs('challenge', want.challenge, challenge);
  const connected = verdict.kind === 'challenge' ? verdict.passed : verdict;
  const label = connected.kind === 'connect' ? connected.label : null;
  if (want.label !== undefined && want.label !== label) differs('label', `"${want.label}"`, label);
  const monitored = decision.monitored.map((one) => one.rule);
  for (const one of want.monitored ?? [])
    if (!monitored.includes(one)) found.push(`the monitor rule ${one} did not match`);
  return found;
}

/** Why the wanted rule did not decide: it did not match, or it was not reached. */
function whyNot(rule: string, { trace, rule: decided }: Decision, policy: Policy): string {
  const entry = trace.find((one) => one.rule === rule);
  if (entry) return entry.because;
  const ids = policy.rules.map(({ id }) => id);
  return ids.includes(rule)
    ? `"${decided}" comes first`
    : `there is no such rule: ${wordRemedy(rule, ids, 'rules')}`;
}

function problemOf({ name, place, result, why }: CaseResult): Problem {
  const isFailed = result === 'failed';
  return {
    severity: isFailed ? 'error' : 'warning',
    ...place,
    message: `the case "${name}" ${isFailed ? 'fails' : 'was left out'}: ${why}`,
    remedy: isFailed
      ? 'put the rules right; or, if they mean it so, the case'
      : 'give the list a number that stands on no other list, or write a number',
    code: isFailed ? 'case-failed' : 'case-skipped',
  };
}

export type WrittenCall = WrittenCase['call'];

type Counts = Readonly<Record<string, number>>;

/** A call can be made of it, or not: then why. */
type CaseCall = { readonly facts: CallFacts } | { readonly missing: string };

const hourMs = 3_600_000;

/** The facts of a case. What it does not say is ordinary: no verification, and a history in which nothing happened. */
export function caseCall(written: WrittenCall, policy: Policy): CaseCall {
  const { settings } = policy;
  const trunk = written.trunk ?? ruleDefaults.caseTrunk;
  const zone = written.zone ?? settings.timeZone ?? 'utc';
  const now = DateTime.fromISO(written.at ?? ruleDefaults.caseTime, { zone }).toMillis();
  if (!Number.isFinite(now)) return { missing: `there is no time ${written.at}` };
  const number = callerNumber(written.from, policy, now);
  if (number === null) return { missing: `there is no number for from: ${JSON.stringify(written.from)}` };
  // A presentation that is restricted says withheld, whatever the number.
  const [from, region] = writtenOn(policy, trunk, number, 'caller');
  const caller = callerFacts(from, 'allowed', written.name ?? '', region);
  const called = calledFacts(
    ...writtenOn(policy, trunk, written.to ?? firstOf(settings.ownPatterns) ?? '', 'called'),
  );
  const isMissing = written.history === 'missing';
  return {
    facts: {
      callId: 'case',
      linkedId: 'case',
      sipCallId: '',
      now,
      caller,
      called,
      trunk,
      verification: verificationOf(written),
      history: isMissing
        ? null
        : historyOf(written, caller.number !== null, called.number, now, policy.windows),
      noHistoryReason: isMissing ? 'unavailable' : null,
      site: siteOf(written, now),
      ...(written['own-call-out'] !== undefined && { signals: { ownCallOut: written['own-call-out'] } }),
    },
  };
}

const words: Record<string, string> = { withheld: 'anonymous', unavailable: '', malformed: '12' };

function callerNumber(from: WrittenCall['from'], policy: Policy, now: number): string | null {
  if (typeof from === 'string') {
    if (from === 'own-number') return firstOf(policy.settings.ownPatterns);
    return words[from] ?? from;
  }
  const list = policy.lists.get(from.in);
  if (!list) return null;
  const others = [...policy.lists.values()].filter(({ id }) => id !== from.in);
  for (const number of new ListedNumbers(list).sample())
    if (list.find(number, now) && !others.some((other) => other.find(number, now))) return number;
  return null;
}

function firstOf([first]: readonly NumberPattern[]): string | null {
  if (!first) return null;
  if (first.kind === 'prefix') return first.prefix.padEnd(12, '0');
  return first.kind === 'exact' ? first.number : first.from;
}

function verificationOf({ verification = 'none', signer, origid, signature }: WrittenCall): Verification {
  const [result, attestation] = verification.split('-');
  return {
    result: result as Verification['result'],
    attestation: (attestation ?? null) as Verification['attestation'],
    signer: signer ?? null,
    origid: origid ?? null,
    source: result === 'none' ? null : 'asterisk',
    ...signatureFacts(signature),
  };
}

function siteOf(
  { closed, 'emergency-dialed': ago, level = {}, 'call-back-surge': isSurge }: WrittenCall,
  now: number,
): SiteFacts {
  return {
    levels: writtenLevels(level),
    ...(isSurge === true && { callBackSurge: true }),
    ...(closed !== undefined && { closed: closed === true ? [everyCalendar] : closed }),
    ...(ago !== undefined && { emergencyDialedAt: now - ago }),
  };
}

function historyOf(
  written: WrittenCall,
  hasNumber: boolean,
  called: string | null,
  now: number,
  more: readonly number[],
): CallHistory {
  const countsOf = (counts: Counts | undefined) => countsIn([...standardWindows, ...more], counts);
  const said = typeof written.history === 'object' ? written.history : {};
  const later = now + hourMs;
  const ofNumber = <T>(value: T): T | null => (hasNumber ? value : null);
  return {
    ...(more.length > 0 && { moreWindows: more }),
    passUntil: said['has-pass'] ? later : null,
    dialedUntil: said.dialed ? later : null,
    expected: said.expected ? { until: later, called, why: 'case' } : null,
    calls: ofNumber(countsOf(said.calls)),
    failedChallenges: ofNumber(countsOf(said['failed-challenges'])),
    calledNumbers: ofNumber(countsOf(said['called-numbers'])),
    decoys: ofNumber(countsOf(said.decoys)),
    verified: ofNumber(said['weaker-verification'] ? usuallyA : {}),
    heard: ofNumber(Object.fromEntries((said.heard ?? []).map((tone) => [tone, 1]))),
    ...originCountsOf(hasNumber, (name) => countsOf(said[name])),
    exchangeCalls: ofNumber(countsOf(said['exchange-calls'])),
    signerCalls: countsOf(said['signer-calls']),
    calledNumberCalls: countsOf(written.surge?.['called-number']),
    boardCalls: countsOf(written.surge?.board),
    unknownCalledNumberCalls: countsOf(written.surge?.['unknown-called-number']),
    unknownBoardCalls: countsOf(written.surge?.['unknown-board']),
    flags: ofNumber(flagsOf(said.flagged)),
    optedOut: ofNumber(said['opted-out'] ?? false),
    campaign: written.campaign ?? null,
  };
}

/** A longer window has at least what a shorter one has. */
function countsIn(lengths: readonly number[], said: Counts = {}): number[] {
  const all = Object.entries(said).map(([window, count]) => [windowMs(window) ?? 0, count] as const);
  return lengths.map((length) =>
    Math.max(0, ...all.flatMap(([window, count]) => (window <= length ? [count] : []))),
  );
}

function flagsOf(said: { readonly [F in Flag]?: number | undefined } = {}): {
  readonly [F in Flag]?: number;
} {
  return { sales: said.sales ?? 0, scam: said.scam ?? 0, wanted: said.wanted ?? 0 };
}
