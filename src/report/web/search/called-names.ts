import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CallRecords } from '../../../call/call-records.ts';
import { calledName } from '../../../call/called-name.ts';
import type { ListsView } from '../page-deps.ts';

const keptMs = 60_000;
/** Looked up in one turn: calls are screened on the same event loop. */
const atOnce = 100;
const lookedBackMs = 90 * 86_400_000;

export interface CalledNumber {
  readonly number: string;
  /** What a list calls it; null: no list does. */
  readonly name: string | null;
  readonly calls: number;
}

/** Our own numbers that were called lately, with their names; read once a minute, whoever searches. */
export class CalledNames {
  readonly #records: CallRecords;
  readonly #lists: ListsView;
  #read: { readonly at: number; readonly found: Promise<readonly CalledNumber[]> } | null = null;

  constructor(records: CallRecords, lists: ListsView) {
    this.#records = records;
    this.#lists = lists;
  }

  /** Most calls first. Rejects when the records do. `now`: epoch ms. */
  all(now: number): Promise<readonly CalledNumber[]> {
    if (this.#read === null || now - this.#read.at >= keptMs) {
      const read = { at: now, found: this.#find(now) };
      this.#read = read;
      read.found.catch(() => {
        if (this.#read === read) this.#read = null;
      });
    }
    return this.#read.found;
  }

  async #find(now: number): Promise<readonly CalledNumber[]> {
    const counted = await this.#records.counts('called', { since: now - lookedBackMs, until: now });
    const found: CalledNumber[] = [];
    for (const [at, { value, calls }] of counted.entries()) {
      if (at % atOnce === atOnce - 1) await nextTurn();
      if (value.startsWith('+'))
        found.push({ number: value, name: calledName(this.#lists.find(value, now)), calls });
    }
    return found;
  }
}
