import { type IndexParts, makeLows } from './number-index.ts';
import type { DuplicateRow, ListStats } from './number-list.ts';
import type { RankParts } from './rank-bits.ts';

/** A prefix or a range; times are epoch ms, null: never. */
export interface PatternRow {
  readonly kind: 'prefix' | 'range';
  /** The prefix, or the first number; E.164 with plus. */
  readonly from: string;
  /** The last number of a range; for a prefix the same as `from`. */
  readonly to: string;
  readonly line: number;
  readonly name: string | null;
  readonly note: string | null;
  readonly expiresAt: number | null;
}

/** A problem without its file, whose name may differ from one reader to the next. */
export interface RowProblem {
  readonly severity: 'error' | 'warning';
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly remedy: string;
  readonly code: string;
}

/** Everything of a list. `lines` has one entry a number, by rank; the details only those that have any. */
export interface ListParts {
  readonly stats: ListStats;
  readonly duplicates: readonly DuplicateRow[];
  readonly problems: readonly RowProblem[];
  readonly patterns: readonly PatternRow[];
  readonly index: IndexParts;
  readonly lines: Uint32Array<ArrayBuffer>;
  /** Which numbers have details; empty when none has. */
  readonly detailed: RankParts;
  /** Two a detail: where its name and its note end in `texts`. */
  readonly textEnds: Uint32Array<ArrayBuffer>;
  /** UTF-8. */
  readonly texts: Uint8Array<ArrayBuffer>;
  /** Epoch ms, one a detail; empty when none expires. */
  readonly expiry: Float64Array<ArrayBuffer>;
}

/** Counted up whenever the form below or the reading of rows changes: an image of another version is made anew. */
export const imageVersion = 1;

const arrays = ['starts', 'lows', 'lines', 'words', 'before', 'textEnds', 'texts', 'expiry'] as const;
type ArrayName = (typeof arrays)[number];
type AnyArray = Uint8Array<ArrayBuffer> | IndexParts['lows'];

interface ImageHead extends Pick<ListParts, 'stats' | 'duplicates' | 'problems' | 'patterns'> {
  readonly index: Pick<IndexParts, 'base' | 'span' | 'shift'> & { readonly width: number };
  readonly lengths: Readonly<Record<ArrayName, number>>;
}

/** One block of memory: it goes from a worker to the calls, and to disk and back, as it is. */
export function packImage(parts: ListParts): Uint8Array<ArrayBuffer> {
  const { base, span, shift, starts, lows } = parts.index;
  const { lines, textEnds, texts, expiry } = parts;
  const { words, before } = parts.detailed;
  const all: Record<ArrayName, AnyArray> = { starts, lows, lines, words, before, textEnds, texts, expiry };
  const { stats, duplicates, problems, patterns } = parts;
  const head: ImageHead = {
    stats,
    duplicates,
    problems,
    patterns,
    index: { base, span, shift, width: lows.BYTES_PER_ELEMENT },
    lengths: Object.fromEntries(arrays.map((name) => [name, all[name].length])) as ImageHead['lengths'],
  };
  const text = new TextEncoder().encode(JSON.stringify(head));
  const sizes = arrays.map((name) => all[name].byteLength);
  const image = new Uint8Array(sizes.reduce((sum, size) => sum + aligned(size), 8 + aligned(text.length)));
  new Uint32Array(image.buffer, 0, 1)[0] = text.length;
  image.set(text, 8);
  let at = 8 + aligned(text.length);
  for (const name of arrays) {
    const array = all[name];
    image.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += aligned(array.byteLength);
  }
  return image;
}

/** @param image what `packImage` made, checked before, at an offset of its buffer that eight divides */
export function openImage(image: Uint8Array<ArrayBuffer>): ListParts {
  const { buffer, byteOffset } = image;
  const wordCount = new Uint32Array(buffer, byteOffset, 1)[0] as number;
  const head = JSON.parse(new TextDecoder().decode(image.subarray(8, 8 + wordCount))) as ImageHead;
  let at = byteOffset + 8 + aligned(wordCount);
  const next = <T>(name: ArrayName, bytes: number, make: (at: number, length: number) => T): T => {
    const length = head.lengths[name];
    const array = make(at, length);
    at += aligned(length * bytes);
    return array;
  };
  const words32 = (from: number, length: number) => new Uint32Array(buffer, from, length);
  const { base, span, shift, width } = head.index;
  const Lows = makeLows(width, 0).constructor as new (
    b: ArrayBuffer,
    at: number,
    n: number,
  ) => IndexParts['lows'];
  return {
    stats: head.stats,
    duplicates: head.duplicates,
    problems: head.problems,
    patterns: head.patterns,
    index: {
      base,
      span,
      shift,
      starts: next('starts', 4, words32),
      lows: next('lows', width, (from, length) => new Lows(buffer, from, length)),
    },
    lines: next('lines', 4, words32),
    detailed: { words: next('words', 4, words32), before: next('before', 4, words32) },
    textEnds: next('textEnds', 4, words32),
    texts: next('texts', 1, (from, length) => new Uint8Array(buffer, from, length)),
    expiry: next('expiry', 8, (from, length) => new Float64Array(buffer, from, length)),
  };
}

/** Doubles must begin where eight divides. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
