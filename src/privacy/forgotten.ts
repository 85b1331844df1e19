import type { CallFacts } from '../call/facts.ts';
import type { Outcome } from '../call/outcome.ts';
import { forgottenCaller } from './kept-caller.ts';
import {
  factsWithout,
  mentions,
  numberForms,
  outcomeWithout,
  type StandIn,
  withoutDigits,
} from './without-caller.ts';

/** Replaces an erased caller. The records stay, so that all counts stay right. */
const erased: StandIn = { caller: forgottenCaller, keepsIds: false };

/** A person, by every name the store may have for them. */
export class ForgottenCaller {
  /** Names in keys and records: number and pseudonyms. */
  readonly names: readonly string[];
  /** Texts that must not remain anywhere. */
  readonly words: readonly string[];

  /** `pseudonyms`: those of the keys in use. */
  constructor(callerNumber: string, pseudonyms: readonly string[]) {
    this.names = [...new Set([callerNumber, ...pseudonyms])];
    this.words = [...new Set([...numberForms(callerNumber), ...pseudonyms])];
  }

  /** False when stored text cannot be about them, and needs no parsing. */
  mayBeIn(text: Buffer | string): boolean {
    return this.words.some((word) => text.includes(word));
  }

  /** The outcome without them; the same object when it is not about them. */
  outcome(outcome: Outcome): Outcome {
    const { number } = outcome.facts.caller;
    if (number !== null && this.names.includes(number)) return outcomeWithout(outcome, erased);
    return mentions(outcome, this.words) ? withoutDigits(outcome, this.words) : outcome;
  }

  facts(facts: CallFacts): CallFacts {
    const { number } = facts.caller;
    return number !== null && this.names.includes(number) ? factsWithout(facts, erased) : facts;
  }
}
