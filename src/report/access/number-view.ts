import { maskNumber, maskNumbersIn, numbersIn } from '../../privacy/mask-number.ts';
import { includesRole, type Visitor } from './role.ts';

const mostNoted = 200;

/**
 * Numbers as one visitor may see them. Pages and answers get every number of a person through it: a viewer's are masked;
 * for the others it notes what was shown whole, and the audit log has it before the answer is sent.
 */
export class NumberView {
  /** True when this visitor sees full numbers. */
  readonly whole: boolean;
  readonly #numbers = new Set<string>();
  readonly #calls = new Set<string>();

  constructor(visitor: Visitor | null) {
    this.whole = visitor !== null && includesRole(visitor.role, 'analyst');
  }

  /** One number, whole or masked. `callId`: the call it belongs to. */
  show(number: string, callId?: string): string {
    if (!this.whole) return maskNumber(number);
    this.#numbers.add(number);
    if (callId !== undefined) this.#calls.add(callId);
    return number;
  }

  /** A text that may hold numbers: a display name, an error, a raw header. Still hostile. Of no call: its numbers are noted. */
  text(text: string, callId?: string): string {
    if (!this.whole) return maskNumbersIn(text);
    if (callId !== undefined) this.#calls.add(callId);
    else for (const number of numbersIn(text)) this.#numbers.add(number);
    return text;
  }

  /** What was shown whole since the last time, or null when nothing was. */
  take(pseudonymOf: (number: string) => string) {
    if (this.#numbers.size === 0 && this.#calls.size === 0) return null;
    const looked = {
      calls: [...this.#calls].slice(0, mostNoted),
      numbers: [...this.#numbers].slice(0, mostNoted).map(pseudonymOf),
      count: this.#numbers.size,
    };
    this.#numbers.clear();
    this.#calls.clear();
    return looked;
  }
}
