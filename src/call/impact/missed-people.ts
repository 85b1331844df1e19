import type { ChallengeResult } from '../vocabulary.ts';

/** A caller who did not pass a challenge, from all calls of a time range in which that happened outside of a campaign. */
export interface MissedPerson {
  readonly caller: string;
  /** Display name of their newest call that has one, hostile; null: none has. */
  readonly name: string | null;
  /** How many calls these are; epoch ms of the first. */
  readonly missed: number;
  readonly firstAt: number;
  /** The newest of them: epoch ms, call id, result. */
  readonly lastAt: number;
  readonly callId: string;
  readonly result: ChallengeResult;
  /** In one of them: a wrong key was pressed; the caller hung up; the signature was valid, with attestation A. */
  readonly pressed: boolean;
  readonly gaveUp: boolean;
  readonly signed: boolean;
  /** When a later call of theirs was connected, epoch ms; null: none was. */
  readonly reachedAt: number | null;
}

export interface MissedPeople {
  readonly people: readonly MissedPerson[];
  /** How many callers did not pass, and how many of them are likely people; those that are left out too. */
  readonly all: number;
  readonly likely: number;
}

/**
 * Whether what is recorded speaks for a person whom the challenge cost something: the carrier vouches for the number (A) and the caller
 * pressed a key, hung up or called again; or a later call was connected. Robots are silent, unsigned, or in a campaign.
 */
export function isLikelyPerson({ signed, pressed, gaveUp, missed, reachedAt }: MissedPerson): boolean {
  return (signed && (pressed || gaveUp || missed > 1)) || reachedAt !== null;
}

/** Why somebody is thought to be a person, in words: `pressed a wrong key, called 3 times, signed A`. */
export function missedWords({ pressed, gaveUp, missed, signed, reachedAt }: MissedPerson): string[] {
  return [
    ...(pressed ? ['pressed a wrong key'] : []),
    ...(gaveUp ? ['hung up in the challenge'] : []),
    ...(missed > 1 ? [`did not pass ${missed} times`] : []),
    ...(signed ? ['signed with attestation A'] : []),
    ...(reachedAt === null ? [] : ['a later call was connected']),
  ];
}
