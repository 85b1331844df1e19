import type { Flag } from '../policy/facts.ts';

/** What staff may say of a call, in the order in which it is shown. */
export const flagWords = ['sales', 'scam', 'wanted'] as const satisfies readonly Flag[];

/** True for a word of staff; whatever was typed or sent may be asked. */
export function isFlag(text: unknown): text is Flag {
  return flagWords.some((word) => word === text);
}

/** What staff said of one call, and of all calls of its caller. */
export interface CallFlags {
  readonly ofCall: readonly Flag[];
  /** Calls of the caller that were flagged so, this one included: what rules see at the next call. Words nobody said are left out. */
  readonly ofCaller: { readonly [F in Flag]?: number };
  /** Epoch ms until which they count, unless more is said; null: nothing was said. */
  readonly until: number | null;
}

/** Flags, kept by caller. `caller` is a number (E.164) or what stands for one in a record. Every method rejects when Redis does. */
export interface CallerFlags {
  read(caller: string, callId: string): Promise<CallFlags>;
  /** Notes a staff member's word on one call. False when it was said before. `at`: epoch ms. */
  flag(caller: string, word: Flag, callId: string, at: number): Promise<boolean>;
  /** Takes it back. False when it was not said. */
  takeBack(caller: string, word: Flag, callId: string): Promise<boolean>;
}
