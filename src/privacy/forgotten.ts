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

/** What people and programs write between digits, also URI-encoded. */
const separator = '(?:[\\s().\\-/]|%2[089DEFdef]){0,3}';

/** A person, by every name the store may have for them. */
export class ForgottenCaller {
  /** Names in keys and records: number and pseudonyms. */
  readonly names: readonly string[];
  /** Texts that must not remain anywhere. */
  readonly words: readonly string[];
  readonly #anyWriting: RegExp;
  readonly #found = new Set<string>();

  /** `pseudonyms`: those of the keys in use. */
  constructor(callerNumber: string, pseudonyms: readonly string[]) {
    this.names = [...new Set([callerNumber, ...pseudonyms])];
    const forms = numberForms(callerNumber);
    this.words = [...new Set([...forms, ...pseudonyms])];
    const shortest = forms.at(-1)?.replace(/\D/g, '') ?? '';
    // No form is long enough to know anybody by: nothing matches.
    this.#anyWriting = new RegExp(shortest === '' ? '(?!)' : [...shortest].join(separator));
  }

  /** `words`, and what else was in the erased records: numbers as they were written, SIP Call-IDs. */
  get traces(): readonly string[] {
    return [...this.words, ...this.#found];
  }

  /** False when stored text cannot be about them, and needs no parsing. */
  mayBeIn(text: Buffer | string): boolean {
    if (this.words.some((word) => text.includes(word))) return true;
    return this.#anyWriting.test(typeof text === 'string' ? text : text.toString('latin1'));
  }

  /** The text with `forgotten` in place of the number, however it is written. */
  without(text: string): string {
    const bare = this.words.reduce((rest, word) => rest.replaceAll(word, 'forgotten'), text);
    return bare.replace(new RegExp(this.#anyWriting, 'g'), 'forgotten');
  }

  /** The outcome without them; the same object when it is not about them. */
  outcome(outcome: Outcome): Outcome {
    if (this.#isTheirs(outcome.facts, mentions(outcome, this.words))) return outcomeWithout(outcome, erased);
    return mentions(outcome, this.words) ? withoutDigits(outcome, this.words) : outcome;
  }

  facts(facts: CallFacts): CallFacts {
    const { sipCallId, verification } = facts;
    const texts = [sipCallId, verification.passport?.orig ?? ''];
    const isMentioned = this.words.some((word) => texts.some((text) => text.includes(word)));
    return this.#isTheirs(facts, isMentioned) ? factsWithout(facts, erased) : facts;
  }

  /** By its number; without one, by what was written in its place or anywhere else in the record. */
  #isTheirs({ caller, sipCallId }: CallFacts, isMentioned: boolean): boolean {
    const { number, raw, displayName } = caller;
    const isTheirs =
      number === null
        ? isMentioned || [raw, displayName, sipCallId].some((text) => this.#anyWriting.test(text))
        : this.names.includes(number);
    if (!isTheirs) return false;
    if (raw.replace(/\D/g, '').length >= 7) this.#found.add(raw);
    if (sipCallId.length >= 12) this.#found.add(sipCallId);
    return true;
  }
}
