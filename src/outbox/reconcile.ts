import type { CallFacts } from '../call/facts.ts';
import { unaccountedOutcome } from '../call/outcome.ts';
import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import type { OutcomeLog } from '../screening/ports.ts';

/** Calls that nothing will end any more: left open by a former process, not live in Asterisk, older than `graceMs`. */
export function unaccountedCalls(
  open: readonly CallFacts[],
  liveCallIds: ReadonlySet<string>,
  now: number,
  graceMs: number,
): readonly CallFacts[] {
  return open.filter((facts) => !liveCallIds.has(facts.callId) && now - facts.now >= graceMs);
}

export interface ReconcilerOptions {
  /** Its open calls are those of former processes only. */
  readonly outbox: OutcomeLog & { openCalls(): readonly CallFacts[] };
  readonly notes: { collect(): Promise<number> };
  /** Call ids of all channels in Asterisk, in Stasis or not. May reject; then it is asked again. */
  readonly liveCallIds: () => Promise<ReadonlySet<string>>;
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Time for the dialplan's notes to arrive, before each try. 10 s by default. */
  readonly graceMs?: number;
}

/**
 * Accounts for the calls that a former process left open. Start it when ARI is connected and the calls found there are
 * adopted. It tries again until none is left: a call that is still live in Asterisk ends by its note or by a later try.
 */
export class Reconciler {
  readonly #options: Required<ReconcilerOptions>;
  #cancel = () => {};
  #started = false;
  #closed = false;

  constructor(options: ReconcilerOptions) {
    this.#options = { graceMs: 10_000, ...options };
  }

  start(): void {
    if (this.#started || this.#closed) return;
    this.#started = true;
    this.#tryLater();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  /** One try: how many calls it ended, and how many are still open. Rejects when Asterisk does not answer. */
  async reconcile(): Promise<{ readonly ended: number; readonly left: number }> {
    const { outbox, notes, node, clock, log, graceMs } = this.#options;
    // Asterisk first: a call that leaves in between has written its note before notes are collected.
    const live = await this.#options.liveCallIds();
    await notes.collect();
    const open = outbox.openCalls();
    const unaccounted = unaccountedCalls(open, live, clock.now(), graceMs);
    for (const facts of unaccounted) {
      outbox.end(unaccountedOutcome(facts, node, clock.now()), 0);
      log.warn('Call of a former process is unaccounted for', { callId: facts.callId });
    }
    return { ended: unaccounted.length, left: open.length - unaccounted.length };
  }

  #tryLater(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(this.#options.graceMs, () => void this.#try());
  }

  async #try(): Promise<void> {
    try {
      const { left } = await this.reconcile();
      if (left === 0) return;
    } catch (error) {
      this.#options.log.warn('Open calls cannot be reconciled yet', { error: String(error) });
    }
    this.#tryLater();
  }
}
