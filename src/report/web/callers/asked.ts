import { longestReason } from '../../../call/staff/caller-actions.ts';
import { visibleText } from '../../../text/visible-text.ts';

/** One line of plain text. Null: there is none. */
export function plainReason(text: string | undefined): string | null {
  const plain = Array.from(visibleText(text ?? '', 'space').trim());
  return plain.length === 0 ? null : plain.slice(0, longestReason).join('');
}

const minuteMs = 60_000;
const mostPeople = 1000;

/** How fast one person may change things: a script that runs away, or a stolen session, does not flag a whole town. */
export class ActionPace {
  readonly #most: number;
  readonly #made = new Map<string, number[]>();

  /** @param most changes a minute */
  constructor(most = 60) {
    this.#most = most;
  }

  /** False: too many in the last minute; this one does not count then. @param now epoch ms */
  allows(who: string, now: number): boolean {
    const made = (this.#made.get(who) ?? []).filter((at) => now - at < minuteMs);
    if (made.length >= this.#most) return false;
    this.#made.delete(who);
    if (this.#made.size >= mostPeople) this.#made.delete(this.#made.keys().next().value ?? '');
    this.#made.set(who, [...made, now]);
    return true;
  }
}
