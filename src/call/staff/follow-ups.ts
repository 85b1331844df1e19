import { z } from 'zod';
import type { CallRange } from '../call-records.ts';

const shape = z.object({ at: z.number(), who: z.string() });

/** That a caller was followed up: called back, or found to need nothing. */
export type FollowUp = Readonly<z.infer<typeof shape>>;

/** A call whose challenge was not passed; `arrivedAt` in epoch ms. */
export interface MissedCall {
  readonly callId: string;
  readonly arrivedAt: number;
}

/**
 * Which callers were followed up, by the call that they did not pass with: who fails again is on the worklist again, and nothing of the
 * caller is kept. Every method rejects when Redis does.
 */
export interface FollowUps {
  /** By call id; those that nobody followed up are left out. */
  read(calls: readonly MissedCall[]): Promise<ReadonlyMap<string, FollowUp>>;
  /** How many there are of calls of the days that the time touches, at least those of the time itself. */
  count(range: CallRange): Promise<number>;
  /** False: it was said before. */
  done(call: MissedCall, followUp: FollowUp): Promise<boolean>;
  /** False: it was not said. */
  undo(call: MissedCall): Promise<boolean>;
}

/** Null: it is none of ours. */
export function readFollowUp(text: unknown): FollowUp | null {
  if (typeof text !== 'string') return null;
  try {
    return shape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
