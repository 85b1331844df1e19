import type { SortedParts } from '../../numbers/sorted-numbers.ts';
import type { DuplicateRow, ListStats, PatternRow } from '../../policy/number-list.ts';

/** A problem without its file, whose name differs from one reader to the next. */
export interface RowProblem {
  readonly severity: 'error' | 'warning';
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly remedy: string;
  readonly code: string;
}

/** Change it with the form below and with the reading of rows: images of another version are made again. */
export const imageVersion = 5;

const arrays = {
  starts: Uint32Array,
  lows: Uint32Array,
  lines: Uint32Array,
  detailed: Uint32Array,
  details: Uint32Array,
  textEnds: Uint32Array,
  texts: Uint8Array,
  expiry: Float64Array,
} as const;
type ArrayName = keyof typeof arrays;
const arrayNames = Object.keys(arrays) as ArrayName[];

interface ImageHead {
  readonly stats: ListStats;
  readonly duplicates: readonly DuplicateRow[];
  readonly problems: readonly RowProblem[];
  readonly patterns: readonly PatternRow[];
  readonly base: number;
  readonly shift: number;
}

/** Everything of a list. */
export interface ListParts extends ImageHead, SortedParts {
  /** One a number, by its rank: where its row is. */
  readonly lines: Uint32Array;
  /** Ranks of the numbers that have details, rising, and for each which details those are. */
  readonly detailed: Uint32Array;
  readonly details: Uint32Array;
  /** Two of each details: where the name and the note end in `texts`. */
  readonly textEnds: Uint32Array;
  /** UTF-8. */
  readonly texts: Uint8Array;
  /** Epoch ms, one of each details; empty when no row expires. */
  readonly expiry: Float64Array;
}

/** A list in one block of memory, which threads share and which goes to disk and back as it is. */
export type ListImage = Uint8Array<SharedArrayBuffer>;

export function packImage(parts: ListParts): ListImage {
  const { stats, duplicates, problems, patterns, base, shift } = parts;
  const lengths = Object.fromEntries(arrayNames.map((name) => [name, parts[name].length]));
  const head = { stats, duplicates, problems, patterns, base, shift, lengths };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const blocks = [text, ...arrayNames.map((name) => parts[name])];
  const size = blocks.reduce((sum, { byteLength }) => sum + aligned(byteLength), 8);
  const image = new Uint8Array(new SharedArrayBuffer(size));
  new Uint32Array(image.buffer, 0, 1)[0] = text.length;
  let at = 8;
  for (const { buffer, byteOffset, byteLength } of blocks) {
    image.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += aligned(byteLength);
  }
  return image;
}

/** @param image of `packImage`, known to be whole, at an offset of its buffer that is a multiple of eight */
export function openImage(image: ListImage): ListParts {
  const { buffer, byteOffset } = image;
  const headBytes = new Uint32Array(buffer, byteOffset, 1)[0] as number;
  const { lengths, ...head } = JSON.parse(
    new TextDecoder().decode(image.subarray(8, 8 + headBytes)),
  ) as ImageHead & { readonly lengths: Readonly<Record<ArrayName, number>> };
  let at = byteOffset + 8 + aligned(headBytes);
  const opened = arrayNames.map((name) => {
    const Shape: new (from: SharedArrayBuffer, at: number, length: number) => ListParts[ArrayName] =
      arrays[name];
    const array = new Shape(buffer, at, lengths[name]);
    at += aligned(array.byteLength);
    return [name, array] as const;
  });
  return { ...head, ...(Object.fromEntries(opened) as unknown as Pick<ListParts, ArrayName>) };
}

/** Doubles must begin at a multiple of eight. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
