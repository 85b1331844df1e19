import type { FastifyRequest } from 'fastify';

/** A row of a list; texts are hostile. */
export interface ListRow {
  /** A number, a prefix or a range. */
  readonly pattern: string;
  /** From 1. */
  readonly line: number;
  readonly name: string | null;
  readonly note: string | null;
  /** Epoch ms; null: it does not expire. */
  readonly expiresAt: number | null;
  readonly expired: boolean;
}

export interface ListRows {
  readonly rows: readonly ListRow[];
  /** How many there are; null: not counted. */
  readonly all: number | null;
  /** False: the search ended before all rows were looked at. */
  readonly isWhole: boolean;
}

/** A change of a list that was made in the browser. */
export interface ShownListChange {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly list: string;
  readonly done: 'added' | 'removed';
  readonly key: string;
  readonly name: string | null;
  readonly reason: string;
  readonly who: string;
  readonly undoes: string | null;
  readonly undoneBy: string | null;
  /** `committed`, `no-repository`, or why git did not take it; null: not known. */
  readonly git: string | null;
}

/** Lists in force, row by row, and what was changed of them. */
export interface ListBrowser {
  /** Rows from a place on, from memory. Null: there is no such list. */
  rows(list: string, from: number, count: number): ListRows | null;
  /** By a number in any writing, its first digits with a plus, or words of a name or note; bounded. */
  search(list: string, text: string, count: number): Promise<ListRows>;
  /** Why a list cannot be changed here, for people; null: it can. */
  whyNot(list: string): string | null;
  /** The last changes, the newest first; never rejects. */
  changes(): Promise<readonly ShownListChange[]>;
  /** What the forms of somebody who may change lists send back; null: the visitor may not. */
  form(request: FastifyRequest): { readonly csrf: string | null } | null;
  /** Into the audit log, after it was done or refused; never rejects. `number` is noted under another name. */
  note(request: FastifyRequest, edit: { readonly number: string; readonly detail: string }): Promise<void>;
}
