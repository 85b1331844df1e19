import { DateTime } from 'luxon';
import { withDeadline } from '../process/deadline.ts';
import { noticeText } from './message-frame.ts';

/** Calls with one value. */
export interface DigestRow {
  readonly value: string;
  readonly calls: number;
}

/** Where the digest gets its counts, most calls first: the call records. */
export interface DigestSource {
  counts(
    dimension: 'where' | 'rule' | 'challenge' | 'bypass',
    range: { since: number; until: number },
  ): Promise<readonly DigestRow[]>;
}

const maxRules = 8;
const deadlineMs = 10_000;

/** What happened from `since` to `until`, a line each. Never rejects: counts that cannot be read become a line. */
export async function digestLines(
  source: DigestSource,
  range: { readonly since: number; readonly until: number },
  zone: string,
): Promise<readonly string[]> {
  const of = (dimension: Parameters<DigestSource['counts']>[0]) => source.counts(dimension, range);
  const span = `From ${time(range.since, zone)} to ${time(range.until, zone)}`;
  try {
    const [where, rules, challenges, bypasses] = await withDeadline(
      () => Promise.all([of('where'), of('rule'), of('challenge'), of('bypass')]),
      deadlineMs,
      () => new Error('too slow'),
    );
    const total = where.reduce((sum, { calls }) => sum + calls, 0);
    return [
      span,
      `${total} ${total === 1 ? 'call' : 'calls'}${inWords(where)}`,
      ...(challenges.length > 0 ? [`Challenges${inWords(challenges)}`] : []),
      ...(bypasses.length > 0 ? [`Bypassed screening${inWords(bypasses)}`] : []),
      ...(rules.length > 0 ? [`Rules${inWords(rules.slice(0, maxRules))}`] : []),
    ];
  } catch {
    return [span, 'The counts could not be read: Redis does not answer.'];
  }
}

function inWords(counted: readonly DigestRow[]): string {
  const words = counted.map(({ value, calls }) => `${noticeText(value)} ${calls}`);
  return words.length === 0 ? '' : `: ${words.join(', ')}`;
}

function time(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm');
}
