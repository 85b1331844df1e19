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

const challengeTotals = {
  passed: 'passed',
  failed: 'failed',
  silent: 'silent',
  'gave-up': 'gaveUp',
} as const;

/** What a call of each fate adds one to. */
const totalsOfFate: readonly (readonly (keyof CallTotals)[])[] = Array.from(
  { length: mostFates },
  (_, fate) => {
    const mark = ((fate & where.mask) << where.shift) | ((fate >> challengeShift) << challenge.shift);
    const place = markWord(mark, 'where') as keyof CallTotals | null;
    const result = markWord(mark, 'challenge') as keyof typeof challengeTotals | null;
    const totals: (keyof CallTotals)[] = ['calls'];
    if (place !== null) totals.push(place);
    if (result !== null) totals.push('challenged', challengeTotals[result]);
    return totals;
  },
);

/** `fates`: calls of each fate. */
export function totalsOf(fates: Uint32Array): CallTotals {
  const totals = {
    calls: 0,
    connected: 0,
    challenged: 0,
    passed: 0,
    failed: 0,
    silent: 0,
    gaveUp: 0,
    voicemail: 0,
    rejected: 0,
    abandoned: 0,
    bypassed: 0,
    unaccounted: 0,
  };
  for (let fate = 0; fate < mostFates; fate++) {
    const calls = fates[fate] ?? 0;
    if (calls > 0) for (const total of totalsOfFate[fate] ?? []) totals[total] += calls;
  }
  return totals;
}
