import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import { withDeadline } from '../process/deadline.ts';
import type { CanaryFault } from './canary-fault.ts';
import { RoundSkipped } from './canary-round.ts';

/** `waiting`: no call has been made yet. */
export type CanaryWord = 'off' | 'waiting' | 'well' | 'failing';

export interface CanaryState {
  readonly state: CanaryWord;
  /** Epoch ms at which the latest round ended; null: none did. */
  readonly checkedAt: number | null;
  /** Epoch ms since which it is well or failing. */
  readonly since: number | null;
  readonly faults: readonly CanaryFault[];
}

export interface CanaryOptions {
  /** Pause between two rounds; 0: only on demand. */
  readonly everyMs: number;
  readonly round: () => Promise<readonly CanaryFault[]>;
  /** False: it would say nothing, or take time that callers need. */
  readonly mayCall: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** A fault counts when a second round, so long after, finds it too. */
const againMs = 10_000;
const firstMs = 5_000;
const roundMs = 60_000;

/** Calls the own switchboard every minute, and remembers what callers would find. Its failure costs no call. */
export class Canary {
  readonly #options: CanaryOptions;
  #state: CanaryState;
  /** Of the round before, by `where`. */
  #suspects: ReadonlySet<string> = new Set();
  #running: Promise<CanaryState> | null = null;
  #cancel = () => {};
  #closed = false;

  constructor(options: CanaryOptions) {
    this.#options = options;
    const state = options.everyMs === 0 ? 'off' : 'waiting';
    this.#state = { state, checkedAt: null, since: null, faults: [] };
  }

  start(): void {
    if (this.#options.everyMs > 0) this.#later(firstMs);
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  state(): CanaryState {
    return this.#state;
  }

  /** A round now, for whoever asks; what it finds counts at once. When no call could be made, `checkedAt` is older. Never rejects. */
  async now(): Promise<CanaryState> {
    await this.#running;
    return this.#run(true);
  }

  #later(delayMs: number): void {
    this.#cancel();
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(delayMs, () => void this.#next(), { keepsAlive: false });
  }

  async #next(): Promise<void> {
    await this.#run(false);
    const { everyMs } = this.#options;
    const isDoubtful = this.#suspects.size > 0 && this.#state.state !== 'failing';
    this.#later(isDoubtful ? Math.min(againMs, everyMs) : everyMs);
  }

  #run(countsAtOnce: boolean): Promise<CanaryState> {
    this.#running ??= this.#round(countsAtOnce).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #round(countsAtOnce: boolean): Promise<CanaryState> {
    const { round, mayCall, clock, log } = this.#options;
    if (this.#closed || !mayCall()) return this.#state;
    try {
      const late = () => new Error(`the calls were not done within ${roundMs / 1000} s`);
      const found = await withDeadline(round, roundMs, late, clock);
      const isKnown = new Set(this.#state.faults.map(({ where }) => where));
      const counted = found.filter(
        ({ where }) => countsAtOnce || isKnown.has(where) || this.#suspects.has(where),
      );
      this.#suspects = new Set(found.map(({ where }) => where));
      return this.#found(counted, clock.now());
    } catch (error) {
      if (!(error instanceof RoundSkipped)) log.warn('The canary call could not be made', { error });
      return this.#state;
    }
  }

  #found(faults: readonly CanaryFault[], at: number): CanaryState {
    const { log, everyMs } = this.#options;
    const before = this.#state;
    const isDoubtful = faults.length === 0 && this.#suspects.size > 0 && before.state === 'waiting';
    const state = faults.length > 0 ? 'failing' : isDoubtful ? 'waiting' : 'well';
    const since = state === before.state ? before.since : at;
    const found: CanaryState = { state, checkedAt: at, since, faults };
    // Without a schedule nobody would see when it is over.
    if (everyMs === 0) return found;
    this.#state = found;
    for (const { where, message, remedy } of faults)
      if (!before.faults.some((one) => one.where === where))
        log.error('The canary call found what callers would find', { where, message, remedy });
    for (const { where } of before.faults)
      if (!faults.some((one) => one.where === where))
        log.info('The canary call finds this no more', { where });
    return found;
  }
}
