/** What the fake does in place of an answer. `stall`: nothing, connection open; `reset`: TCP reset. */
export type Misbehaviour =
  | { readonly kind: 'stall' }
  | { readonly kind: 'reset' }
  /** The head of an answer and half its body, then nothing. */
  | { readonly kind: 'half-answer' }
  /** The right answer as of now, sent when `until` resolves: an old truth. */
  | { readonly kind: 'hold'; readonly asked: () => void; readonly until: Promise<void> }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string };

/** Misbehaviours by route (`POST /channels/{id}/continue`, or `*`), each for a number of requests. */
export class MisbehaviourScript {
  readonly #script: { readonly route: string; readonly what: Misbehaviour; times: number }[] = [];

  add(route: string, what: Misbehaviour, times: number): void {
    this.#script.push({ route, what, times });
  }

  clear(): void {
    this.#script.length = 0;
  }

  next(route: string): Misbehaviour | null {
    const step = this.#script.find((each) => each.times > 0 && (each.route === '*' || each.route === route));
    if (!step) return null;
    step.times--;
    return step.what;
  }
}
