import type { Region } from '../../numbers/phone-number.ts';
import type { ListReading } from '../readers/registry.ts';

/** What a row says beside its number. */
export interface RowTexts {
  readonly name: string | null;
  /** Who wanted it, why, and on which day, in one line. */
  readonly note: string;
  /** Epoch ms; null: never. */
  readonly expiresAt: number | null;
}

/** Bytes of a file as text; `latin1` where they are not UTF-8. */
export interface TakenRows {
  /** Line that the first of them began at, from 1; far behind all lines when they were the end of the file. */
  readonly line: number;
  readonly text: string;
  readonly encoding: 'utf8' | 'latin1';
}

/** A change of a list file. `key`: a number, prefix or range as `patternWords` has it. */
export type RowEdit =
  | { readonly kind: 'add'; readonly key: string; readonly texts: RowTexts }
  | { readonly kind: 'remove'; readonly key: string }
  /** What was added goes: the file is cut off where it ended before when it is as it was left, else the number's rows go. */
  | { readonly kind: 'withdraw'; readonly key: string; readonly size: number; readonly left: string }
  /** Rows that were taken out come back: in their place when the file is as it was left (SHA-256), else at its end. */
  | {
      readonly kind: 'restore';
      readonly key: string;
      readonly rows: readonly TakenRows[];
      readonly left: string;
    };

export interface EditTask {
  readonly path: string;
  readonly reading: ListReading;
  readonly region: Region;
  readonly edit: RowEdit;
  /** Epoch ms: rows that ended by then do not count as listed. */
  readonly now: number;
}

/** The changed file, written beside the old one. */
export interface EditedFile {
  /** To be renamed, or removed. */
  readonly beside: string;
  /** Of the old one: see `fileSignature`. */
  readonly signature: string;
  /** Bytes of the old one. */
  readonly size: number;
  /** SHA-256 of the new one. */
  readonly left: string;
  /** What was taken out. */
  readonly taken: readonly TakenRows[];
}

/** Why a file is not changed, for people. */
export class EditRefused extends Error {
  readonly code = 'edit-refused';
}

/** Rows of one number that are kept to be put back, together. */
export const maxTakenBytes = 64 * 1024;
