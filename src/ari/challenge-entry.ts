import type { Clock } from '../process/clock.ts';
import { isInterrupted } from '../screening/call-stay.ts';
import { CallControlError } from '../screening/ports.ts';
import type { AriLibrary } from './ari-library.ts';

export interface ChallengeEntryParts {
  readonly clock: Clock;
  readonly library: AriLibrary;
  readonly channelId: string;
  /** The extension it returns from. */
  readonly step: string;
}

/** In `dialplan/gatehouse.conf`: sets the challenge's timer and returns the call. */
const context = 'gatehouse-challenge';
/** It takes milliseconds, unless something is wrong. */
const returnWithinMs = 2000;
/** A prompt of a former process still plays, and Asterisk releases the call only after it. */
const interruptedMs = 12_000;

/** One call's short way through the dialplan, from the timer of the decision to that of the challenge. */
export class ChallengeEntry {
  readonly #parts: ChallengeEntryParts;
  readonly #back = Promise.withResolvers<number>();
  #cancel = () => {};
  #settled = false;

  constructor(parts: ChallengeEntryParts) {
    this.#parts = parts;
    // It may fail before anything awaits it.
    this.#back.promise.catch(() => {});
  }

  /**
   * Resolves when the call is back.
   * @returns epoch ms at which the watchdog takes it away
   * @throws CallControlError: `gone`, `not-ours` (it went on in the dialplan), or that of the request
   */
  async enter(): Promise<number> {
    const { clock, library, channelId, step } = this.#parts;
    const withinMs = isInterrupted(step) ? interruptedMs : returnWithinMs;
    this.#cancel = clock.after(withinMs, () => void this.#lookForIt(withinMs));
    try {
      await library.continueAt(channelId, { context, extension: step });
    } catch (error) {
      // A request without an answer may still have taken effect.
      if (!isUnanswered(error)) this.fail(error);
    }
    return this.#back.promise;
  }

  /** Ignores a late report of an earlier challenge of the same call. */
  returned(step: string, watchdogAt: number): void {
    if (step !== this.#parts.step) return;
    this.#settle();
    this.#back.resolve(watchdogAt);
  }

  fail(error: unknown): void {
    this.#settle();
    this.#back.reject(error);
  }

  async #lookForIt(afterMs: number): Promise<void> {
    const { library, channelId } = this.#parts;
    try {
      const { dialplan } = await library.channel(channelId);
      if (this.#settled) return;
      const isInside = dialplan?.app_name === 'Stasis';
      this.fail(
        isInside
          ? new CallControlError('deadline', `not returned within ${afterMs} ms`, null)
          : new CallControlError('not-ours', 'the dialplan did not return the call', null),
      );
    } catch (error) {
      if (!this.#settled) this.fail(error);
    }
  }

  #settle(): void {
    this.#settled = true;
    this.#cancel();
  }
}

function isUnanswered(error: unknown): boolean {
  return error instanceof CallControlError && (error.code === 'deadline' || error.code === 'connection');
}
