/** A slow answer is waited for so long before the last one stands in. */
const patienceMs = 100;
/** What failed is asked again so soon. */
const againMs = 2000;

export interface RefreshedOptions<T> {
  readonly ask: (now: number) => Promise<T>;
  /** How long an answer is as good as new. */
  readonly freshMs: number;
  /** How long it may stand in while a new one is awaited, or none comes. */
  readonly keptMs: number;
}

interface Answer<T> {
  readonly at: number;
  readonly value: T;
}

/** One question however many browsers ask, and no page waits for its answer. */
export class Refreshed<T> {
  readonly #options: RefreshedOptions<T>;
  #answer: Answer<T> | null = null;
  #asking: Promise<void> | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Since when no answer comes, epoch ms; null: the last question was answered. */
  #failedSince: number | null = null;
  #answeredAt: number | null = null;

  constructor(options: RefreshedOptions<T>) {
    this.#options = options;
  }

  /** What is known, asked anew in the background when it is old; null: nothing. Never throws. @param now epoch ms */
  peek(now: number): T | null {
    this.#refresh(now);
    return this.#known(now);
  }

  /** The same, after waiting a moment for what is being asked; for all of it when nothing is known. Never rejects. */
  async value(now: number): Promise<T | null> {
    this.#refresh(now);
    const asking = this.#asking;
    if (asking === null) return this.#known(now);
    if (this.#known(now) === null && this.#failedSince === null) await asking;
    else await Promise.race([asking, rested()]);
    return this.#known(now);
  }

  /** Since when it is not answered; null: it is, or was not asked yet. */
  get failedSince(): number | null {
    return this.#failedSince;
  }

  #known(now: number): T | null {
    const { keptMs } = this.#options;
    return this.#answer !== null && now - this.#answer.at <= keptMs ? this.#answer.value : null;
  }

  #refresh(now: number): void {
    const { freshMs } = this.#options;
    const restMs = this.#failedSince === null ? freshMs : Math.min(freshMs, againMs);
    if (this.#asking !== null || now - this.#askedAt < restMs) return;
    this.#askedAt = now;
    this.#asking = this.#options
      .ask(now)
      .then(
        (value) => {
          this.#answer = { at: now, value };
          this.#answeredAt = now;
          this.#failedSince = null;
        },
        () => {
          this.#failedSince ??= this.#answeredAt ?? now;
        },
      )
      .finally(() => {
        this.#asking = null;
      });
  }
}

function rested(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, patienceMs).unref());
}
