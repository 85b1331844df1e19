import { getCountryCallingCode } from 'libphonenumber-js/max';
import { type Region, toE164 } from '../phone-number.ts';

const [zero, nine, plus, blank, open, close, hyphen, dot] = [48, 57, 43, 32, 40, 41, 45, 46];
const blockDigits = 8;
const maxBlocks = 500_000;

/**
 * Reads the writings that lists are full of without libphonenumber-js, which takes ten microseconds a number: digits of
 * North America, and E.164 with its plus, with or without blanks, hyphens, dots and brackets. What it reads it reads as
 * `toE164` does; everything else is left to that.
 */
export class CanonicalNumbers {
  readonly #region: Region;
  readonly #northAmerica: boolean;
  /** Whether E.164 numbers that begin with these eight digits stay as they are (no national prefix to take out). */
  readonly #blocks = new Map<number, boolean>();

  constructor(region: Region) {
    this.#region = region;
    this.#northAmerica = getCountryCallingCode(region) === '1';
  }

  /** The number without its plus, or NaN: ask `toE164`. */
  read(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    if (length < 9 || length > 24) return Number.NaN;
    const begin = bytes[from] as number;
    const withPlus = begin === plus;
    let value = 0;
    let digits = 0;
    let before = 0;
    for (let i = withPlus ? from + 1 : from; i < to; i++) {
      const byte = bytes[i] as number;
      if (byte >= zero && byte <= nine) {
        value = value * 10 + (byte - zero);
        // A leading 0 is a national prefix, or part of the number: not ours to say.
        if (value === 0) return Number.NaN;
        digits++;
      } else if (!separates(byte, before) || (i === from && byte !== open)) return Number.NaN;
      before = byte;
    }
    if (digits > 15 || before < zero || before > nine) return Number.NaN;
    if (digits === 11 && value >= 12e9 && value < 2e10 && (withPlus || this.#northAmerica)) return value;
    if (withPlus) return this.#stays(value, digits) ? value : Number.NaN;
    return this.#northAmerica && digits === 10 && value >= 2e9 ? 1e10 + value : Number.NaN;
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

/** Two dots are a range. */
function separates(byte: number, before: number): boolean {
  if (byte === dot) return before !== dot;
  return byte === blank || byte === hyphen || byte === open || byte === close;
}
