import { NumberMap } from '../number-map.ts';
import type { NumberPattern } from '../number-pattern.ts';
import { type ListParts, openImage, type PatternRow, type RowProblem } from './list-image.ts';
import { NumberIndex } from './number-index.ts';
import type { DuplicateRow, ListEntry, ListRow, ListStats, NumberList } from './number-list.ts';
import { rankOf } from './rank-bits.ts';

const nameless: ListRow = Object.freeze({ name: null });
const decoder = new TextDecoder();

/** A list in the memory of its image: about 6.1 bytes a number, and the texts of those that have any. Never changes. */
export class PackedList implements NumberList {
  readonly id: string;
  readonly stats: ListStats;
  /** The first twenty. */
  readonly duplicates: readonly DuplicateRow[];
  /** The first problems met in its file, and how many more there were. */
  readonly problems: readonly RowProblem[];
  readonly bytes: number;
  readonly #parts: ListParts;
  readonly #index: NumberIndex;
  readonly #patterns: NumberMap<PatternRow> | null;

  /** @param image see `openImage` */
  constructor(id: string, image: Uint8Array<ArrayBuffer>) {
    this.id = id;
    this.bytes = image.byteLength;
    this.#parts = openImage(image);
    this.stats = this.#parts.stats;
    this.duplicates = this.#parts.duplicates;
    this.problems = this.#parts.problems;
    this.#index = new NumberIndex(this.#parts.index);
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
    const at = this.#index.position(numberOf(e164));
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
    const at = this.#index.position(numberOf(e164));
    if (at >= 0) {
      const detail = this.#detailOf(at);
      const [name, note] = detail < 0 ? [null, null] : [this.#text(2 * detail), this.#text(2 * detail + 1)];
      const until = detail < 0 ? Number.POSITIVE_INFINITY : this.#expiresAt(detail);
      const line = this.#parts.lines[at] as number;
      entries.push({
        pattern: e164,
        kind: 'exact',
        line,
        name,
        note,
        expiresAt: Number.isFinite(until) ? until : null,
        expired: until <= now,
      });
    }
    const found = this.#parts.patterns.filter((row) => covers(row, e164));
    found.sort(
      (a, b) => a.kind.localeCompare(b.kind) || b.from.length - a.from.length || (a.from < b.from ? 1 : -1),
    );
    for (const { kind, from, to, line, name, note, expiresAt: until } of found) {
      const pattern = kind === 'prefix' ? `${from}*` : `${from}..${to}`;
      entries.push({
        pattern,
        kind,
        line,
        name,
        note,
        expiresAt: until,
        expired: until !== null && until <= now,
      });
    }
    return entries;
  }

  /** All numbers, rising, E.164 with plus; prefixes and ranges are left out. */
  *numbers(): Generator<string> {
    for (const number of this.#index.values()) yield `+${number}`;
  }

  get patterns(): readonly PatternRow[] {
    return this.#parts.patterns;
  }

  #rowAt(at: number, now: number): ListRow | null {
    const detail = this.#detailOf(at);
    if (detail < 0) return nameless;
    if (this.#expiresAt(detail) <= now) return null;
    const name = this.#text(2 * detail);
    return name === null ? nameless : { name };
  }

  #expiresAt(detail: number): number {
    const { expiry } = this.#parts;
    return expiry.length === 0 ? Number.POSITIVE_INFINITY : (expiry[detail] as number);
  }

  /** Place of a number's details, or -1 when it has none. */
  #detailOf(at: number): number {
    const { detailed } = this.#parts;
    return detailed.words.length === 0 ? -1 : rankOf(detailed, at);
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

/** NaN when it is not `+` and 1 to 15 digits. */
function numberOf(e164: string): number {
  if (e164 === lastText) return lastNumber;
  let number = e164.length > 1 && e164.length <= 16 && e164.charCodeAt(0) === 43 ? 0 : Number.NaN;
  for (let i = 1; i < e164.length; i++) {
    const digit = e164.charCodeAt(i) - 48;
    number = digit >= 0 && digit <= 9 ? number * 10 + digit : Number.NaN;
  }
  lastText = e164;
  lastNumber = number;
  return number;
}

function patternOf({ kind, from, to }: PatternRow): NumberPattern {
  return kind === 'prefix' ? { kind, prefix: from } : { kind, from, to };
}

function expiresAt(row: PatternRow): number {
  return row.expiresAt ?? Number.POSITIVE_INFINITY;
}

function covers({ kind, from, to }: PatternRow, e164: string): boolean {
  if (kind === 'prefix') return e164.startsWith(from);
  return e164.length === from.length && e164 >= from && e164 <= to;
}
