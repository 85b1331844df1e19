/** A finger does not press a key again this soon; a key that bounces, or that arrives by two roads, does. */
const bounceMs = 150;

/** One channel's key presses: the same key again, as RFC 4733 event, SIP INFO or tone, is one press. */
export class RepeatedPresses {
  /** Epoch ms of each key's last release. */
  readonly #released = new Map<string, number>();

  /**
   * True when it is the press that was told before.
   * @param at epoch ms of its release
   */
  isRepeated(digit: string, at: number, heldMs: number): boolean {
    const before = this.#released.get(digit);
    this.#released.set(digit, Math.max(at, before ?? at));
    return before !== undefined && at - heldMs - before < bounceMs;
  }
}
