import type { CallRecord } from '../call/call-records.ts';
import { type NameOf, noNames } from '../call/called-name.ts';
import { dispositionOf } from '../call/disposition.ts';
import { calledText, listedNumber } from '../call/facts.ts';
import { type CsvCell, csvNumber } from '../text/csv-lines.ts';
import { type NumbersShown, shownSipCallId } from './shown-record.ts';

export const callCsvHead: readonly CsvCell[] = [
  'time',
  'call',
  'sip_call_id',
  'caller',
  'caller_reason',
  'display_name',
  'called',
  'called_name',
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
  nameOf: NameOf = noNames,
): readonly CsvCell[] {
  const { callId, facts, decision, challenge, exit, bypass } = outcome;
  const { caller, called, verification } = facts;
  const place = { connect: 'exit', voicemail: 'box', reject: 'sip', none: 'reason' } as const;
  return [
    new Date(facts.now).toISOString(),
    callId,
    shownSipCallId(facts, numbers),
    csvNumber(caller.number === null ? listedNumber(caller) : numbers.show(caller.number, callId)),
    caller.reason,
    numbers.text(caller.displayName, callId),
    csvNumber(calledText(called)),
    nameOf(calledText(called)),
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
