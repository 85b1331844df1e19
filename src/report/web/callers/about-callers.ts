import type { CallFacts, CallHistory } from '../../../call/facts.ts';

/** A call that staff expect. */
export interface Expectation {
  /** E.164 of the number of ours; null: any. */
  readonly called: string | null;
  /** Epoch ms. */
  readonly until: number;
  readonly why: string;
}

/** What is kept of callers beside their calls and flags. Callers as records have them; every method rejects when Redis does. */
export interface AboutCallers {
  /** What rules would be told of a call with these facts. */
  history(facts: CallFacts): Promise<CallHistory>;
  /** Epoch ms; null: the caller did not. */
  optedOutAt(caller: string): Promise<number | null>;
  readonly expected: {
    ofCaller(caller: string, now: number): Promise<readonly Expectation[]>;
    add(call: Expectation & { readonly caller: string }, now: number): Promise<void>;
    remove(caller: string, called: string | null): Promise<boolean>;
  };
}
