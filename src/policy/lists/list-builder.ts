import { firstCodePoints } from '../phone-number.ts';
import { Growing } from './growing.ts';
import { type ListParts, type PatternRow, packImage, type RowProblem } from './list-image.ts';
import { NumberIndex } from './number-index.ts';
import type { DuplicateRow } from './number-list.ts';
import { rankParts } from './rank-bits.ts';

const maxName = 80;
const maxNote = 200;
const keptDuplicates = 20;
const encoder = new TextEncoder();

/** Collects the rows of one list in any order and makes its image. Of two rows for a number, the one that expires later holds, else the first. */
export class ListBuilder {
  readonly #numbers = new Growing((n) => new Float64Array(n));
  readonly #lines = new Growing((n) => new Uint32Array(n));
  /** Details by the row that they belong to, rising. */
  readonly #detailRows = new Growing((n) => new Uint32Array(n));
  readonly #nameEnds = new Growing((n) => new Uint32Array(n));
  readonly #noteEnds = new Growing((n) => new Uint32Array(n));
  readonly #expiry = new Growing((n) => new Float64Array(n));
  readonly #texts = new Growing((n) => new Uint8Array(n));
  readonly #patterns: PatternRow[] = [];

  get rows(): number {
    return this.#numbers.length + this.#patterns.length;
  }

  /** @param number E.164 without its plus. @param line from 1 */
  addNumber(number: number, line: number): void {
    this.#numbers.push(number);
    this.#lines.push(line);
  }

  /** What else the row of the number that was added last says. @param expiresAt epoch ms or infinite */
  addDetails(name: string, note: string, expiresAt: number): void {
    this.#detailRows.push(this.#numbers.length - 1);
    this.#texts.append(encoder.encode(firstCodePoints(name, maxName)));
    this.#nameEnds.push(this.#texts.length);
    if (note !== '') this.#texts.append(encoder.encode(firstCodePoints(note, maxNote)));
    this.#noteEnds.push(this.#texts.length);
    this.#expiry.push(expiresAt);
  }

  addPattern(row: PatternRow): void {
    const name = row.name === null ? null : firstCodePoints(row.name, maxName);
    const note = row.note === null ? null : firstCodePoints(row.note, maxNote);
    this.#patterns.push({ ...row, name, note });
  }

  build(
    problems: readonly RowProblem[],
    counts: { readonly badRows: number; readonly belowMinimum: number },
  ): Uint8Array<ArrayBuffer> {
    const index = NumberIndex.of(sortedOnce(this.#numbers.view()));
    const { lines, winners, duplicates, sample } = this.#merge(index);
    const prefixes = this.#patterns.filter(({ kind }) => kind === 'prefix').length;
    return packImage({
      stats: {
        numbers: index.size,
        prefixes,
        ranges: this.#patterns.length - prefixes,
        duplicates,
        ...counts,
      },
      duplicates: sample,
      problems,
      patterns: this.#patterns,
      index: index.parts,
      lines,
      ...this.#details(winners),
    });
  }

  /** For each number the line that holds and, one-based, the details that go with it. */
  #merge(index: NumberIndex) {
    const numbers = this.#numbers.view();
    const rowLines = this.#lines.view();
    const detailRows = this.#detailRows.view();
    const expiry = this.#expiry.view();
    const expiresAt = (detail: number) =>
      detail === 0 ? Number.POSITIVE_INFINITY : (expiry[detail - 1] as number);
    const lines = new Uint32Array(index.size);
    const winners = new Uint32Array(detailRows.length === 0 ? 0 : index.size);
    const sample: DuplicateRow[] = [];
    let duplicates = 0;
    let seen = 0;
    for (let row = 0; row < numbers.length; row++) {
      const number = numbers[row] as number;
      const line = rowLines[row] as number;
      const at = index.position(number);
      const detail = detailRows[seen] === row ? ++seen : 0;
      const firstLine = lines[at] as number;
      if (firstLine !== 0) {
        if (duplicates++ < keptDuplicates) sample.push({ number: `+${number}`, firstLine, line });
        if (expiresAt(detail) <= expiresAt(winners[at] ?? 0)) continue;
      }
      lines[at] = line;
      if (winners.length > 0) winners[at] = detail;
    }
    return { lines, winners, duplicates, sample };
  }

  #details(winners: Uint32Array): Pick<ListParts, 'detailed' | 'textEnds' | 'texts' | 'expiry'> {
    let count = 0;
    for (let at = 0; at < winners.length; at++) if (winners[at] !== 0) count++;
    const textEnds = new Uint32Array(2 * count);
    const expiry = new Float64Array(count);
    const texts = new Uint8Array(this.#texts.length);
    const from = this.#texts.view();
    const nameEnds = this.#nameEnds.view();
    const noteEnds = this.#noteEnds.view();
    let length = 0;
    let made = 0;
    for (let at = 0; at < winners.length; at++) {
      const detail = (winners[at] as number) - 1;
      if (detail < 0) continue;
      const begin = detail === 0 ? 0 : (noteEnds[detail - 1] as number);
      const end = noteEnds[detail] as number;
      texts.set(from.subarray(begin, end), length);
      textEnds[2 * made] = length + (nameEnds[detail] as number) - begin;
      length += end - begin;
      textEnds[2 * made + 1] = length;
      expiry[made] = this.#expiry.view()[detail] as number;
      made++;
    }
    const expires = expiry.some((at) => at !== Number.POSITIVE_INFINITY);
    return {
      detailed: rankParts(winners.length, (at) => winners[at] !== 0),
      textEnds,
      texts: texts.subarray(0, length),
      expiry: expires ? expiry : new Float64Array(0),
    };
  }
}

/** Rising, each once; the argument stays as it is. */
export function sortedOnce(numbers: Float64Array): Float64Array {
  const sorted = numbers.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) {
    const number = sorted[i] as number;
    if (count === 0 || number !== sorted[count - 1]) sorted[count++] = number;
  }
  return sorted.subarray(0, count);
}
