import type { CallFacts, Verification, VerifiedCalls } from './facts.ts';
import { type RememberedVerification, rememberedVerifications } from './vocabulary.ts';

/** What most calls of a number have: `calls` of `of` are verified so well, or better. */
export interface UsualVerification {
  readonly is: 'A' | 'B' | 'signed';
  readonly calls: number;
  readonly of: number;
}

/** Fewer calls than this have nothing usual. */
const leastCalls = 5;
/** So many of ten calls make it usual. */
const usualOfTen = 9;

/** C says only by which gateway a call came: it is no better than a signature without a letter. */
const ranks: Readonly<Record<RememberedVerification, number>> = { none: 0, signed: 1, C: 1, B: 2, A: 3 };
const levels = [
  ['A', 3],
  ['B', 2],
  ['signed', 1],
] as const;

/** Of a number whose calls are signed A, to suppose one. */
export const usuallyA: VerifiedCalls = { A: 10 };

/** Null: failed, which is remembered of nobody. */
export function rememberedVerification({ result, attestation }: Verification): RememberedVerification | null {
  if (result === 'failed') return null;
  return result === 'none' ? 'none' : (attestation ?? 'signed');
}

/** Null: too few calls, or they are verified now so and now so. */
export function usualVerification(verified: VerifiedCalls): UsualVerification | null {
  const atLeast = (rank: number) =>
    rememberedVerifications.reduce((sum, one) => sum + (ranks[one] >= rank ? (verified[one] ?? 0) : 0), 0);
  const of = atLeast(0);
  if (of < leastCalls) return null;
  for (const [is, rank] of levels) {
    const calls = atLeast(rank);
    if (calls * 10 >= of * usualOfTen) return { is, calls, of };
  }
  return null;
}

/** Whether this call is verified less well than `usual`. A signature without a letter says nothing against one with A. */
export function isWeaker({ verification }: CallFacts, usual: UsualVerification): boolean {
  const now = rememberedVerification(verification);
  const rank = now === 'signed' ? ranks.A : ranks[now ?? 'none'];
  return rank < ranks[usual.is];
}

/** `usually A, 41 of 43 calls; now none`. */
export function usualWords({ verification }: CallFacts, { is, calls, of }: UsualVerification): string {
  const now = rememberedVerification(verification) ?? 'failed';
  return `usually ${is === 'B' ? 'B or A' : is}, ${calls} of ${of} calls; now ${now}`;
}
