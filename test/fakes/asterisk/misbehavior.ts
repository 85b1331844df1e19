/** What the fake does in place of an answer. `stall`: nothing, connection open; `reset`: TCP reset. */
export type Misbehavior =
  | { readonly kind: 'stall' }
  | { readonly kind: 'reset' }
  /** The head of an answer and half its body, then nothing. */
  | { readonly kind: 'half-answer' }
  /** The right answer as of now, sent when `until` resolves: an old truth. */
  | { readonly kind: 'hold'; readonly asked: () => void; readonly until: Promise<void> }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string };

/** Misbehaviors by route (`POST /channels/{id}/continue`, or `*`), each for a number of requests. */
export class MisbehaviorScript {
  readonly #script: { readonly route: string; readonly what: Misbehavior; times: number }[] = [];

  add(route: string, what: Misbehavior, times: number): void {
    this.#script.push({ route, what, times });
  }

  clear(): void {
    this.#script.length = 0;
  }

  next(route: string): Misbehavior | null {
    const step = this.#script.find((each) => each.times > 0 && (each.route === '*' || each.route === route));
    if (!step) return null;
    step.times--;
    return step.what;
  }
}
