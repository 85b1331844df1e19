import { DateTime } from 'luxon';
import { withDeadline } from '../screening/deadline.ts';
import { harmlessText } from './harmless-text.ts';

/** Calls of one value in one hour or day; CountRow of src/report/call-records.ts is one. */
export interface DigestRow {
  readonly value: string;
  readonly calls: number;
}

/** Where the digest gets its counts; CallRecords of src/report/call-records.ts is one. */
export interface DigestSource {
  counts(
    dimension: 'where' | 'rule' | 'challenge' | 'bypass',
    range: { since: number; until: number; step: 'hour' | 'day' },
  ): Promise<readonly DigestRow[]>;
}

const mostRules = 8;
const deadlineMs = 10_000;

/** What happened from `since` to `until`, a line each. Never rejects: when the counts cannot be had it says so. */
export async function digestLines(
  source: DigestSource,
  range: { readonly since: number; readonly until: number },
  zone: string,
): Promise<readonly string[]> {
  const of = (dimension: Parameters<DigestSource['counts']>[0]) =>
    source.counts(dimension, { ...range, step: 'hour' });
  const span = `From ${time(range.since, zone)} to ${time(range.until, zone)}`;
  try {
    const [where, rules, challenges, bypasses] = await withDeadline(
      Promise.all([of('where'), of('rule'), of('challenge'), of('bypass')]),
      deadlineMs,
      () => new Error('too slow'),
    );
    const places = sums(where);
    const total = places.reduce((sum, [, calls]) => sum + calls, 0);
    return [
      span,
      `${total} ${total === 1 ? 'call' : 'calls'}${inWords(places)}`,
      ...(challenges.length > 0 ? [`Challenges${inWords(sums(challenges))}`] : []),
      ...(bypasses.length > 0 ? [`Went round the screener${inWords(sums(bypasses))}`] : []),
      ...(rules.length > 0 ? [`Rules${inWords(sums(rules).slice(0, mostRules))}`] : []),
    ];
  } catch {
    return [span, 'The counts could not be read: Redis does not answer.'];
  }
}

function sums(rows: readonly DigestRow[]): [string, number][] {
  const found = new Map<string, number>();
  for (const { value, calls } of rows) found.set(value, (found.get(value) ?? 0) + calls);
  return [...found].sort(([, a], [, b]) => b - a);
}

function inWords(counted: readonly [string, number][]): string {
  const words = counted.map(([value, calls]) => `${harmlessText(value)} ${calls}`);
  return words.length === 0 ? '' : `: ${words.join(', ')}`;
}

function time(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm');
}
