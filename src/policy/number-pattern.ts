import { type Region, toE164 } from './phone-number.ts';

/** One number, all numbers that begin alike, or a block of numbers. E.164 with plus. */
export type NumberPattern =
  | { readonly kind: 'exact'; readonly number: string }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'range'; readonly from: string; readonly to: string };

export type PatternResult =
  | { readonly pattern: NumberPattern }
  | { readonly message: string; readonly remedy: string };

const howToWrite =
  'write a number (+1 317 555 0123), a prefix (+1317555*) or a range (+13175550100..+13175550109)';

/** Reads any writing of a number, `+1317555*` or `+13175550100..+13175550109`. */
export function parseNumberPattern(text: string, region: Region): PatternResult {
  const written = text.trim();
  if (written.includes('*')) return parsePrefix(written);
  if (written.includes('..')) return parseRange(written, region);
  const number = toE164(written, region);
  if (number) return { pattern: { kind: 'exact', number } };
  return { message: `${quote(text)} is not a phone number`, remedy: howToWrite };
}

function parsePrefix(written: string): PatternResult {
  const prefix = written.replace(/[ ().-]/g, '').slice(0, -1);
  if (/^\+[1-9]\d{0,13}$/.test(prefix)) return { pattern: { kind: 'prefix', prefix } };
  return {
    message: `${quote(written)} is not a prefix`,
    remedy: 'begin with + and the country code, then digits, and end with one *: +1317555*',
  };
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
