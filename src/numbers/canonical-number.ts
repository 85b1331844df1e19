import { isNorthAmerica, type Region, toE164 } from './read-number.ts';

const [zero, nine, plus, blank, open, close, hyphen, dot] = [48, 57, 43, 32, 40, 41, 45, 46];
const blockDigits = 8;
const maxBlocks = 500_000;

/**
 * Reads the commonest writings in lists without libphonenumber-js, which takes ten microseconds a number: digits of North
 * America, and E.164 with its plus, with or without blanks, hyphens, dots and parentheses. What it reads, `toE164` reads
 * alike.
 */
export class CanonicalNumbers {
  readonly #region: Region;
  readonly #northAmerica: boolean;
  /** Whether E.164 numbers that begin with these eight digits stay as they are (no national prefix to take out). */
  readonly #blocks = new Map<number, boolean>();

  constructor(region: Region) {
    this.#region = region;
    this.#northAmerica = isNorthAmerica(region);
  }

  /** The number without its plus, or NaN: ask `toE164`. */
  read(text: string): number {
    const { length } = text;
    if (length < 9 || length > 24) return Number.NaN;
    const withPlus = text.charCodeAt(0) === plus;
    let value = 0;
    let digits = 0;
    let group = 0;
    let isOpen = false;
    let before = 0;
    for (let i = withPlus ? 1 : 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= zero && code <= nine) {
        value = value * 10 + (code - zero);
        // A leading 0 may be a national prefix or part of the number.
        if (value === 0) return Number.NaN;
        digits++;
        group++;
      } else if (!separates(code, before) || (i === 0 && code !== open)) return Number.NaN;
      if (code === open) isOpen = true;
      // A short group in parentheses may be a national prefix: +49 (0)30 …
      else if (code === close && (!isOpen || group < 2)) return Number.NaN;
      if (code < zero || code > nine) group = 0;
      before = code;
    }
    // A short group at the end may be a fraction or an extension.
    if (group < 3) return Number.NaN;
    if (digits > 15 || before < zero || before > nine) return Number.NaN;
    if (digits === 11 && value >= 12e9 && value < 2e10 && (withPlus || this.#northAmerica))
      return isNorthAmerican(value - 1e10) ? value : Number.NaN;
    if (withPlus) return this.#stays(value, digits) ? value : Number.NaN;
    return this.#northAmerica && digits === 10 && isNorthAmerican(value) ? 1e10 + value : Number.NaN;
  }

  #stays(value: number, digits: number): boolean {
    if (digits <= blockDigits || (value >= 1e10 && value < 2e10)) return false;
    const block = Math.floor(value / 10 ** (digits - blockDigits)) * 16 + digits;
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const written = `+${value}`;
    const stays = toE164(written, this.#region) === written;
    if (this.#blocks.size >= maxBlocks) this.#blocks.clear();
    this.#blocks.set(block, stays);
    return stays;
  }
}

/** Ten digits, as `toE164` has them: no area code or exchange begins with 0 or 1, and N11 is no area. */
function isNorthAmerican(value: number): boolean {
  const area = Math.floor(value / 1e7);
  return area >= 200 && area % 100 !== 11 && Math.floor(value / 1e4) % 1000 >= 200;
}

/** Two dots are a range. */
function separates(code: number, before: number): boolean {
  if (code === dot) return before !== dot;
  return code === blank || code === hyphen || code === open || code === close;
}
