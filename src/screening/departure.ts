import type { Clock } from '../process/clock.ts';
import { withDeadline } from '../process/deadline.ts';
import type { CallEnd } from './call-record.ts';
import { dialplanTarget, type WayOut } from './exit-target.ts';
import { type CallControl, CallControlError } from './ports.ts';
import { stopQuietly } from './request-queue.ts';

/** After a 204 the call leaves within milliseconds, unless the request got lost in Asterisk. */
const leaveWaitMs = 3000;
const firstBackoffMs = 200;
const longestBackoffMs = 2000;
/** What our time of Asterisk may be off (asterisk-clock.ts). */
const clockErrorMs = 1500;
/** How exactly the watchdog's time is known. */
const momentMs = 100;

interface DepartureDeps {
  readonly control: CallControl;
  readonly clock: Clock;
  readonly requestDeadlineMs: number;
  /** Epoch ms at which the dialplan takes the call away; later once it gave time for a challenge. */
  readonly watchdogAt: () => number;
  /** The channel is gone (404). */
  readonly gone: () => void;
  /** The channel is not ours any more (409). */
  readonly notOurs: () => void;
  readonly failed: (error: unknown) => void;
}

interface Attempt {
  readonly way: WayOut;
  /** Epoch ms. */
  readonly askedAt: number;
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

  /** A request was not answered, and may have been carried out all the same. */
  get mayHaveLeft(): boolean {
    return this.#attempts.some(({ state }) => state === 'sent' || state === 'unknown');
  }

  /**
   * Which way a call took that left at `leftAt` (epoch ms). A request that was accepted says so for certain. Before the
   * watchdog's time it is else the first that was never answered; after it that is `unknown`, as the watchdog may have been
   * first. What was asked when the call had left, as a process does that stood still, took it nowhere.
   */
  takenAt(leftAt: number): WayOut | 'watchdog' | 'unknown' {
    if (this.accepted !== null) return this.accepted;
    const unanswered = this.#attempts.find(
      ({ state, askedAt }) => (state === 'sent' || state === 'unknown') && askedAt <= leftAt + clockErrorMs,
    );
    if (unanswered === undefined) return 'watchdog';
    return leftAt + momentMs < this.#deps.watchdogAt() ? unanswered.way : 'unknown';
  }

  /** How a call ended that left at `leftAt`, while it was `state`. */
  endAt(leftAt: number, state: string): CallEnd {
    const way = this.takenAt(leftAt);
    if (way === 'unknown') return 'unaccounted';
    if (way !== 'watchdog') return way;
    const detail = this.tries === 0 ? `taken while ${state}` : `${this.tries} requests to send it on failed`;
    return { bypass: 'watchdog', detail };
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
    const attempt: Attempt = { way, askedAt: clock.now(), state: 'sent' };
    this.#attempts.push(attempt);
    withDeadline(
      () => control.continueAt(dialplanTarget(way)),
      requestDeadlineMs,
      CallControlError.late,
      clock,
    ).then(
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
