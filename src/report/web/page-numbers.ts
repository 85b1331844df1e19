import { maskNumber, maskNumbersIn } from '../../log/mask-number.ts';
import type { CallerFacts } from '../../policy/facts.ts';
import { whyNoNumber } from '../../policy/kept-caller.ts';
import { type Html, html } from './html.ts';
import { said } from './said.ts';

/**
 * Numbers as one visitor may see them; `NumberView` of src/report/access is one. Every number of a person goes through it,
 * so that it is also the place where a look is noted.
 */
export interface ShownNumbers {
  /** True when this visitor sees whole numbers. */
  readonly whole: boolean;
  /** One number. `callId`: the call it belongs to. */
  show(number: string, callId?: string): string;
  /** A text that may have numbers in it. */
  text(text: string, callId?: string): string;
}

/** For pages that nobody needs whole numbers on. */
export const maskedNumbers: ShownNumbers = { whole: false, show: maskNumber, text: maskNumbersIn };

/** Puts numbers onto a page. What a masked page is made of holds no whole number, its links included. */
export class PageNumbers {
  readonly #shown: ShownNumbers;
  constructor(shown: ShownNumbers) {
    this.#shown = shown;
  }

  get whole(): boolean {
    return this.#shown.whole;
  }

  /** One number, or what was sent in place of one. */
  number(text: string, callId?: string): Html {
    return html`<span class="number">${said(this.#shown.show(text, callId))}</span>`;
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
