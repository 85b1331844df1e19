import { DateTime } from 'luxon';
import { whyNoNumber } from '../policy/kept-caller.ts';
import type { ChallengeAttempt, Outcome } from '../screening/outcome.ts';
import { span } from './call-lines.ts';
import type { CallRecord } from './call-records.ts';
import { harmless } from './harmless.ts';
import { isUuid, type NumbersShown } from './shown-record.ts';
import { attemptWords, bypassReason, causeWords, exitWords, verdictWords } from './web/words.ts';

type Line = readonly [name: string, text: string | null];

/** A text that may hold numbers, as this reader may see it. */
type Words = (text: string) => string;

/** One call in full, for people at a terminal: facts, decision and trace, what happened when, and its later life. */
export function callText(record: CallRecord, numbers: NumbersShown): string {
  const { outcome } = record;
  // Labels, names on lists and reasons may be made of what the caller sent.
  const words: Words = (text) => numbers.text(text, outcome.callId);
  const sections = [
    heading(outcome, words),
    block('Facts', factLines(outcome, numbers, words)),
    block('Decision', decisionLines(outcome, words)),
    trace(outcome, words),
    ['What happened', ...events(outcome, words).map(({ atMs, what }) => `  ${seconds(atMs)}  ${what}`)],
    block('After the exit', laterLines(record)),
  ].filter((section) => section.length > 0);
  return `${sections.map((section) => section.map(harmless).join('\n')).join('\n\n')}\n`;
}

function heading(outcome: Outcome, words: Words): string[] {
  const { callId, facts, bypass, adopted } = outcome;
  return [
    `Call ${callId}`,
    ...(facts.sipCallId === '' ? [] : [`SIP Call-ID ${words(facts.sipCallId)}`]),
    `Became of it: ${words(exitWords(outcome.exit))}`,
    ...(bypass === null
      ? []
      : [`Not screened: ${bypassReason(bypass.reason)} (${words(bypass.detail) || 'no detail'})`]),
    ...(adopted ? ['Found in Asterisk after Gatehouse had connected anew'] : []),
  ];
}

function factLines({ callId, facts, node }: Outcome, numbers: NumbersShown, words: Words): Line[] {
  const { caller, called, verification, history } = facts;
  const { result, attestation, source, signer, origid } = verification;
  const shown = (number: string) => (number === '' ? 'nothing' : numbers.show(number, callId));
  return [
    ['arrived', DateTime.fromMillis(facts.now).toFormat('yyyy-MM-dd HH:mm:ss.SSS ZZ')],
    ['caller', caller.number === null ? `none (${whyNoNumber(caller)})` : shown(caller.number)],
    ['caller as sent', shown(caller.raw)],
    ['display name', caller.displayName === '' ? 'none' : `"${words(caller.displayName)}"`],
    ['called', shown(called.number ?? called.raw)],
    ['trunk', words(facts.trunk)],
    [
      'signature',
      result === 'none'
        ? 'none: nobody vouched for the number'
        : `${result}${attestation === null ? '' : `, attestation ${attestation}`}${source === null ? '' : ` (told by ${source})`}`,
    ],
    ['signer', signer === null ? null : words(signer)],
    ['origid', origid === null || isUuid(origid) ? origid : words(origid)],
    [
      'history',
      history === null ? `decided without it (${facts.noHistoryReason ?? 'reason not known'})` : 'known',
    ],
    [
      'pass',
      history === null || history.passUntil === null
        ? null
        : `until ${DateTime.fromMillis(history.passUntil).toFormat('yyyy-MM-dd HH:mm')}`,
    ],
    ['campaign', history?.campaign ?? null],
    ['linked id', facts.linkedId],
    ['node', node],
  ];
}

function decisionLines({ decision }: Outcome, words: Words): Line[] {
  if (decision === null) return [['verdict', 'none: it never met the policy']];
  return [
    ['verdict', words(verdictWords(decision.verdict))],
    ['rule', decision.rule],
    ['because', words(decision.reason)],
    ['listed as', decision.listedName === null ? null : words(decision.listedName)],
    ['policy', decision.policyVersion],
  ];
}

function trace({ decision }: Outcome, words: Words): string[] {
  if (decision === null || decision.trace.length === 0) return [];
  const would = new Map(decision.monitored.map(({ rule, verdict }) => [rule, verdict]));
  const lines = decision.trace.map(({ rule, mode, matched, because }) => {
    const verdict = would.get(rule);
    const decided = matched && mode === 'enforce' ? 'decided' : matched ? 'monitored only' : 'no';
    const instead = matched && mode === 'monitor' && verdict ? `, would ${verdictWords(verdict)}` : '';
    return `  ${rule}: ${decided}${words(`${instead} (${because})`)}`;
  });
  return ['Rules that were looked at, in order', ...lines];
}

interface TimedEvent {
  readonly atMs: number;
  readonly what: string;
}

function events({ timings, decision, challenge, exit, bypass }: Outcome, words: Words): TimedEvent[] {
  const { historyMs, decidedMs, answeredMs, exitMs } = timings;
  const at = (atMs: number | null, what: string): TimedEvent[] => (atMs === null ? [] : [{ atMs, what }]);
  const found = [
    ...at(0, 'the call arrived'),
    ...at(historyMs, 'history was looked up'),
    ...at(decidedMs, `decided by rule ${decision?.rule ?? '–'}`),
    ...at(answeredMs, 'answered by Gatehouse'),
    ...(challenge?.attempts.flatMap((attempt, index) => attemptEvents(attempt, index + 1)) ?? []),
    ...at(exitMs, bypass === null ? words(exitWords(exit)) : 'went to the operators without screening'),
  ];
  return found.sort((a, b) => a.atMs - b.atMs);
}

function attemptEvents(attempt: ChallengeAttempt, nth: number): TimedEvent[] {
  const { promptAtMs, firstDigitAtMs, endedAtMs, digits, wanted, result } = attempt;
  const pressed = digits === '' ? `nothing pressed, wanted ${wanted}` : `pressed ${digits}, wanted ${wanted}`;
  return [
    { atMs: promptAtMs, what: `prompt ${nth} began` },
    ...(firstDigitAtMs === null ? [] : [{ atMs: firstDigitAtMs, what: `prompt ${nth}: first digit` }]),
    { atMs: endedAtMs, what: `prompt ${nth}: ${pressed}: ${attemptWords[result]}` },
  ];
}

function laterLines({ outcome, afterExit }: CallRecord): Line[] {
  if (outcome.exit.kind !== 'connect') return [];
  if (afterExit === null) return [['later', 'not known: the call is not over yet, or it was not followed']];
  const { answeredMs, talkMs, cause } = afterExit;
  return [
    ['answered', answeredMs === null ? 'by nobody' : `${seconds(answeredMs).trim()} after arrival`],
    ['talked', answeredMs === null ? null : span(talkMs)],
    ['ended', cause === null ? 'cause not told' : causeWords(cause)],
  ];
}

function block(title: string, lines: readonly Line[]): string[] {
  const told = lines.flatMap(([name, text]) => (text === null ? [] : [`  ${name.padEnd(14)} ${text}`]));
  return told.length === 0 ? [] : [title, ...told];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3).padStart(8)} s`;
}
