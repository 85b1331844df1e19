import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import { type DeliveryProblem, deliveryProblem } from './delivery-problem.ts';
import { type Channel, type Message, UndeliverableError } from './notice.ts';

const firstBackoffMs = 5_000;
const maxBackoffMs = 300_000;
/** A message that fails so often may be what is wrong: the others go first. */
const attemptsInTurn = 10;
const maxWaiting = 50;
const sendDeadlineMs = 15_000;
/** Older alarms are worse than none. */
const maxAgeMs = 86_400_000;

/** A channel that fails now. */
export interface ChannelTrouble extends DeliveryProblem {
  readonly channel: string;
  /** Epoch ms. */
  readonly since: number;
  readonly waiting: number;
}

export interface DeliveryOptions {
  readonly channel: Channel;
  /** Where what waits is kept over a restart, `notices-<channel>.json`; null: nowhere. */
  readonly dir: string | null;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Sends messages over one channel, in order, until they are sent or a day old: what keeps a channel from sending is mostly put right
 * by a setting, and a restart. When more than fifty wait, the oldest is dropped.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #waiting: Message[];
  #attempts = 0;
  /** There is a file. */
  #isKept = false;
  #busy = false;
  #trouble: (DeliveryProblem & { readonly since: number }) | null = null;
  #cancelRetry = () => {};
  readonly #closing = new AbortController();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#waiting = this.#kept();
  }

  /** Sends what waited when the process ended. */
  start(): void {
    void this.#next();
  }

  add(message: Message): void {
    if (this.#closing.signal.aborted) return;
    this.#waiting.push(message);
    if (this.#waiting.length > maxWaiting) {
      // The first may be in transit.
      this.#waiting.splice(this.#busy || this.#attempts > 0 ? 1 : 0, 1);
      this.#warn('Notice dropped: too many are waiting');
    }
    if (this.#attempts === 0) void this.#next();
    else this.#keep();
  }

  /** Null: the last message was sent, or none was yet. */
  trouble(): ChannelTrouble | null {
    if (this.#trouble === null) return null;
    return { channel: this.#options.channel.name, waiting: this.#waiting.length, ...this.#trouble };
  }

  /** What waits is sent after the next start. */
  close(): void {
    this.#closing.abort();
    this.#cancelRetry();
    if (this.#waiting.length === 0) return;
    this.#keep();
    this.#warn('Notices were not sent before shutdown', { waiting: this.#waiting.length });
    this.#waiting.length = 0;
  }

  async #next(): Promise<void> {
    const [message] = this.#waiting;
    if (this.#busy || message === undefined || this.#closing.signal.aborted) return;
    this.#busy = true;
    try {
      const deadline = AbortSignal.timeout(sendDeadlineMs);
      await this.#options.channel.send(message, AbortSignal.any([deadline, this.#closing.signal]));
      this.#sent();
    } catch (error) {
      this.#failed(message, error);
    } finally {
      this.#busy = false;
    }
    if (this.#attempts === 0) void this.#next();
  }

  #sent(): void {
    const { channel, log } = this.#options;
    if (this.#trouble !== null) log.info('Notices are sent again', { channel: channel.name });
    this.#trouble = null;
    this.#done();
  }

  #done(): void {
    this.#waiting.shift();
    if (this.#isKept) this.#keep();
    this.#attempts = 0;
  }

  #failed(message: Message, error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const { channel, clock, log } = this.#options;
    this.#attempts++;
    const problem = deliveryProblem(error, channel.setting);
    const isNews = this.#trouble?.reason !== problem.reason;
    this.#trouble = { ...problem, since: this.#trouble?.since ?? clock.now() };
    const fields = { channel: channel.name, ...problem, error };
    if (error instanceof UndeliverableError || clock.now() - message.at > maxAgeMs) {
      log.error('Notice could not be sent', { ...fields, attempts: this.#attempts });
      this.#done();
      return;
    }
    const delayMs = Math.min(firstBackoffMs * 2 ** (this.#attempts - 1), maxBackoffMs);
    if (isNews) this.#warn('Notice will be sent again', { ...fields, delayMs });
    if (this.#attempts % attemptsInTurn === 0) this.#waiting.push(...this.#waiting.splice(0, 1));
    this.#keep();
    this.#cancelRetry = clock.after(delayMs, () => void this.#next());
  }

  #warn(text: string, fields: Record<string, unknown> = {}): void {
    this.#options.log.warn(text, { channel: this.#options.channel.name, ...fields });
  }

  #path(): string | null {
    const { dir, channel } = this.#options;
    return dir === null ? null : join(dir, `notices-${channel.name}.json`);
  }

  #kept(): Message[] {
    const path = this.#path();
    if (path === null) return [];
    try {
      const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
      this.#isKept = true;
      const now = this.#options.clock.now();
      const isFresh = (message: unknown) => isMessage(message) && now - message.at <= maxAgeMs;
      return Array.isArray(read) ? read.filter(isFresh).slice(-maxWaiting) : [];
    } catch {
      return [];
    }
  }

  #keep(): void {
    const path = this.#path();
    if (path === null) return;
    try {
      if (this.#waiting.length === 0) {
        rmSync(path, { force: true });
        this.#isKept = false;
        return;
      }
      this.#isKept = true;
      writeFileSync(`${path}.new`, JSON.stringify(this.#waiting), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch (error) {
      this.#warn('Waiting notices cannot be kept on disk', { error: String(error) });
    }
  }
}

function isMessage(value: unknown): value is Message {
  const { id, at, node, notices } = (value ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && Number.isFinite(at) && typeof node === 'string' && Array.isArray(notices);
}
