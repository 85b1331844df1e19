import { DateTime } from 'luxon';
import { type CallCell, callColumns } from '../call/call-columns.ts';
import type { CallRecord } from '../call/call-records.ts';
import { dispositionOf } from '../call/disposition.ts';
import { listedNumber } from '../call/facts.ts';
import { whyNoNumber } from '../privacy/kept-caller.ts';
import type { NumbersShown } from '../privacy/shown-record.ts';
import { visibleText } from '../text/visible-text.ts';
import { type CsvCell, csvNumber } from './csv-lines.ts';

const columns = callColumns.flatMap(({ command, value }) => (command === null ? [] : [{ command, value }]));

/** Headings over `callLine`. */
export function callLineHead(): string {
  return columns
    .map(({ command: [name, width] }) => name.padEnd(width))
    .join('  ')
    .trimEnd();
}

/** A call on one line for a terminal, in local time. */
export function callLine(record: CallRecord, numbers: NumbersShown): string {
  const { callId } = record.outcome;
  return columns
    .map(({ command: [, width], value }) =>
      visibleText(cellText(value(record), numbers, callId)).padEnd(width),
    )
    .join('  ')
    .trimEnd();
}

function cellText(cell: CallCell, numbers: NumbersShown, callId: string): string {
  switch (cell.kind) {
    case 'moment':
      return DateTime.fromMillis(cell.at).toFormat('yyyy-MM-dd HH:mm:ss');
    case 'caller':
      return cell.caller.number === null
        ? whyNoNumber(cell.caller)
        : numbers.show(cell.caller.number, callId);
    case 'number':
      return numbers.show(cell.number, callId);
    case 'disposition':
      return cell.disposition;
    case 'duration':
      return `${cell.ms} ms`;
    case 'word':
      return cell.word ?? '–';
    case 'foreign':
      return numbers.text(cell.text, callId);
  }
}

export const callCsvHead: readonly CsvCell[] = [
  'time',
  'call',
  'sip_call_id',
  'caller',
  'caller_reason',
  'display_name',
  'called',
  'trunk',
  'verification',
  'attestation',
  'signer',
  'rule',
  'verdict',
  'challenge',
  'where',
  'exit',
  'bypass',
  'exit_ms',
  'answered_ms',
  'talk_ms',
  'cause',
  'went_to',
  'went_because',
];

/** A call as csv, in the order of `callCsvHead`; time in UTC (ISO 8601), numbers as `csvNumber` writes them. */
export function callCsv(
  { outcome, afterExit, realExit }: CallRecord,
  numbers: NumbersShown,
): readonly CsvCell[] {
  const { callId, facts, decision, challenge, exit, bypass } = outcome;
  const { caller, called, verification } = facts;
  const place = { connect: 'exit', voicemail: 'box', reject: 'sip', none: 'reason' } as const;
  return [
    new Date(facts.now).toISOString(),
    callId,
    numbers.text(facts.sipCallId, callId),
    csvNumber(caller.number === null ? listedNumber(caller) : numbers.show(caller.number, callId)),
    caller.reason,
    numbers.text(caller.displayName, callId),
    csvNumber(numbers.show(called.number ?? called.raw, callId)),
    facts.trunk,
    verification.result,
    verification.attestation,
    verification.signer,
    decision?.rule ?? null,
    decision?.verdict.kind ?? null,
    challenge?.result ?? null,
    dispositionOf(outcome, realExit),
    `${exit.kind} ${(exit as unknown as Record<string, unknown>)[place[exit.kind]]}`,
    bypass?.reason ?? null,
    outcome.timings.exitMs,
    afterExit?.answeredMs ?? null,
    afterExit?.talkMs ?? null,
    afterExit?.cause ?? null,
    realExit ? (realExit.to.kind === 'voicemail' ? `voicemail ${realExit.to.box}` : realExit.to.kind) : null,
    realExit?.why ?? null,
  ];
}
