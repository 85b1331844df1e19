import { withDeadline } from '../process/deadline.ts';

/** Calls with one value. */
export interface DigestRow {
  readonly value: string;
  readonly calls: number;
}

type DigestDimension = 'where' | 'rule' | 'challenge' | 'bypass';

/** From and to, epoch ms. */
export interface DigestRange {
  readonly since: number;
  readonly until: number;
}

/** Where the digest gets its counts, most calls first: the call records. */
export interface DigestSource {
  counts(dimension: DigestDimension, range: DigestRange): Promise<readonly DigestRow[]>;
}

export type DigestCounts = Readonly<Record<DigestDimension, readonly DigestRow[]>>;

const deadlineMs = 10_000;

/** What happened within the range; null: it cannot be read. Never rejects. */
export async function digestCounts(source: DigestSource, range: DigestRange): Promise<DigestCounts | null> {
  const of = (dimension: DigestDimension) => source.counts(dimension, range);
  try {
    const [where, rule, challenge, bypass] = await withDeadline(
      () => Promise.all([of('where'), of('rule'), of('challenge'), of('bypass')]),
      deadlineMs,
      () => new Error('too slow'),
    );
    return { where, rule, challenge, bypass };
  } catch {
    return null;
  }
}
