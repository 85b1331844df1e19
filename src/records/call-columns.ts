import { createHash } from 'node:crypto';
import type { CallFilter } from '../screening/call-records.ts';
import type { Outcome } from '../screening/outcome.ts';
import { whereabouts } from '../screening/whereabouts.ts';

const dayMs = 86_400_000;

/**
 * What calls are looked for by: for each, the calls of a shard side by side in a string, in the order in which they were
 * stored. A reader passes a million of them in milliseconds, and reads only the columns that are asked for. The order
 * here is that of scripts/record-outcome.ts; a new column goes to the end and reads as zeros for older calls.
 */
export const columnBytes = {
  times: 4,
  marks: 3,
  rules: 2,
  called: 2,
  signers: 2,
  campaigns: 2,
  callers: 4,
  sips: 4,
} as const;

export type Column = keyof typeof columnBytes;
export const columns = Object.keys(columnBytes) as readonly Column[];

export type Mark = 'where' | 'verdict' | 'challenge' | 'verification' | 'attestation' | 'bypass';

/** Places in the 24 bits of a mark. Words are numbered from 1 and only ever added at the end; 0: none of them. */
const marks: Readonly<Record<Mark, { shift: number; bits: number; words: readonly string[] }>> = {
  where: {
    shift: 0,
    bits: 3,
    words: ['connected', 'voicemail', 'rejected', 'abandoned', 'bypassed', 'unaccounted'],
  },
  verdict: { shift: 3, bits: 3, words: ['connect', 'challenge', 'voicemail', 'reject', 'none'] },
  challenge: { shift: 6, bits: 3, words: ['passed', 'failed', 'silent', 'gave-up'] },
  verification: { shift: 9, bits: 2, words: ['passed', 'failed', 'none'] },
  attestation: { shift: 11, bits: 2, words: ['A', 'B', 'C'] },
  bypass: {
    shift: 13,
    bits: 4,
    words: [
      'app-absent',
      'watchdog',
      'no-exit',
      'dialplan',
      'exception',
      'ari-failed',
      'adopted-too-late',
      'draining',
    ],
  },
};

/** The call's row in each column, in the order of `columns`. */
export function rowsOf(outcome: Outcome): Buffer[] {
  const { facts, decision } = outcome;
  const rows: Record<Column, Buffer> = {
    times: timeRow(facts.now),
    marks: markRow(outcome),
    rules: wordRow(decision?.rule, columnBytes.rules),
    called: wordRow(facts.called.number, columnBytes.called),
    signers: wordRow(facts.verification.signer, columnBytes.signers),
    campaigns: wordRow(facts.history?.campaign, columnBytes.campaigns),
    callers: wordRow(facts.caller.number, columnBytes.callers),
    sips: wordRow(facts.sipCallId, columnBytes.sips),
  };
  return columns.map((column) => rows[column]);
}

/** Rows of a column that a call must have to match; others may have them too. */
export interface ColumnTest {
  readonly column: Column;
  readonly mask: number;
  readonly wanted: number;
}

/** What the filter asks of the columns, its times left out. Null: no call can match. */
export function columnTests(filter: CallFilter): readonly ColumnTest[] | null {
  const tests: ColumnTest[] = [];
  const word = (column: Column, text: string | undefined) => {
    if (text === undefined) return;
    const bytes = columnBytes[column];
    tests.push({ column, mask: 2 ** (bytes * 8) - 1, wanted: wordRow(text, bytes).readUIntBE(0, bytes) });
  };
  word('callers', filter.caller);
  word('called', filter.called);
  word('rules', filter.rule);
  word('signers', filter.signer);
  word('campaigns', filter.campaign);
  let mask = 0;
  let wanted = 0;
  for (const [name, { shift, bits, words }] of Object.entries(marks)) {
    const text = filter[name as Mark];
    if (text === undefined) continue;
    const number = words.indexOf(text) + 1;
    if (number === 0) return null;
    mask |= (2 ** bits - 1) << shift;
    wanted |= number << shift;
  }
  if (mask !== 0) tests.push({ column: 'marks', mask, wanted });
  return tests;
}

/** Where in a mark its number of a word stands: shifted right by `shift`, under `mask`. */
export function markPlace(name: Mark): { readonly shift: number; readonly mask: number } {
  const { shift, bits } = marks[name];
  return { shift, mask: 2 ** bits - 1 };
}

/** What the mark (24 bits, as a number) says; null: nothing, or a word that only a newer Gatehouse knows. */
export function markWord(mark: number, name: Mark): string | null {
  const { shift, mask: own } = markPlace(name);
  return marks[name].words[((mark >> shift) & own) - 1] ?? null;
}

/** The mark of a call, as a number. */
export function markOf(outcome: Outcome): number {
  return markRow(outcome).readUIntBE(0, columnBytes.marks);
}

/** What stands for the word in the column, as a number; 0: no word. Other words may have the same. */
export function digestOf(column: Column, word: string | null): number {
  const bytes = columnBytes[column];
  return wordRow(word, bytes).readUIntBE(0, bytes);
}

/** The test for calls of one SIP Call-ID. */
export function sipTest(sipCallId: string): ColumnTest {
  const bytes = columnBytes.sips;
  return {
    column: 'sips',
    mask: 2 ** (bytes * 8) - 1,
    wanted: wordRow(sipCallId, bytes).readUIntBE(0, bytes),
  };
}

/** Zeros: the call is found by no word of this column any more. */
export function emptyRow(column: Column): Buffer {
  return Buffer.alloc(columnBytes[column]);
}

/** Row of a word; 0 for none, so that a forgotten or missing word is never found. */
function wordRow(text: string | null | undefined, bytes: number): Buffer {
  const row = Buffer.alloc(bytes);
  if (text === null || text === undefined || text === '') return row;
  createHash('sha256').update(text).digest().copy(row, 0, 0, bytes);
  if (row.every((byte) => byte === 0)) row[bytes - 1] = 1;
  return row;
}

function timeRow(arrivedAt: number): Buffer {
  const row = Buffer.alloc(columnBytes.times);
  row.writeUInt32BE(Math.floor(arrivedAt) % dayMs);
  return row;
}

function markRow(outcome: Outcome): Buffer {
  const { facts, decision, challenge, bypass } = outcome;
  const found: Record<Mark, string | null | undefined> = {
    where: whereabouts(outcome),
    verdict: decision?.verdict.kind ?? 'none',
    challenge: challenge?.result,
    verification: facts.verification.result,
    attestation: facts.verification.attestation,
    bypass: bypass?.reason,
  };
  let bits = 0;
  for (const [name, { shift, words }] of Object.entries(marks))
    bits |= (words.indexOf(found[name as Mark] ?? '') + 1) << shift;
  const row = Buffer.alloc(columnBytes.marks);
  row.writeUIntBE(bits, 0, columnBytes.marks);
  return row;
}
