import type { ListEntry, ListRow, NumberList } from '../../number-list.ts';
import type { Policy } from '../../policy.ts';
import type { ComparedPolicy } from '../compared-policy.ts';
import type { SupposedRow } from './made-calls.ts';

/** Both policies with rows that may be supposed: what they would decide if a number stood on a list. */
export class SupposedLists {
  readonly #rows = new Map<string, Set<string>>();
  readonly #before: ComparedPolicy;
  readonly #after: ComparedPolicy;
  #made: { readonly before: Policy; readonly after: Policy } | null = null;

  constructor(before: ComparedPolicy, after: ComparedPolicy) {
    this.#before = before;
    this.#after = after;
  }

  /** The policies, with these rows until the next time; as they are when there is none. */
  with(rows: readonly SupposedRow[]): { readonly before: Policy; readonly after: Policy } {
    if (rows.length === 0) return { before: this.#before.policy, after: this.#after.policy };
    this.#rows.clear();
    for (const { list, number } of rows) {
      const numbers = this.#rows.get(list);
      if (numbers) numbers.add(number);
      else this.#rows.set(list, new Set([number]));
    }
    this.#made ??= { before: this.#withRows(this.#before), after: this.#withRows(this.#after) };
    return this.#made;
  }

  #withRows(of: ComparedPolicy): Policy {
    const lists = [...of.policy.lists].map(([id, list]) => [id, new SupposedList(list, this.#rows)] as const);
    return of.withLists(new Map(lists));
  }
}

class SupposedList implements NumberList {
  readonly #list: NumberList;
  readonly #rows: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(list: NumberList, rows: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#list = list;
    this.#rows = rows;
  }

  get id(): string {
    return this.#list.id;
  }

  get size(): number {
    return this.#list.size;
  }

  get stats(): NumberList['stats'] {
    return this.#list.stats;
  }

  get patterns(): NumberList['patterns'] {
    return this.#list.patterns;
  }

  get duplicates(): NumberList['duplicates'] {
    return this.#list.duplicates;
  }

  find(e164: string, now: number): ListRow | null {
    return this.#list.find(e164, now) ?? (this.#rows.get(this.id)?.has(e164) ? { name: null } : null);
  }

  numbers(): Iterable<string> {
    return this.#list.numbers();
  }

  locate(e164: string, now: number): readonly ListEntry[] {
    return this.#list.locate(e164, now);
  }
}
