import { DateTime } from 'luxon';
import { clockSpan } from '../call/call-columns.ts';
import type { CallRecord } from '../call/call-records.ts';
import { calledWords, type NameOf, noNames } from '../call/called-name.ts';
import { calledText, campaignOf, listedNumber } from '../call/facts.ts';
import type { Outcome } from '../call/outcome.ts';
import { verdictWords, wentWords } from '../call/sentences.ts';
import { signatureLines } from '../call/signature-words.ts';
import { afterExitWords, momentsOf } from '../call/story.ts';
import { bypassReasons } from '../call/vocabulary.ts';
import { whyNoNumber } from '../privacy/kept-caller.ts';
import { isUuid, type NumbersShown, shownSipCallId } from '../privacy/shown-record.ts';
import { visibleText } from '../text/visible-text.ts';

type Line = readonly [name: string, text: string | null];

/** A text that may hold numbers, as this reader may see it. */
type Words = (text: string) => string;

/** One call in full for a terminal: facts, decision and trace, what happened when, also after the exit. */
export function callText(record: CallRecord, numbers: NumbersShown, nameOf: NameOf = noNames): string {
  const { outcome } = record;
  // Labels, list names and reasons may contain what the caller sent.
  const words: Words = (text) => numbers.text(text, outcome.callId);
  const sections = [
    heading(record, numbers, words),
    block('Facts', factLines(outcome, numbers, nameOf, words)),
    block('Decision', decisionLines(outcome, words)),
    trace(outcome, words),
    ['What happened', ...momentsOf(record).map(({ atMs, what }) => `  ${seconds(atMs)}  ${words(what)}`)],
    block('After the exit', laterLines(record)),
  ].filter((section) => section.length > 0);
  return `${sections.map((section) => section.map((line) => visibleText(line)).join('\n')).join('\n\n')}\n`;
}

function heading({ outcome, realExit }: CallRecord, numbers: NumbersShown, words: Words): string[] {
  const { callId, facts, bypass, adopted } = outcome;
  return [
    `Call ${callId}`,
    ...(facts.sipCallId === '' ? [] : [`SIP Call-ID ${shownSipCallId(facts, numbers)}`]),
    `Result: ${words(wentWords(outcome.exit, realExit))}`,
    ...(bypass === null
      ? []
      : [`Not screened: ${bypassReasons.label(bypass.reason)} (${words(bypass.detail) || 'no detail'})`]),
    ...(adopted ? ['Found in Asterisk after Gatehouse reconnected'] : []),
  ];
}

function factLines(
  { callId, facts, node }: Outcome,
  numbers: NumbersShown,
  nameOf: NameOf,
  words: Words,
): Line[] {
  const { caller, called, history } = facts;
  const campaign = campaignOf(facts);
  const shown = (number: string) => (number === '' ? 'nothing' : numbers.show(number, callId));
  return [
    ['arrived', DateTime.fromMillis(facts.now).toFormat('yyyy-MM-dd HH:mm:ss.SSS ZZ')],
    [
      'caller',
      caller.number === null
        ? (listedNumber(caller) ?? `none (${whyNoNumber(caller)})`)
        : shown(caller.number),
    ],
    ['caller as sent', shown(caller.raw)],
    ['display name', caller.displayName === '' ? 'none' : `"${words(caller.displayName)}"`],
    ['called', calledWords(calledText(called), nameOf) || 'nothing'],
    ['trunk', words(facts.trunk)],
    ...signatureLines(facts).map(
      ([name, text]): Line => [name.toLowerCase(), isUuid(text) ? text : words(text)],
    ),
    [
      'history',
      history === null ? `decided without it (${facts.noHistoryReason ?? 'reason unknown'})` : 'known',
    ],
    [
      'pass',
      history === null || history.passUntil === null
        ? null
        : `until ${DateTime.fromMillis(history.passUntil).toFormat('yyyy-MM-dd HH:mm')}`,
    ],
    ['campaign', typeof campaign === 'string' ? words(campaign) : null],
    ['linked id', facts.linkedId],
    ['node', node],
  ];
}

function decisionLines({ decision }: Outcome, words: Words): Line[] {
  if (decision === null) return [['verdict', 'none: no rule was evaluated']];
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
  return ['Rules that were evaluated, in order', ...lines];
}

function laterLines(record: CallRecord): Line[] {
  const write = { ms: (ms: number) => seconds(ms).trim(), span: clockSpan };
  return (afterExitWords(record, write) ?? []).map(([name, text]) => [name.toLowerCase(), text]);
}

function block(title: string, lines: readonly Line[]): string[] {
  const shown = lines.flatMap(([name, text]) => (text === null ? [] : [`  ${name.padEnd(14)} ${text}`]));
  return shown.length === 0 ? [] : [title, ...shown];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3).padStart(8)} s`;
}
