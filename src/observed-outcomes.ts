import type { CallFacts } from './policy/facts.ts';
import type { NoteOutcomes } from './records/bypass-notes.ts';
import type { Outbox } from './records/outbox.ts';
import type { Outcome } from './screening/outcome.ts';
import type { ScreeningLog } from './screening/ports.ts';

/** Told of every call's end, once; what it throws is logged and goes no further. */
export type OutcomeObserver = (outcome: Outcome) => void;

/** The outbox, and those who watch what goes into it: metrics, notices. Whoever ends calls ends them here. */
export class ObservedOutcomes implements NoteOutcomes {
  readonly #outbox: Pick<Outbox, 'begin' | 'end' | 'isKept' | 'isOpenInThisRun' | 'openCalls'>;
  readonly #observers: readonly OutcomeObserver[];
  readonly #log: ScreeningLog;

  constructor(
    outbox: Pick<Outbox, 'begin' | 'end' | 'isKept' | 'isOpenInThisRun' | 'openCalls'>,
    observers: readonly OutcomeObserver[],
    log: ScreeningLog,
  ) {
    this.#outbox = outbox;
    this.#observers = observers;
    this.#log = log;
  }

  begin(facts: CallFacts, adopted: boolean): void {
    this.#outbox.begin(facts, adopted);
  }

  end(outcome: Outcome, passForMs: number): void {
    // A repeated end is ignored by the outbox, and is not counted twice here.
    const isNew = !this.#outbox.isKept(outcome.callId);
    this.#outbox.end(outcome, passForMs);
    if (!isNew) return;
    for (const observe of this.#observers) {
      try {
        observe(outcome);
      } catch (error) {
        this.#log.error('An observer of outcomes failed', { callId: outcome.callId, error });
      }
    }
  }

  isKept(callId: string): boolean {
    return this.#outbox.isKept(callId);
  }

  isOpenInThisRun(callId: string): boolean {
    return this.#outbox.isOpenInThisRun(callId);
  }

  openCalls(): readonly CallFacts[] {
    return this.#outbox.openCalls();
  }
}
