import type { ListEdit, ListEditResult, ListEdits } from '../../src/call/staff/list-edits.ts';
import type { ListHit } from '../../src/report/web/page-deps.ts';

interface Row extends Pick<ListEdit, 'list' | 'number' | 'name' | 'reason' | 'expiresAt'> {
  readonly line: number;
}

/** Rows of two lists in memory, `blocked` and `staff`, and every change that was made. */
export class FakeListEdits implements ListEdits {
  /** Why the next change of this list is refused. */
  refuses: { readonly list: string; readonly why: string } | null = null;
  /** Who did what. */
  readonly made: string[] = [];
  readonly #lists = [
    { id: 'blocked', blocks: true },
    { id: 'staff', blocks: false },
  ];
  #rows: Row[] = [];
  readonly #before: Row[][] = [];

  lists() {
    return this.#lists;
  }

  async add({ who, ...row }: ListEdit): Promise<ListEditResult> {
    return this.#change(row.list, `${who} adds ${row.number} to ${row.list}: ${row.reason}`, (rows) => [
      ...rows,
      { ...row, line: rows.length + 2 },
    ]);
  }

  async remove({
    list,
    number,
    reason,
    who,
  }: Pick<ListEdit, 'list' | 'number' | 'reason' | 'who'>): Promise<ListEditResult> {
    return this.#change(list, `${who} removes ${number} from ${list}: ${reason}`, (rows) =>
      rows.filter((row) => row.list !== list || row.number !== number),
    );
  }

  async undo(change: string, who: string): Promise<ListEditResult> {
    const before = this.#before[Number(change)];
    if (before === undefined) return { result: 'refused', why: 'there was no such change' };
    return this.#change('', `${who} undoes ${change}`, () => before);
  }

  find(number: string): ListHit[] {
    return this.#rows.flatMap(({ list, name, line, expiresAt, ...row }) =>
      row.number === number
        ? [
            {
              ...{ list, name, line, expiresAt, pattern: number, note: row.reason, expired: false },
              blocks: this.#lists.some((one) => one.id === list && one.blocks),
            },
          ]
        : [],
    );
  }

  #change(list: string, words: string, to: (rows: Row[]) => Row[]): ListEditResult {
    if (this.refuses !== null && this.refuses.list === list)
      return { result: 'refused', why: this.refuses.why };
    this.made.push(words);
    this.#before.push(this.#rows);
    this.#rows = to(this.#rows);
    return { result: 'done', change: String(this.#before.length - 1) };
  }
}
