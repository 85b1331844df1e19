/** Rows of list files changed from the browser. Files stay the truth. */
export interface ListEdit {
  readonly list: string;
  /** Any writing of a number, prefix or range; hostile, like the other texts. */
  readonly number: string;
  readonly name: string | null;
  readonly reason: string;
  /** Epoch ms; null: does not expire. */
  readonly expiresAt: number | null;
  readonly who: string;
}

export type ListEditResult =
  | {
      readonly result: 'done';
      /** To undo it. */
      readonly change: string;
    }
  | { readonly result: 'refused'; readonly why: string };

export interface ListEdits {
  /** Lists that may be changed here. */
  lists(): readonly { readonly id: string; readonly blocks: boolean }[];
  add(edit: ListEdit): Promise<ListEditResult>;
  remove(edit: Pick<ListEdit, 'list' | 'number' | 'reason' | 'who'>): Promise<ListEditResult>;
  /** Undoes a change by its id. */
  undo(change: string, who: string): Promise<ListEditResult>;
}
