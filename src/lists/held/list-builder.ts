import { firstCodePoints } from '../../numbers/phone-number.ts';
import { unpackNumber } from '../../numbers/short-code.ts';
import { Growing, SortedNumbers } from '../../numbers/sorted-numbers.ts';
import type { DuplicateRow, PatternRow } from '../../policy/number-list.ts';
import { type ListImage, packImage, type RowProblem } from './list-image.ts';

const maxNameLength = 80;
const maxNoteLength = 200;
const shownDuplicates = 20;
const never = Number.POSITIVE_INFINITY;
const encoder = new TextEncoder();

/** Collects the rows of one list in any order. Of two rows for a number, the one that expires later holds, else the first. */
export class ListBuilder {
  readonly #numbers = new Growing((n) => new Float64Array(n));
  readonly #lines = new Growing((n) => new Uint32Array(n));
  /** The rows that have details, rising. */
  readonly #detailRows = new Growing((n) => new Uint32Array(n));
  readonly #textEnds = new Growing((n) => new Uint32Array(n));
  readonly #texts = new Growing((n) => new Uint8Array(n));
  readonly #expiry = new Growing((n) => new Float64Array(n));
  readonly #patterns: PatternRow[] = [];
  #expires = false;

  /** Prefixes and ranges. */
  get patterns(): number {
    return this.#patterns.length;
  }

  get rows(): number {
    return this.#numbers.length + this.#patterns.length;
  }

  /** @param number see `packNumber`. @param line from 1. @param expiresAt epoch ms or infinite */
  addNumber(number: number, line: number, name = '', note = '', expiresAt = never): void {
    this.#numbers.push(number);
    this.#lines.push(line);
    if (name === '' && note === '' && expiresAt === never) return;
    this.#detailRows.push(this.#numbers.length - 1);
    for (const text of [firstCodePoints(name, maxNameLength), firstCodePoints(note, maxNoteLength)]) {
      if (text !== '') this.#texts.append(encoder.encode(text));
      this.#textEnds.push(this.#texts.length);
    }
    this.#expiry.push(expiresAt);
    if (expiresAt !== never) this.#expires = true;
  }

  addPattern(row: PatternRow): void {
    const name = row.name && firstCodePoints(row.name, maxNameLength);
    const note = row.note && firstCodePoints(row.note, maxNoteLength);
    this.#patterns.push({ ...row, name, note });
  }

  build(
    problems: readonly RowProblem[],
    counts: { readonly badRows: number; readonly belowMinimum: number },
  ): ListImage {
    const sorted = SortedNumbers.of(this.#numbers.view());
    const { lines, winners, duplicates, sample } = this.#merge(sorted);
    const prefixes = this.#patterns.filter(({ kind }) => kind === 'prefix').length;
    const ranges = this.#patterns.length - prefixes;
    const detailed = new Growing((n) => new Uint32Array(n));
    const details = new Growing((n) => new Uint32Array(n));
    for (const [rank, winner] of winners.entries()) {
      if (winner === 0) continue;
      detailed.push(rank);
      details.push(winner - 1);
    }
    return packImage({
      stats: { numbers: sorted.size, prefixes, ranges, duplicates, ...counts },
      duplicates: sample,
      problems,
      patterns: this.#patterns,
      ...sorted.parts,
      lines,
      detailed: detailed.view(),
      details: details.view(),
      textEnds: this.#textEnds.view(),
      texts: this.#texts.view(),
      expiry: this.#expires ? this.#expiry.view() : new Float64Array(0),
    });
  }

  /** For each number the line that holds and, one-based, its details. */
  #merge(sorted: SortedNumbers) {
    const numbers = this.#numbers.view();
    const rowLines = this.#lines.view();
    const detailRows = this.#detailRows.view();
    const expiry = this.#expiry.view();
    const expiresAt = (detail: number) => (detail === 0 ? never : (expiry[detail - 1] as number));
    const lines = new Uint32Array(sorted.size);
    const winners = new Uint32Array(detailRows.length === 0 ? 0 : sorted.size);
    const sample: DuplicateRow[] = [];
    let duplicates = 0;
    let seen = 0;
    for (let row = 0; row < numbers.length; row++) {
      const number = numbers[row] as number;
      const line = rowLines[row] as number;
      const at = sorted.position(number);
      const detail = detailRows[seen] === row ? ++seen : 0;
      const firstLine = lines[at] as number;
      if (firstLine !== 0) {
        if (duplicates++ < shownDuplicates) sample.push({ number: unpackNumber(number), firstLine, line });
        if (expiresAt(detail) <= expiresAt(winners[at] ?? 0)) continue;
      }
      lines[at] = line;
      if (winners.length > 0) winners[at] = detail;
    }
    return { lines, winners, duplicates, sample };
  }
}
