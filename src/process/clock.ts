const lateMs = 500;
const readingMs = 50;

export interface TimerOptions {
  /** False: a process with nothing else to do ends without waiting for the timer. */
  readonly keepsAlive: boolean;
}

/** Time, so that tests can have their own. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Runs `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void, options?: TimerOptions): () => void;
}

/**
 * The real clock. A timer that fires late means that the process was stopped or swapped out: what Asterisk sent meanwhile is
 * still unread, and is read before anything is given up for lack of an answer.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, action, { keepsAlive } = { keepsAlive: true }) {
    const due = performance.now() + delayMs;
    let timer = setTimeout(() => {
      if (performance.now() - due < lateMs) action();
      else timer = setTimeout(action, readingMs);
    }, delayMs);
    if (!keepsAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};
