import type { ChallengeResult } from '../vocabulary.ts';

/** Calls say something of a call that was not passed, when they come so soon before or after it. */
export const nearMs = 3 * 86_400_000;

/** A likely person who did not pass, from the calls of a time range that possibly harmed them: src/call-store/projection/impact.ts. */
export interface MissedPerson {
  readonly caller: string;
  /** Display name of the newest of these calls that has one, hostile; null: none has. */
  readonly name: string | null;
  /** How many calls these are; epoch ms of the first. */
  readonly missed: number;
  readonly firstAt: number;
  /** The newest of them: epoch ms, call id, result. */
  readonly lastAt: number;
  readonly callId: string;
  readonly result: ChallengeResult;
  /** In one of them: a wrong key was pressed; the caller hung up; the signature was valid, with attestation A; the rules knew the caller. */
  readonly pressed: boolean;
  readonly gaveUp: boolean;
  readonly signed: boolean;
  readonly known: boolean;
  /** Another call near one of them was not passed either. */
  readonly again: boolean;
  /** When a call of theirs soon after was connected, epoch ms; null: none was. */
  readonly reachedAt: number | null;
}

export interface MissedPeople {
  /** The newest first. */
  readonly people: readonly MissedPerson[];
  /** For the people who follow; null at the end. */
  readonly next: PeopleCursor | null;
  /** How many people there are, and how many calls of theirs these are; those that are left out too. */
  readonly all: number;
  readonly calls: number;
  /** Callers with a number who did not pass and are in no campaign: these people, and robots. */
  readonly callers: number;
}

/** The last person that was shown. */
export interface PeopleCursor {
  readonly lastAt: number;
  readonly callId: string;
}

/** Why somebody is thought to be a person, in words: `pressed a wrong key, did not pass 3 times, signed with attestation A`. */
export function missedWords({
  pressed,
  gaveUp,
  missed,
  again,
  signed,
  known,
  reachedAt,
}: MissedPerson): string[] {
  return [
    ...(pressed ? ['pressed a wrong key'] : []),
    ...(gaveUp ? ['hung up in the challenge'] : []),
    ...(missed > 1 ? [`did not pass ${missed} times`] : again ? ['did not pass another time'] : []),
    ...(signed ? ['signed with attestation A'] : []),
    ...(known ? ['known when they called'] : []),
    ...(reachedAt === null ? [] : ['a later call was connected']),
  ];
}
