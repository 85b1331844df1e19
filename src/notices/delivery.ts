import type { Clock, ScreeningLog } from '../screening/ports.ts';
import { type Channel, type Message, UndeliverableError } from './notice.ts';

const firstBackoffMs = 5_000;
const longestBackoffMs = 300_000;
const mostTries = 10;
const mostWaiting = 50;
const sendDeadlineMs = 15_000;

/**
 * Sends messages over one channel, in order, each until it went or ten tries failed (about half an hour). Bounded: of
 * more than fifty waiting the oldest is dropped. Nobody waits for it.
 */
export class Delivery {
  readonly #channel: Channel;
  readonly #clock: Clock;
  readonly #log: ScreeningLog;
  readonly #waiting: Message[] = [];
  #tries = 0;
  #busy = false;
  #cancelRetry = () => {};
  readonly #closing = new AbortController();

  constructor(channel: Channel, clock: Clock, log: ScreeningLog) {
    this.#channel = channel;
    this.#clock = clock;
    this.#log = log;
  }

  add(message: Message): void {
    if (this.#closing.signal.aborted) return;
    this.#waiting.push(message);
    if (this.#waiting.length > mostWaiting) {
      // The first may be under way.
      this.#waiting.splice(this.#busy || this.#tries > 0 ? 1 : 0, 1);
      this.#log.warn('A notice was dropped: too many wait', { channel: this.#channel.name });
    }
    if (this.#tries === 0) void this.#next();
  }

  /** What waits is given up. */
  close(): void {
    this.#closing.abort();
    this.#cancelRetry();
    if (this.#waiting.length > 0)
      this.#log.warn('Notices were not sent before the end', {
        channel: this.#channel.name,
        waiting: this.#waiting.length,
      });
    this.#waiting.length = 0;
  }

  async #next(): Promise<void> {
    const [message] = this.#waiting;
    if (this.#busy || message === undefined || this.#closing.signal.aborted) return;
    this.#busy = true;
    try {
      const deadline = AbortSignal.timeout(sendDeadlineMs);
      await this.#channel.send(message, AbortSignal.any([deadline, this.#closing.signal]));
      this.#done();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#busy = false;
    }
    if (this.#tries === 0) void this.#next();
  }

  #done(): void {
    this.#waiting.shift();
    this.#tries = 0;
  }

  #failed(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const channel = this.#channel.name;
    this.#tries++;
    if (error instanceof UndeliverableError || this.#tries >= mostTries) {
      this.#log.error('A notice could not be sent', { channel, tries: this.#tries, error });
      this.#done();
      return;
    }
    const delayMs = Math.min(firstBackoffMs * 2 ** (this.#tries - 1), longestBackoffMs);
    if (this.#tries === 1) this.#log.warn('A notice waits to be sent again', { channel, delayMs, error });
    this.#cancelRetry = this.#clock.after(delayMs, () => void this.#next());
  }
}
