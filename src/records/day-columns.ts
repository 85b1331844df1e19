import { type Column, type ColumnTest, columnBytes } from './call-columns.ts';
import { type CallSpot, compareSpots, orderOf, type SpotOrder } from './call-spot.ts';
import type { ShardKeys } from './redis-keys.ts';

/** Columns of one day's shard, as they were read. */
export interface ShardColumns {
  readonly shard: ShardKeys;
  readonly read: ReadonlyMap<Column, Buffer>;
}

/** Places of the calls that pass all tests; `every` without tests: all. */
export function passing({ read }: ShardColumns, tests: readonly ColumnTest[]): Uint32Array | 'every' {
  let found: Uint32Array | 'every' = 'every';
  for (const { column, mask, wanted } of tests) {
    const rows = read.get(column) ?? Buffer.alloc(0);
    const size = columnBytes[column];
    const holds = (number: number) => {
      const at = number * size;
      if (at + size > rows.length) return false;
      // The mask of four bytes is all of them; bit operations would have a sign.
      const row = rows.readUIntBE(at, size);
      return size === 4 ? row === wanted : (row & mask) === wanted;
    };
    if (found === 'every') {
      const numbers: number[] = [];
      for (let number = 0; number < Math.floor(rows.length / size); number++)
        if (holds(number)) numbers.push(number);
      found = Uint32Array.from(numbers);
    } else found = found.filter(holds);
  }
  return found;
}

export interface SpotSearch {
  /** Epoch ms; until is excluded. */
  readonly since: number;
  readonly until: number;
  /** Only those that come after this one in the order of pages. */
  readonly after: SpotOrder | null;
  readonly most: number;
}

/** The newest calls among these, in the order of pages. `times`: the whole column. */
export class NewestSpots {
  readonly #search: SpotSearch;
  readonly #found: CallSpot[] = [];

  constructor(search: SpotSearch) {
    this.#search = search;
  }

  get found(): readonly CallSpot[] {
    return this.#found;
  }

  addShard(shard: ShardKeys, times: Buffer, numbers: Uint32Array | 'every'): void {
    const { since, until } = this.#search;
    const latest = latestTimes(times);
    const length = Math.floor(times.length / 4);
    const count = numbers === 'every' ? length : numbers.length;
    for (let index = count - 1; index >= 0; index--) {
      const number = numbers === 'every' ? index : (numbers[index] ?? 0);
      if (number >= length) continue;
      const at = shard.day + times.readUInt32BE(number * 4);
      if (at < since || at >= until || this.#isTooOld(at)) continue;
      this.add({ at, shard, number, id: `${shard.day + (latest[number] ?? 0)}-${number}` });
    }
  }

  add(spot: CallSpot): void {
    const { after, most, since, until } = this.#search;
    if (spot.at < since || spot.at >= until) return;
    if (after !== null && compareSpots(orderOf(spot), after) <= 0) return;
    let place = this.#found.length;
    while (place > 0) {
      const before = this.#found[place - 1];
      if (before === undefined || compareSpots(orderOf(before), orderOf(spot)) <= 0) break;
      place--;
    }
    if (place >= most) return;
    this.#found.splice(place, 0, spot);
    if (this.#found.length > most) this.#found.pop();
  }

  #isTooOld(at: number): boolean {
    const { most } = this.#search;
    return this.#found.length >= most && at < (this.#found[most - 1]?.at ?? 0);
  }
}

/** For each place, the latest time up to it: what the ids of the entries begin with. */
function latestTimes(times: Buffer): Uint32Array {
  const latest = new Uint32Array(Math.floor(times.length / 4));
  let newest = 0;
  for (let number = 0; number < latest.length; number++) {
    newest = Math.max(newest, times.readUInt32BE(number * 4));
    latest[number] = newest;
  }
  return latest;
}
