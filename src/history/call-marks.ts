import type { RememberedVerification } from '../call/vocabulary.ts';

/** How a call that showed how its number is verified is marked. */
export const verifiedMarks = { A: 'A', B: 'B', C: 'C', signed: 'S', none: 'N' } as const satisfies Readonly<
  Record<RememberedVerification, string>
>;

/**
 * One character for each remembered call of a caller (scripts/count-caller-call.lua): `f` challenge failed or silent, `x` a fax
 * machine was heard, `t` a text telephone, how the number was verified, or `-`. An older program reads all but `f` as `-`.
 */
export type CallMark = 'f' | 'x' | 't' | '-' | (typeof verifiedMarks)[RememberedVerification];

/** After the digest of a called number that is a decoy. */
export const decoyMark = 'd';
