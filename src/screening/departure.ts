import { dialplanTarget, type WayOut } from './exit-target.ts';
import { type CallControl, CallControlError, type Clock } from './ports.ts';
import { withDeadline } from './request-deadline.ts';
import { stopQuietly } from './request-queue.ts';

/** After a 204 the call leaves within milliseconds, unless the request got lost in Asterisk. */
const leaveWaitMs = 3000;
const firstBackoffMs = 200;
const longestBackoffMs = 2000;

export interface DepartureDeps {
  readonly control: CallControl;
  readonly clock: Clock;
  readonly requestDeadlineMs: number;
  /** Epoch ms at which the dialplan takes the call away. */
  readonly watchdogAt: number;
  /** The channel is gone (404). */
  readonly gone: () => void;
  /** The channel is not ours any more (409). */
  readonly notOurs: () => void;
  readonly failed: (error: unknown) => void;
}

interface Attempt {
  readonly way: WayOut;
  /** `unknown`: no answer; Asterisk may carry it out all the same. */
  state: 'sent' | 'accepted' | 'unknown' | 'refused';
}

/**
 * Gets one call out of the screener: asks, asks again when nothing happens, and falls back to the operators when the
 * decided exit cannot be had. Ends only by `close()`.
 */
export class Departure {
  readonly #deps: DepartureDeps;
  readonly #attempts: Attempt[] = [];
  #way: WayOut | null = null;
  #playing: string | null = null;
  #backoffMs = firstBackoffMs;
  #cancelRetry = () => {};
  #closed = false;

  constructor(deps: DepartureDeps) {
    this.#deps = deps;
  }

  get way(): WayOut | null {
    return this.#way;
  }

  get tries(): number {
    return this.#attempts.length;
  }

  /** The way that Asterisk has agreed to (204). */
  get accepted(): WayOut | null {
    return this.#attempts.find((attempt) => attempt.state === 'accepted')?.way ?? null;
  }

  /** Sets out, once; stops what is playing first, for Asterisk lets a call go only after its playback. Never throws. */
  leave(way: WayOut, playing: string | null): void {
    if (this.#closed || this.#way !== null) return;
    this.#playing = playing;
    this.#set(way);
  }

  /** No more requests. */
  close(): void {
    this.#closed = true;
    this.#cancelRetry();
  }

  /**
   * Which way a call took that has left. Null: none of ours, the watchdog took it. A request that was accepted tells it
   * for certain; else the first that was never answered, while the watchdog's time had not come.
   */
  takenAt(now: number): WayOut | null {
    if (this.accepted !== null) return this.accepted;
    if (now >= this.#deps.watchdogAt) return null;
    return this.#attempts.find((attempt) => attempt.state !== 'refused')?.way ?? null;
  }

  #set(way: WayOut): void {
    this.#way = way;
    void this.#hush().then(() => this.#ask(way));
  }

  async #hush(): Promise<void> {
    if (this.#playing === null) return;
    await stopQuietly(this.#deps.control, this.#deps.clock, this.#playing);
  }

  #ask(way: WayOut): void {
    if (this.#closed || this.#way !== way) return;
    const { control, clock, requestDeadlineMs } = this.#deps;
    const attempt: Attempt = { way, state: 'sent' };
    this.#attempts.push(attempt);
    withDeadline(clock, requestDeadlineMs, () => control.continueAt(dialplanTarget(way))).then(
      () => {
        attempt.state = 'accepted';
        // The request may have got lost all the same. Asked twice, the second is answered 409.
        this.#retry(way, leaveWaitMs);
      },
      (error: unknown) => this.#notAccepted(attempt, error),
    );
  }

  #notAccepted(attempt: Attempt, error: unknown): void {
    const code = error instanceof CallControlError ? error.code : 'refused';
    attempt.state = code === 'deadline' || code === 'connection' ? 'unknown' : 'refused';
    if (this.#closed) return;
    if (code === 'gone') this.#deps.gone();
    else if (code === 'not-ours') this.#deps.notOurs();
    else this.#tryElsewhere(attempt.way, error, code);
  }

  #tryElsewhere(way: WayOut, error: unknown, code: string): void {
    this.#deps.failed(error);
    if ('exit' in way && this.accepted === null) {
      this.#set({ bypass: 'ari-failed', detail: `continue: ${code}` });
      return;
    }
    this.#retry(way, this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, longestBackoffMs);
  }

  #retry(way: WayOut, delayMs: number): void {
    if (this.#closed) return;
    this.#cancelRetry = this.#deps.clock.after(delayMs, () => {
      void this.#hush().then(() => this.#ask(way));
    });
  }
}
