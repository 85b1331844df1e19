import { type Clock, systemClock, type TimerOptions } from '../process/clock.ts';

/** A clock that never jumps, in ms: `performance.now`. */
type Steady = () => number;

/**
 * The time of Asterisk's machine. The dialplan's timers and the time stamps of events use it, so deadlines and durations of
 * calls must too. It runs on the monotonic clock: a jump of our wall clock has no effect. A jump of Asterisk's clock is followed
 * at the next heartbeat, to the second.
 */
export class AsteriskClock implements Clock {
  readonly #steady: Steady;
  /** Epoch ms at which the steady clock began. */
  #origin: number;

  constructor(wall: () => number = Date.now, steady: Steady = () => performance.now()) {
    this.#steady = steady;
    this.#origin = wall() - steady();
  }

  now(): number {
    return Math.round(this.#origin + this.#steady());
  }

  after(delayMs: number, action: () => void, options?: TimerOptions): () => void {
    return systemClock.after(delayMs, action, options);
  }

  /**
   * Asterisk returned this whole second.
   * @param askedAt `now()` before the request
   */
  sawSecond(epochSeconds: number, askedAt: number): void {
    const least = epochSeconds * 1000;
    const behind = least - this.now();
    const ahead = askedAt - (least + 999);
    if (behind > 0) this.#origin += behind;
    else if (ahead > 0) this.#origin -= ahead;
  }
}
