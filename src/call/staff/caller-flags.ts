import type { Flag } from '../vocabulary.ts';

/** What staff said of one call, and of all calls of its caller. */
export interface CallFlags {
  readonly ofCall: readonly Flag[];
  /** Flagged calls of the caller by flag, this one included: what rules see at the next call. Flags without calls are left out. */
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
