import { calledWords, type NameOf } from '../../call/called-name.ts';
import type { CallerFacts, CallFacts } from '../../call/facts.ts';
import { whyNoNumber } from '../../privacy/kept-caller.ts';
import { maskNumber, maskNumbersIn } from '../../privacy/mask-number.ts';
import { shownSipCallId } from '../../privacy/shown-record.ts';
import { type Html, html, said } from './html.ts';

/**
 * Numbers as one visitor may see them; `NumberView` of src/report/access is one. Every number of a person goes through it,
 * so that it is also the place where a look is noted.
 */
export interface ShownNumbers {
  /** True when this visitor sees full numbers. */
  readonly whole: boolean;
  /** One number. `callId`: the call it belongs to. */
  show(number: string, callId?: string): string;
  /** A text that may have numbers in it. */
  text(text: string, callId?: string): string;
}

/** For pages without full numbers. */
export const maskedNumbers: ShownNumbers = { whole: false, show: maskNumber, text: maskNumbersIn };

/** Writes numbers onto a page. A masked page contains no full number, not even in a link. */
export class PageNumbers {
  readonly #shown: ShownNumbers;
  readonly #nameOf: NameOf;
  constructor(shown: ShownNumbers, nameOf: NameOf = () => null) {
    this.#shown = shown;
    this.#nameOf = nameOf;
  }

  get whole(): boolean {
    return this.#shown.whole;
  }

  /** One number, or what was sent in place of one. */
  number(text: string, callId?: string): Html {
    return html`<span class="number">${said(this.#shown.show(text, callId))}</span>`;
  }

  /** One of our own numbers, under its name. Never masked. */
  called(number: string): Html {
    const name = this.#nameOf(number);
    const shown = html`<span class="number">${said(number)}</span>`;
    return name === null ? shown : html`${said(name)}<span class="under">${shown}</span>`;
  }

  /** The same on one line: `Cardiology, +13175550100`. */
  calledInline(number: string): Html {
    const name = this.#nameOf(number);
    return html`${name !== null && html`${said(name)}, `}<span class="number">${said(number)}</span>`;
  }

  /** The name alone, where only text can stand; null: it has none. */
  nameOf(called: string): string | null {
    return this.#nameOf(called);
  }

  /** `Cardiology, +13175550100`, where only text can stand. */
  calledText(number: string): string {
    return calledWords(number, this.#nameOf);
  }

  /** The SIP Call-ID of a call. */
  sipCallId(facts: CallFacts): string {
    return shownSipCallId(facts, this.#shown);
  }

  /** As records and exports take them. */
  get shown(): ShownNumbers {
    return this.#shown;
  }

  /** Words that may have numbers in them: a display name, a reason. */
  words(text: string, callId?: string): Html {
    return said(this.#shown.text(text, callId));
  }

  /** As `words`, where only text can stand. */
  text(text: string, callId?: string): string {
    return this.#shown.text(text, callId);
  }

  caller(caller: CallerFacts, callId?: string): Html {
    return caller.number === null
      ? html`<span class="quiet">${whyNoNumber(caller)}</span>`
      : this.number(caller.number, callId);
  }
}
