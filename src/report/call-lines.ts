import { DateTime } from 'luxon';
import { whyNoNumber } from '../policy/kept-caller.ts';
import { whereabouts } from '../screening/whereabouts.ts';
import type { CallRecord } from './call-records.ts';
import { type CsvCell, csvNumber } from './csv.ts';
import { harmless } from './harmless.ts';
import type { NumbersShown } from './shown-record.ts';

const columns = [
  ['time', 19],
  ['caller', 15],
  ['called', 15],
  ['signed', 8],
  ['rule', 22],
  ['challenge', 9],
  ['where', 11],
  ['talk', 7],
  ['call', 0],
] as const;

/** Headings over `callLine`. */
export function callLineHead(): string {
  return [...columns.map(([title, width]) => title.padEnd(width)), 'name'].join('  ').trimEnd();
}

/** A call on one line for a terminal, in local time; what the caller wrote comes last, where it can move nothing. */
export function callLine({ outcome, afterExit }: CallRecord, numbers: NumbersShown): string {
  const { callId, facts, decision, challenge } = outcome;
  const { caller, called } = facts;
  const cells = [
    DateTime.fromMillis(facts.now).toFormat('yyyy-MM-dd HH:mm:ss'),
    caller.number === null ? whyNoNumber(caller) : numbers.show(caller.number, callId),
    numbers.show(called.number ?? called.raw, callId),
    signed(outcome.facts.verification),
    decision?.rule ?? '–',
    challenge?.result ?? '–',
    whereabouts(outcome),
    afterExit === null ? '–' : afterExit.answeredMs === null ? 'nobody' : span(afterExit.talkMs),
    callId,
  ];
  const padded = cells.map((cell, at) => harmless(cell).padEnd(columns[at]?.[1] ?? 0));
  return [...padded, harmless(numbers.text(caller.displayName, callId))].join('  ').trimEnd();
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
];

/** A call as a record of csv, in the order of `callCsvHead`; time in UTC (ISO 8601), numbers as `csvNumber` writes them. */
export function callCsv({ outcome, afterExit }: CallRecord, numbers: NumbersShown): readonly CsvCell[] {
  const { callId, facts, decision, challenge, exit, bypass } = outcome;
  const { caller, called, verification } = facts;
  const place = { connect: 'exit', voicemail: 'box', reject: 'sip', none: 'reason' } as const;
  return [
    new Date(facts.now).toISOString(),
    callId,
    numbers.text(facts.sipCallId, callId),
    csvNumber(caller.number === null ? null : numbers.show(caller.number, callId)),
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
    whereabouts(outcome),
    `${exit.kind} ${(exit as unknown as Record<string, unknown>)[place[exit.kind]]}`,
    bypass?.reason ?? null,
    outcome.timings.exitMs,
    afterExit?.answeredMs ?? null,
    afterExit?.talkMs ?? null,
    afterExit?.cause ?? null,
  ];
}

/** `1:02` or `1:00:02`. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function signed({ result, attestation }: CallRecord['outcome']['facts']['verification']): string {
  return result === 'none' ? '–' : attestation === null ? result : `${result}-${attestation}`;
}
