import { NumberMap } from '../../numbers/number-map.ts';
import { type NumberPattern, patternWords } from '../../numbers/number-pattern.ts';
import { isPackedShortCode, packNumber, unpackNumber } from '../../numbers/short-code.ts';
import { placeIn, SortedNumbers } from '../../numbers/sorted-numbers.ts';
import type {
  DuplicateRow,
  ListEntry,
  ListRow,
  ListStats,
  NumberList,
  PatternRow,
} from '../../policy/number-list.ts';
import { type ListImage, type ListParts, openImage, type RowProblem } from './list-image.ts';

const nameless: ListRow = Object.freeze({ name: null });
const decoder = new TextDecoder();

/** A list in the memory of its image: about 8.2 bytes a number, and the texts of rows that have any. Immutable. */
export class PackedList implements NumberList {
  readonly id: string;
  /** To open the same list in another thread. */
  readonly image: ListImage;
  readonly stats: ListStats;
  /** The first twenty. */
  readonly duplicates: readonly DuplicateRow[];
  /** The first problems met in its file, and how many more there were. */
  readonly problems: readonly RowProblem[];
  readonly bytes: number;
  readonly #parts: ListParts;
  readonly #sorted: SortedNumbers;
  readonly #patterns: NumberMap<PatternRow> | null;

  /** @param image see `openImage` */
  constructor(id: string, image: ListImage) {
    this.id = id;
    this.image = image;
    this.bytes = image.byteLength;
    this.#parts = openImage(image);
    this.stats = this.#parts.stats;
    this.duplicates = this.#parts.duplicates;
    this.problems = this.#parts.problems;
    this.#sorted = new SortedNumbers(this.#parts);
    const { patterns } = this.#parts;
    this.#patterns =
      patterns.length === 0
        ? null
        : new NumberMap(
            patterns.map((row) => [patternOf(row), row] as const),
            (first, second) => (expiresAt(second) > expiresAt(first) ? second : first),
          );
  }

  get size(): number {
    return this.stats.numbers + this.stats.prefixes + this.stats.ranges;
  }

