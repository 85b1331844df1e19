import type { CallFacts } from '../policy/facts.ts';
import { forgottenCaller } from '../policy/kept-caller.ts';
import type { Outcome } from '../screening/outcome.ts';
import {
  factsWithout,
  mentions,
  numberForms,
  outcomeWithout,
  type StandIn,
  withoutDigits,
} from './without-caller.ts';

/** Who stands where a forgotten caller stood. The records are kept, so that all counts stay right. */
const nobody: StandIn = { caller: forgottenCaller, keepsIds: false };

/** A person as the store may know them. */
export class ForgottenCaller {
  /** What they are called by in keys and records: their number, and their pseudonyms. */
  readonly names: readonly string[];
  /** Texts that must not be left anywhere. */
  readonly words: readonly string[];

  /** `pseudonyms`: those of the keys in use. */
  constructor(callerNumber: string, pseudonyms: readonly string[]) {
    this.names = [...new Set([callerNumber, ...pseudonyms])];
    this.words = [...new Set([...numberForms(callerNumber), ...pseudonyms])];
  }

  /** True when stored text may be about them; what is not about them at all needs no parsing. */
  mayBeIn(text: Buffer | string): boolean {
    return this.words.some((word) => text.includes(word));
  }

  /** The outcome as it may stay; the same object when it is not about them. */
  outcome(outcome: Outcome): Outcome {
    const { number } = outcome.facts.caller;
    if (number !== null && this.names.includes(number)) return outcomeWithout(outcome, nobody);
    return mentions(outcome, this.words) ? withoutDigits(outcome, this.words) : outcome;
  }

  facts(facts: CallFacts): CallFacts {
    const { number } = facts.caller;
    return number !== null && this.names.includes(number) ? factsWithout(facts, nobody) : facts;
  }
}
