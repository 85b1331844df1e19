import type { CallFacts } from '../policy/facts.ts';
import type { Outcome } from '../screening/outcome.ts';
import type { Clock, OutcomeLog, ScreeningLog } from '../screening/ports.ts';

/** The calls that nobody will end any more: open since a former process, not live in Asterisk, older than `graceMs`. */
export function unaccountedCalls(
  open: readonly CallFacts[],
  liveCallIds: ReadonlySet<string>,
  now: number,
  graceMs: number,
): readonly CallFacts[] {
  return open.filter((facts) => !liveCallIds.has(facts.callId) && now - facts.now >= graceMs);
}

/** `now` in epoch ms: when the search for the call was given up. */
function unaccountedOutcome(facts: CallFacts, node: string, now: number): Outcome {
  return {
    schema: 1,
    callId: facts.callId,
    node,
    facts,
    decision: null,
    challenge: null,
    exit: { kind: 'none', reason: 'unaccounted' },
    bypass: null,
    adopted: false,
    timings: { historyMs: null, decidedMs: null, answeredMs: null, exitMs: Math.max(0, now - facts.now) },
  };
}

export interface ReconcilerOptions {
  /** Its open calls are those of former processes only. */
  readonly outbox: OutcomeLog & { openCalls(): readonly CallFacts[] };
  readonly notes: { collect(): Promise<number> };
  /** Call ids of all channels in Asterisk now, in Stasis or not. May reject; then it is asked again. */
  readonly liveCallIds: () => Promise<ReadonlySet<string>>;
  readonly node: string;
  readonly clock: Clock;
  readonly log: ScreeningLog;
  /** Time for the dialplan's notes to come, before each look. 10 s by default. */
  readonly graceMs?: number;
}

/**
 * Accounts for the calls that a former process left open. To be started when ARI is connected and the calls found in it
 * are adopted. Looks again until none is left: a call still live in Asterisk ends by its note or by a later look.
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
    this.#lookLater();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  /** One look: how many calls it ended, and how many are still open. Rejects when Asterisk cannot be asked. */
  async reconcile(): Promise<{ readonly ended: number; readonly left: number }> {
    const { outbox, notes, node, clock, log, graceMs } = this.#options;
    // Asterisk first: a call that leaves between the two has written its note before it is collected.
    const live = await this.#options.liveCallIds();
    await notes.collect();
    const open = outbox.openCalls();
    const unaccounted = unaccountedCalls(open, live, clock.now(), graceMs);
    for (const facts of unaccounted) {
      outbox.end(unaccountedOutcome(facts, node, clock.now()), 0);
      log.warn('call of a former process is unaccounted for', { callId: facts.callId });
    }
    return { ended: unaccounted.length, left: open.length - unaccounted.length };
  }

  #lookLater(): void {
    if (this.#closed) return;
    this.#cancel = this.#options.clock.after(this.#options.graceMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    try {
      const { left } = await this.reconcile();
      if (left === 0) return;
    } catch (error) {
      this.#options.log.warn('open calls cannot be reconciled yet', { error: String(error) });
    }
    this.#lookLater();
  }
}
