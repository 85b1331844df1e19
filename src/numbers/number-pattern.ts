import { getCountryCallingCode } from 'libphonenumber-js/max';
import { isNorthAmerica, nationalPrefix, type Region, toE164 } from './read-number.ts';
import { readShortCode } from './short-code.ts';

/** One number, all numbers that begin alike, or a block of numbers. E.164 with plus; a number of a caller may be a short code. */
export type NumberPattern =
  | { readonly kind: 'exact'; readonly number: string }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'range'; readonly from: string; readonly to: string };

export type PatternResult =
  | { readonly pattern: NumberPattern }
  | { readonly message: string; readonly remedy: string };

const howToWrite =
  'write a number (+1 317 555 0123), a prefix (+1317555*) or a range (+13175550100..+13175550109)';

/** Like `parseNumberPattern`, and the short codes of the region: what callers may come from. `911`, `short:24273` */
export function parseCallerPattern(text: string, region: Region): PatternResult {
  const number = readShortCode(text, region);
  if (number !== null) return { pattern: { kind: 'exact', number } };
  const result = parseNumberPattern(text, region);
  if ('pattern' in result || !/^(?:short:|\d{2,6}$)/i.test(text.trim())) return result;
  return {
    message: `${quote(text)} is not a phone number; it may be an extension, a short code or first digits`,
    remedy: 'write a short code as short:24273, and first digits with a *: +1317555*',
  };
}

/** Reads any writing of a number, `+1317555*` or `+13175550100..+13175550109`. */
export function parseNumberPattern(text: string, region: Region): PatternResult {
  const written = text.trim();
  if (written.includes('*')) return parsePrefix(written, region);
  if (written.includes('..')) return parseRange(written, region);
  const number = toE164(written, region);
  if (number) return { pattern: { kind: 'exact', number } };
  if (/^\+?\d([.,]\d+)?E\+?\d+$/i.test(written))
    return {
      message: `${quote(text)} is a number that a spreadsheet has rounded`,
      remedy: 'format the column as text there, and export it again',
    };
  return (
    hyphenRange(written, region) ?? { message: `${quote(text)} is not a phone number`, remedy: howToWrite }
  );
}

/** Two whole numbers are a range when they are near each other. */
const mostBetweenHyphens = 10_000;

function hyphenRange(written: string, region: Region): PatternResult | null {
  const [, first, last] = /^(\+?\d{7,15}) ?[-\u2013] ?(\+?\d{7,15})$/.exec(written) ?? [];
  if (first === undefined || last === undefined) return null;
  const range = parseRange(`${first}..${last}`, region);
  return 'pattern' in range && coveredBy(range.pattern) <= mostBetweenHyphens ? range : null;
}

function parsePrefix(written: string, region: Region): PatternResult {
  const digits = written.replace(/[ ().-]/g, '').slice(0, -1);
  const prefix = digits.startsWith('+') ? digits : (prefixOfNational(digits, region) ?? digits);
  if (/^\+[1-9]\d{0,13}$/.test(prefix)) return { pattern: { kind: 'prefix', prefix } };
  return {
    message: `${quote(written)} is not a prefix`,
    remedy: 'write + and the country code, then digits, and end with one *: +1317555*',
  };
}

/**
 * `317555` and `1317555` in North America, `020` in Britain: as people of the region write it, at least an area code; null:
 * it is not sure what is meant.
 */
function prefixOfNational(digits: string, region: Region): string | null {
  if (isNorthAmerica(region)) {
    const [, national] = /^1?([2-9](?!11)\d{2}\d{0,7})$/.exec(digits) ?? [];
    return national === undefined ? null : `+1${national}`;
  }
  // Italy and San Marino keep the 0; some countries have none, and there is nothing to tell a national number by.
  if (nationalPrefix(region) !== '0') return null;
  const [, national] = /^0([1-9]\d{0,11})$/.exec(digits) ?? [];
  return national === undefined ? null : `+${getCountryCallingCode(region)}${national}`;
}

function parseRange(written: string, region: Region): PatternResult {
  const [first = '', second = '', ...more] = written.split('..');
  const from = toE164(first, region);
  const to = toE164(second, region);
  if (!from || !to || more.length > 0) {
    return { message: `${quote(written)} is not a range of numbers`, remedy: howToWrite };
  }
  if (from.length !== to.length || from > to) {
    return {
      message: `the range ${quote(written)} runs from ${from} to ${to}`,
      remedy: 'write the smaller number first; both need the same number of digits',
    };
  }
  return { pattern: { kind: 'range', from, to } };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

export function patternWords(pattern: NumberPattern): string {
  if (pattern.kind === 'exact') return pattern.number;
  return pattern.kind === 'prefix' ? `${pattern.prefix}*` : `${pattern.from}..${pattern.to}`;
}

/** About how many numbers a pattern has: most national numbers have ten digits at most. */
export function coveredBy(pattern: NumberPattern): number {
  if (pattern.kind === 'exact') return 1;
  if (pattern.kind === 'range') return Number(pattern.to) - Number(pattern.from) + 1;
  const whole = pattern.prefix.startsWith('+1') ? 11 : 12;
  return 10 ** Math.max(0, whole - (pattern.prefix.length - 1));
}

/** True when every number of `inner` is in `outer`. E.164, so that numbers in a range have its length. */
export function isWithin(inner: NumberPattern, outer: NumberPattern): boolean {
  switch (outer.kind) {
    case 'exact':
      return inner.kind === 'exact' && inner.number === outer.number;
    case 'prefix':
      if (inner.kind === 'range') return [inner.from, inner.to].every((end) => end.startsWith(outer.prefix));
      return (inner.kind === 'exact' ? inner.number : inner.prefix).startsWith(outer.prefix);
    case 'range': {
      if (inner.kind === 'prefix') return false;
      const [from, to] = endsOf(inner, 0);
      return from >= Number(outer.from) && to <= Number(outer.to);
    }
  }
}

/** True when no number is in both. */
export function areApart(a: NumberPattern, b: NumberPattern): boolean {
  if (a.kind === 'prefix' && b.kind === 'prefix')
    return !a.prefix.startsWith(b.prefix) && !b.prefix.startsWith(a.prefix);
  if (a.kind === 'prefix' && b.kind === 'exact') return !b.number.startsWith(a.prefix);
  if (b.kind === 'prefix' && a.kind === 'exact') return !a.number.startsWith(b.prefix);
  // Of a prefix, the numbers as long as the other's.
  const length = lengthOf(a.kind === 'prefix' ? b : a);
  if ([a, b].some((one) => one.kind === 'prefix' && one.prefix.length > length)) return true;
  const [aFrom, aTo] = endsOf(a, length);
  const [bFrom, bTo] = endsOf(b, length);
  return aTo < bFrom || bTo < aFrom;
}

function lengthOf(pattern: NumberPattern): number {
  if (pattern.kind === 'exact') return pattern.number.length;
  return pattern.kind === 'range' ? pattern.from.length : pattern.prefix.length;
}

function endsOf(pattern: NumberPattern, length: number): [number, number] {
  if (pattern.kind === 'exact') return [Number(pattern.number), Number(pattern.number)];
  if (pattern.kind === 'range') return [Number(pattern.from), Number(pattern.to)];
  return [Number(pattern.prefix.padEnd(length, '0')), Number(pattern.prefix.padEnd(length, '9'))];
}