  find(e164: string, now: number): ListRow | null {
    const at = this.#sorted.position(numberOf(e164));
    if (at >= 0) {
      const row = this.#rowAt(at, now);
      if (row !== null) return row;
    }
    return this.#patterns === null
      ? null
      : (this.#patterns.find(e164, (row) => expiresAt(row) > now) ?? null);
  }

  /** Every row that has this number, expired ones included, the most exact first. @param now epoch ms */
  locate(e164: string, now: number): ListEntry[] {
    const entries: ListEntry[] = [];
    const at = this.#sorted.position(numberOf(e164));
    if (at >= 0) entries.push(this.#exactEntry(at, e164, now));
    const rows = this.#parts.patterns.filter((row) => covers(row, e164));
    rows.sort(
      (a, b) => a.kind.localeCompare(b.kind) || b.from.length - a.from.length || (a.from < b.from ? 1 : -1),
    );
    for (const row of rows) entries.push(patternEntry(row, now));
    return entries;
  }

  /** Rows from a place on: first prefixes and ranges, then numbers, rising. @param now epoch ms */
  entries(from: number, count: number, now: number): ListEntry[] {
    const { patterns } = this.#parts;
    const found = patterns.slice(from, from + count).map((row) => patternEntry(row, now));
    const first = Math.max(0, from - patterns.length);
    const end = Math.min(this.#sorted.size, first + count - found.length);
    for (let at = first; at < end; at++)
      found.push(this.#exactEntry(at, unpackNumber(this.#sorted.at(at)), now));
    return found;
  }

  /** The first numbers that begin so, and how many there are. @param prefix plus and digits */
  beginningWith(
    prefix: string,
    count: number,
    now: number,
  ): { readonly all: number; readonly entries: ListEntry[] } {
    const digits = prefix.slice(1);
    const entries: ListEntry[] = [];
    let all = 0;
    for (let more = 0; digits.length + more <= 15; more++) {
      const low = Number(digits) * 10 ** more;
      // Short codes are among the lowest.
      if (isPackedShortCode(low)) continue;
      const [first, end] = [this.#sorted.rankFrom(low), this.#sorted.rankFrom(low + 10 ** more)];
      for (let at = first; at < end; at++) {
        if (entries.length >= count) break;
        entries.push(this.#exactEntry(at, unpackNumber(this.#sorted.at(at)), now));
      }
      all += end - first;
    }
    return { all, entries };
  }

  /**
   * The first entries whose name or note has the words, a step of a few hundred rows at a time.
   * @param words in lower case. @param isLate asked at each step: then the search ends
   */
  *naming(
    words: string,
    count: number,
    now: number,
    isLate: () => boolean,
  ): Generator<void, { readonly entries: readonly ListEntry[]; readonly isWhole: boolean }> {
    const { patterns, detailed, details } = this.#parts;
    const has = (text: string | null) => text?.toLowerCase().includes(words) ?? false;
    const found = patterns
      .filter(({ name, note }) => has(name) || has(note))
      .slice(0, count)
      .map((row) => patternEntry(row, now));
    for (let place = 0; place < detailed.length && found.length < count; place++) {
      if (place % 256 === 255) {
        if (isLate()) return { entries: found, isWhole: false };
        yield;
      }
      const detail = details[place] as number;
      if (!has(this.#text(2 * detail)) && !has(this.#text(2 * detail + 1))) continue;
      const at = detailed[place] as number;
      found.push(this.#exactEntry(at, unpackNumber(this.#sorted.at(at)), now));
    }
    return { entries: found, isWhole: true };
  }

  /** All numbers, rising, E.164 with plus; prefixes and ranges are left out. */
  *numbers(): Generator<string> {
    for (const number of this.#sorted.values()) yield unpackNumber(number);
  }

  get patterns(): readonly PatternRow[] {
    return this.#parts.patterns;
  }

  #exactEntry(at: number, number: string, now: number): ListEntry {
    const detail = this.#detailOf(at);
    const [name, note] = detail < 0 ? [null, null] : [this.#text(2 * detail), this.#text(2 * detail + 1)];
    const until = this.#expiresAt(detail);
    return {
      ...{ pattern: number, kind: 'exact', line: this.#parts.lines[at] as number, name, note },
      ...{ expiresAt: Number.isFinite(until) ? until : null, expired: until <= now },
    };
  }

  #rowAt(at: number, now: number): ListRow | null {
    const detail = this.#detailOf(at);
    if (detail < 0) return nameless;
    if (this.#expiresAt(detail) <= now) return null;
    const name = this.#text(2 * detail);
    return name === null ? nameless : { name };
  }

  /** @param detail -1: the row has none */
  #expiresAt(detail: number): number {
    return this.#parts.expiry[detail] ?? Number.POSITIVE_INFINITY;
  }

  /** Which details a number has, or -1. */
  #detailOf(at: number): number {
    const { detailed, details } = this.#parts;
    const place = placeIn(detailed, at);
    return place < 0 ? -1 : (details[place] as number);
  }

  #text(which: number): string | null {
    const { textEnds, texts } = this.#parts;
    const begin = which === 0 ? 0 : (textEnds[which - 1] as number);
    const end = textEnds[which] as number;
    return begin === end ? null : decoder.decode(texts.subarray(begin, end));
  }
}

/** Several rules of one decision ask about the same number. */
let lastText = '';
let lastNumber = Number.NaN;

function numberOf(text: string): number {
  if (text === lastText) return lastNumber;
  lastText = text;
  lastNumber = packNumber(text);
  return lastNumber;
}

function patternOf({ kind, from, to }: PatternRow): NumberPattern {
  return kind === 'prefix' ? { kind, prefix: from } : { kind, from, to };
}

function patternEntry(row: PatternRow, now: number): ListEntry {
  const { from: _from, to: _to, ...rest } = row;
  return { ...rest, pattern: patternWords(patternOf(row)), expired: expiresAt(row) <= now };
}

function expiresAt(row: PatternRow): number {
  return row.expiresAt ?? Number.POSITIVE_INFINITY;
}

function covers({ kind, from, to }: PatternRow, e164: string): boolean {
  if (kind === 'prefix') return e164.startsWith(from);
  return e164.length === from.length && e164 >= from && e164 <= to;
}
