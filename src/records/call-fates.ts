import type { CallTotals } from '../screening/report-summary.ts';
import { markPlace, markWord } from './call-columns.ts';

/** What became of a call, as one number: where it went, and the result of its challenge. */
export const mostFates = 64;

const where = markPlace('where');
const challenge = markPlace('challenge');
const challengeShift = 3;

/** 0: the mark is empty, which no stored call has. */
export function fateOf(mark: number): number {
  const result = (mark >> challenge.shift) & challenge.mask;
  return ((mark >> where.shift) & where.mask) | (result << challengeShift);
}

type Counting = { -readonly [Key in keyof CallTotals]: number };
const challengeTotals = {
  passed: 'passed',
  failed: 'failed',
  silent: 'silent',
  'gave-up': 'gaveUp',
} as const;

/** `fates`: calls of each fate. */
export function totalsOf(fates: Uint32Array): CallTotals {
  const totals: Counting = {
    ...{ calls: 0, connected: 0, challenged: 0, passed: 0, failed: 0, silent: 0, gaveUp: 0 },
    ...{ voicemail: 0, rejected: 0, abandoned: 0, bypassed: 0, unaccounted: 0 },
  };
  for (const [fate, calls] of fates.entries()) {
    if (calls === 0) continue;
    const mark = ((fate & where.mask) << where.shift) | ((fate >> challengeShift) << challenge.shift);
    totals.calls += calls;
    const place = markWord(mark, 'where') as keyof CallTotals | null;
    if (place !== null) totals[place] += calls;
    const result = markWord(mark, 'challenge') as keyof typeof challengeTotals | null;
    if (result === null) continue;
    totals.challenged += calls;
    totals[challengeTotals[result]] += calls;
  }
  return totals;
}
