import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '../log/log.ts';

const maxKept = 50;
/** What lasted no longer is no outage that anybody would ask about; a master that moves takes a moment. */
const shortestMs = 1_500;
const writtenEveryMs = 30_000;

/** A time in which Redis was away. Epoch ms. */
export interface Outage {
  readonly from: number;
  /** Null: it goes on. */
  readonly to: number | null;
  /** The most calls that waited for it at a time. */
  readonly waiting: number;
}

/** The last outages, kept in a small file over a restart. No method throws: when the disk takes nothing they are in memory. */
export class OutageLog {
  readonly #path: string;
  readonly #log: Log;
  #outages: Outage[];
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
    this.#outages = this.#read();
  }

  /** Newest first. */
  all(): readonly Outage[] {
    return this.#outages.toReversed();
  }

  ongoing(): Outage | null {
    const last = this.#outages.at(-1);
    return last?.to === null ? last : null;
  }

  /** One that goes on already goes on, from when it began. */
  begin(from: number, waiting: number): void {
    if (this.ongoing() !== null) return;
    this.#outages = [...this.#outages, { from, to: null, waiting }].slice(-maxKept);
    this.#write();
  }

  goesOn(waiting: number): void {
    const ongoing = this.ongoing();
    if (ongoing === null || waiting <= ongoing.waiting) return;
    this.#outages = [...this.#outages.slice(0, -1), { ...ongoing, waiting }];
    if (performance.now() - this.#writtenAt >= writtenEveryMs) this.#write();
  }

  /** The outage that ended; null: there was none, or it was too short to be one. */
  end(to: number, waiting: number): Outage | null {
    const ongoing = this.ongoing();
    if (ongoing === null) return null;
    const ended = { ...ongoing, to: Math.max(to, ongoing.from), waiting: Math.max(waiting, ongoing.waiting) };
    const isOne = ended.to - ended.from >= shortestMs;
    this.#outages = [...this.#outages.slice(0, -1), ...(isOne ? [ended] : [])];
    this.#write();
    return isOne ? ended : null;
  }

  #read(): Outage[] {
    try {
      const read: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      return Array.isArray(read) ? read.filter(isOutage).slice(-maxKept) : [];
    } catch {
      return [];
    }
  }

  #write(): void {
    this.#writtenAt = performance.now();
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeFileSync(`${this.#path}.new`, JSON.stringify(this.#outages), { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#log.warn('the times in which Redis was away cannot be written down', { error: String(error) });
    }
  }
}

function isOutage(value: unknown): value is Outage {
  const { from, to, waiting } = (value ?? {}) as Record<string, unknown>;
  return Number.isFinite(from) && (to === null || Number.isFinite(to)) && Number.isFinite(waiting);
}
