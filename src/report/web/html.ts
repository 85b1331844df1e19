import { visibleText } from '../../text/visible-text.ts';

/** Markup made by the `html` tag: the only text that goes onto a page as it is. */
export class Html {
  readonly #markup: string;
  private constructor(markup: string) {
    this.#markup = markup;
  }

  static fromTemplate(strings: TemplateStringsArray, values: readonly HtmlValue[]): Html {
    // A tagged template's strings are frozen and have `raw`: this refuses text that was put together at run time.
    if (!Array.isArray(strings.raw)) throw new TypeError('html is a template tag, not a function of text');
    return new Html(strings.map((part, at) => (at === 0 ? part : markupOf(values[at - 1]) + part)).join(''));
  }

  toString(): string {
    return this.#markup;
  }
}

export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

/**
 * A piece of a page. What is put in is escaped for element content and for quoted attribute values (write the quotes:
 * a test looks for them), and what cannot be seen in it is named; null, undefined and false are nothing; lists are joined. Never for the inside of script or style.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return Html.fromTemplate(strings, values);
}

function markupOf(value: HtmlValue): string {
  if (value instanceof Html) return value.toString();
  if (value === null || value === undefined || value === false) return '';
  if (Array.isArray(value)) return value.map(markupOf).join('');
  return escaped(String(value));
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escaped(text: string): string {
  return visibleText(text, 'name').replace(/[&<>"'`]/g, (character) => entities[character] ?? '');
}

/** Text that a caller, a carrier or a list says: its own direction of writing ends with it. */
export function said(text: string): Html {
  return html`<bdi class="said">${text}</bdi>`;
}
