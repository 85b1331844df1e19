import { emergencyNumbersOf } from './emergency-numbers.ts';
import { isNorthAmerica, plain, type Region } from './read-number.ts';

/** Beside 112 and 911, phones take it for an emergency number wherever they are (3GPP TS 22.101, 10.1.1), so it is nothing else. */
const alsoEverywhere = '999';
/** N11 services (47 CFR 52.15, FCC 97-51), and the crisis line (FCC 20-100). */
const northAmericanService = /^(?:[2-9]11|988)$/;
/** Common short codes of North America (CTIA): five or six digits. */
const commonShortCode = /^[2-9]\d{4,5}$/;

function isEmergency(code: string, region: Region): boolean {
  return code === alsoEverywhere || emergencyNumbersOf(region).includes(code);
}

/** Whether these digits can be a short code of this region; in countries other than North America a form is all that is known. */
export function isShortCode(code: string, region: Region): boolean {
  if (isEmergency(code, region)) return true;
  return isNorthAmerica(region)
    ? northAmericanService.test(code) || commonShortCode.test(code)
    : /^\d{3,6}$/.test(code);
}

/**
 * A short code as lists and rules write it, or null: never another number, an extension or the first digits of one. Emergency
 * numbers and services such as 911 and 211 stand alone; others, and those of two digits, are written `short:24273`.
 * @returns digits without a plus
 */
export function readShortCode(text: string, region: Region): string | null {
  const [, told, code = ''] = /^(short: ?)?(\d{2,6})(?:\.0+)?$/i.exec(plain(text, region)) ?? [];
  if (!isShortCode(code, region)) return null;
  const isKnown =
    code.length > 2 &&
    (isEmergency(code, region) || (isNorthAmerica(region) && northAmericanService.test(code)));
  return told !== undefined || isKnown ? code : null;
}

/**
 * Distinct for every number, as lists keep them: E.164 without its plus, a short code behind a 1. No E.164 number of seven
 * digits or less begins with 1. NaN: neither.
 */
export function packNumber(number: string): number {
  const isShort = number.charCodeAt(0) !== 43;
  const first = isShort ? 0 : 1;
  if (number.length === first || number.length > (isShort ? 6 : 16)) return Number.NaN;
  let packed = isShort ? 1 : 0;
  for (let i = first; i < number.length; i++) {
    const digit = number.charCodeAt(i) - 48;
    packed = digit >= 0 && digit <= 9 ? packed * 10 + digit : Number.NaN;
  }
  return isShort === isPackedShortCode(packed) ? packed : Number.NaN;
}

export function isPackedShortCode(packed: number): boolean {
  return packed < 2_000_000 && String(packed).startsWith('1');
}

/** E.164 with its plus, or a short code. */
export function unpackNumber(packed: number): string {
  return isPackedShortCode(packed) ? String(packed).slice(1) : `+${packed}`;
}
