import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';

const lookEveryMs = 100;
/** A look that comes so much later than it should: others waited as long for the event loop. */
const lateMs = 100;
/** A machine that is busy with something else is late too; without calls that wait for it that is not overload. */
const fewWaiting = 10;
/** Calls that wait for a decision or for the way out: at 400 calls a second it takes them 4 ms, so these are some. */
const manyWaiting = 50;
/** How much longer than usual calls take from the dialplan to here. */
const slowArrivalMs = 500;
/** One pause of the event loop is none: it takes two bad looks, and so much bad time. */
const badForMs = 300;
const calmForMs = 2_000;
/** While as many calls come in as before, calm says only that shedding helps; so much later it is tried without. */
const triedAgainAfterMs = 15_000;
const fewerCalls = 0.8;
/** Clocks of two machines drift apart by less than this. */
const driftPerMs = 0.001;
const reportEveryMs = 1_000;

interface AdmissionOptions {
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** ms that only ever grow; a clock that is set must not look like a busy event loop. `performance.now` when not given. */
  readonly steadyNow?: () => number;
}

/** What is asked of it by the screener and the calls. */
export interface Admits {
  /** Calls that would be challenged go to the operators now, and nobody waits for what is known of earlier calls. */
  readonly isShedding: boolean;
  /** A call came in, so many ms after it had entered the dialplan. */
  arrived(sinceEntryMs: number): void;
  /** A call was released for it. */
  shed(): void;
}

/**
 * Tells when there are more calls than can be screened in time. Measured are the event loop's lag, the calls that wait for
 * a decision, and how long calls took to get here: what queues in Asterisk or in the socket is seen only by that.
 */
export class Admission implements Admits {
  readonly #options: Required<AdmissionOptions>;
  #waiting: () => number = () => 0;
  #cancel: (() => void) | null = null;
  #lookedAt = 0;
  #badLooks = 0;
  #badMs = 0;
  #calmMs = 0;
  /** Since when, by the steady clock; null: all calls are screened. */
  #sheddingSince: number | null = null;
  #shedInAll = 0;
  #shedNow = 0;
  #told = { at: 0, shed: 0 };
  #episodes = 0;
  /** What calls take to get here when nothing is in their way; the difference between two clocks included. */
  #usualArrivalMs = Number.POSITIVE_INFINITY;
  /** Calls a second, over about a second; and the most at which they had to wait. */
  #rate = 0;
  #heavyRate = 0;
  #arrivals = 0;
  /** The least of the calls since the last look: one that was late by itself says nothing of the others. */
  #arrivalMs: number | null = null;

  constructor(options: AdmissionOptions) {
    this.#options = { steadyNow: () => performance.now(), ...options };
  }

  get isShedding(): boolean {
    return this.#sheddingSince !== null;
  }

  /** Since the start: calls released for it, and how often it began. */
  get figures(): { readonly shedding: boolean; readonly episodes: number; readonly shed: number } {
    return { shedding: this.isShedding, episodes: this.#episodes, shed: this.#shedInAll };
  }

  /** @param waiting calls that are not decided yet, or wait for the way out */
  start(waiting: () => number): void {
    this.#waiting = waiting;
    this.#lookedAt = this.#options.steadyNow();
    this.#lookLater();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.isShedding) this.#end(this.#options.steadyNow());
  }

  arrived(sinceEntryMs: number): void {
    this.#arrivals++;
    this.#arrivalMs = Math.min(sinceEntryMs, this.#arrivalMs ?? Number.POSITIVE_INFINITY);
  }

  shed(): void {
    this.#shedInAll++;
    this.#shedNow++;
  }

  #lookLater(): void {
    this.#cancel = this.#options.clock.after(lookEveryMs, () => {
      this.#look(this.#options.steadyNow());
      if (this.#cancel !== null) this.#lookLater();
    });
  }

  #look(now: number): void {
    const elapsedMs = now - this.#lookedAt;
    this.#lookedAt = now;
    const lagMs = elapsedMs - lookEveryMs;
    const waiting = this.#waiting();
    const arrivalMs = this.#slowerThanUsual(elapsedMs);
    const isLate = lagMs > lateMs && waiting > fewWaiting;
    this.#rate += ((this.#arrivals * 1000) / elapsedMs - this.#rate) * Math.min(1, elapsedMs / 1000);
    this.#arrivals = 0;
    const isBad = isLate || waiting > manyWaiting || arrivalMs > slowArrivalMs;
    this.#badLooks = isBad ? this.#badLooks + 1 : 0;
    this.#badMs = isBad ? this.#badMs + elapsedMs : 0;
    this.#calmMs = isBad ? 0 : this.#calmMs + elapsedMs;
    if (isBad && this.isShedding) this.#heavyRate = Math.max(this.#heavyRate, this.#rate);
    const isOver =
      this.#calmMs >= (this.#rate <= fewerCalls * this.#heavyRate ? calmForMs : triedAgainAfterMs);
    if (!this.isShedding && this.#badLooks >= 2 && this.#badMs >= badForMs) {
      const measured = {
        ...{ lagMs: Math.round(lagMs), waiting, arrivalMs: Math.round(arrivalMs) },
        callsPerSecond: Math.round(this.#rate),
      };
      this.#begin(now, measured);
    } else if (this.isShedding && isOver) this.#end(now);
    if (this.isShedding && now - this.#told.at >= reportEveryMs) this.#report(now, waiting);
  }

  #slowerThanUsual(elapsedMs: number): number {
    const sample = this.#arrivalMs;
    this.#arrivalMs = null;
    this.#usualArrivalMs += elapsedMs * driftPerMs;
    if (sample === null) return 0;
    this.#usualArrivalMs = Math.min(this.#usualArrivalMs, sample);
    return sample - this.#usualArrivalMs;
  }

  #begin(now: number, measured: Record<string, unknown>): void {
    this.#sheddingSince = now;
    this.#heavyRate = this.#rate;
    this.#episodes++;
    this.#shedNow = 0;
    this.#told = { at: now, shed: 0 };
    this.#options.log.warn(
      'Overload: calls that would be challenged go to the operators; known callers are connected as ever',
      measured,
    );
  }

  /** In place of a line a call. */
  #report(now: number, waiting: number): void {
    const released = this.#shedNow - this.#told.shed;
    this.#told = { at: now, shed: this.#shedNow };
    if (released > 0) this.#options.log.warn('Calls released unscreened: overload', { released, waiting });
  }

  #end(now: number): void {
    const seconds = Math.round((now - (this.#sheddingSince ?? now)) / 100) / 10;
    this.#sheddingSince = null;
    this.#calmMs = 0;
    this.#options.log.warn('Overload is over: all calls are screened again', {
      seconds,
      released: this.#shedNow,
    });
  }
}
