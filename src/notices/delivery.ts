import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import { type Channel, type Message, UndeliverableError } from './notice.ts';

const firstBackoffMs = 5_000;
const maxBackoffMs = 300_000;
const maxAttempts = 10;
const maxWaiting = 50;
const sendDeadlineMs = 15_000;

/**
 * Sends messages over one channel, in order, each until it was sent or ten attempts failed (about half an hour). When more than
 * fifty wait, the oldest is dropped.
 */
export class Delivery {
  readonly #channel: Channel;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #waiting: Message[] = [];
  #attempts = 0;
  #busy = false;
  #cancelRetry = () => {};
  readonly #closing = new AbortController();

  constructor(channel: Channel, clock: Clock, log: Log) {
    this.#channel = channel;
    this.#clock = clock;
    this.#log = log;
  }

  add(message: Message): void {
    if (this.#closing.signal.aborted) return;
    this.#waiting.push(message);
    if (this.#waiting.length > maxWaiting) {
      // The first may be in transit.
      this.#waiting.splice(this.#busy || this.#attempts > 0 ? 1 : 0, 1);
      this.#log.warn('Notice dropped: too many are waiting', { channel: this.#channel.name });
    }
    if (this.#attempts === 0) void this.#next();
  }

  /** Drops what waits. */
  close(): void {
    this.#closing.abort();
    this.#cancelRetry();
    if (this.#waiting.length > 0)
      this.#log.warn('Notices were not sent before shutdown', {
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
    if (this.#attempts === 0) void this.#next();
  }

  #done(): void {
    this.#waiting.shift();
    this.#attempts = 0;
  }

  #failed(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const channel = this.#channel.name;
    this.#attempts++;
    if (error instanceof UndeliverableError || this.#attempts >= maxAttempts) {
      this.#log.error('Notice could not be sent', { channel, attempts: this.#attempts, error });
      this.#done();
      return;
    }
    const delayMs = Math.min(firstBackoffMs * 2 ** (this.#attempts - 1), maxBackoffMs);
    if (this.#attempts === 1) this.#log.warn('Notice will be sent again', { channel, delayMs, error });
    this.#cancelRetry = this.#clock.after(delayMs, () => void this.#next());
  }
}
