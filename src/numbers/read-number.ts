import {
  type CountryCode,
  getCountryCallingCode,
  Metadata,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { renumbered, renumberedNational } from './renumbered.ts';

/** ISO 3166 code of a country that has a numbering plan. */
export type Region = CountryCode;

export const longestWriting = 64;

/** All of it is digits, with what stands between digits of one number. */
const oneNumber = /^\+?[0-9][0-9 ()./-]*$|^\([0-9][0-9 ()./-]*$/;
/** Spreadsheets keep numbers as floats. */
const wholeFloat = /^(\+?\d{7,15})\.0+$/;
/** With a comma only where the length tells a float from a separator before the last digit. */
const commaFloat = /^1?[2-9]\d{9},0+$/;
/** North America: no area code or exchange begins with 0 or 1, and N11 is a service, not an area (ATIS-0300051). */
const northAmerican = /^\+1(?![2-9]11)[2-9]\d{2}[2-9]\d{6}$/;
/** A 9 for an outside line before a national number. */
const withOutsideLine = /^91?([2-9]\d{2}[2-9]\d{6})$/;

/**
 * Any writing of one public number to E.164 with a leading `+` (ITU-T E.164), or null: never another number. Read are:
 * international with `+`, `00`, `011` or the prefix of `region`; national writing of `region`, with its country code or without;
 * `tel:` and parameters after `;` (RFC 3966). What has letters, an extension, a fraction, a second number or an impossible length is
 * none, and so is a foreign number without its plus.
 */
export function toE164(text: string, region: Region): string | null {
  return read(text, region, false);
}

/** As carriers write numbers: E.164 without its plus too, unless it may as well be an outside line and a national number. */
export function carrierE164(text: string, region: Region): string | null {
  return read(text, region, true);
}

function read(text: string, region: Region, byCarrier: boolean): string | null {
  if (text.length > longestWriting) return null;
  const cleaned = plain(text, region);
  const seen = isNorthAmerica(region) && commaFloat.test(cleaned) ? cleaned.replace(',', '.') : cleaned;
  const [, beforeZeros] = wholeFloat.exec(seen) ?? [];
  // 961209555.0 in Spain: an outside line and 612095550?
  if (beforeZeros?.startsWith('9') && !isNorthAmerica(region)) return null;
  const written = beforeZeros ?? seen;
  if (!oneNumber.test(written) || hasMore(written)) return null;
  if (written.startsWith('+')) return parse(written, region)?.e164 ?? null;

  const digits = written.replace(/\D/g, '');
  const [, abroad] =
    (isNorthAmerica(region) ? /^(?:00|011)([1-9]\d+)$/ : /^00([1-9]\d+)$/).exec(digits) ?? [];
  const foreignWriting = abroad === undefined ? null : parse(`+${abroad}`, region);
  const found = foreignWriting?.valid ? foreignWriting : parseNational(written, digits, region);
  if (found !== null) return found.e164;
  if (!byCarrier || /\D/.test(written)) return null;
  const [, behindNine] = (isNorthAmerica(region) && withOutsideLine.exec(digits)) || [];
  if (behindNine !== undefined && parse(`+1${behindNine}`, region)?.valid) return null;
  const bare = parse(`+${digits}`, region);
  return bare?.valid ? bare.e164 : null;
}

interface Parsed {
  readonly e164: string;
  readonly valid: boolean;
}

function parseNational(written: string, digits: string, region: Region): Parsed | null {
  const now = renumberedNational(digits, region, getCountryCallingCode(region));
  const national = parse(now ?? written, region);
  if (isNorthAmerica(region)) return national;
  // The plans of other countries have many lengths: only an assigned range is proof of a number.
  const read = withCountryCode(digits, region) ?? (national?.valid ? national : null);
  if (read === null || (digits.startsWith('9') && parseNational(digits.slice(1), digits.slice(1), region)))
    return null;
  const prefix = nationalPrefix(region);
  if (prefix === null) return read;
  if (digits.startsWith(prefix)) return withCountryCode(digits.slice(prefix.length), region) ? null : read;
  if (read !== national) return read;
  // Spreadsheets drop the first 0. A foreign number without its plus may look the same.
  return parse(`+${digits}`, region)?.valid && !isWrittenWithoutPrefix(digits, region) ? null : national;
}

/** Mobile numbers of China and Peru, all of Brazil: 131 2341 6289 is no number of Chicago that lacks its plus. */
function isWrittenWithoutPrefix(digits: string, region: Region): boolean {
  const written = parsePhoneNumberFromString(digits, region)?.formatNational();
  return written?.replace(/\D/g, '') === digits;
}

/** E.164 without its plus: 491711234567 in Germany, where national numbers begin with 0. */
function withCountryCode(digits: string, region: Region): Parsed | null {
  if (nationalPrefix(region) === null || !digits.startsWith(getCountryCallingCode(region))) return null;
  const own = parse(`+${digits}`, region);
  return own?.valid ? own : null;
}

/**
 * The digits go on behind the number: a fraction (`3175550180.5`), a second number or an extension (`030 1234567-8`, `555-0123/24`).
 * Pairs of digits are a writing of many countries: `01 23 45 67 89`, `044 123 45 67`.
 */
function hasMore(written: string): boolean {
  const groups = written.match(/\d+/g) ?? [];
  const [last = '', before = ''] = groups.toReversed();
  // The last: a row of a numbered list, `4. 30 123456`.
  if (/[./-]{2}|^[^(]*\)|\/\s*\d{1,2}$|^(?!1\.)\d{1,2}\. /.test(written)) return true;
  if (groups.length === 1 || last.length > 2) return false;
  const [first = '', ...others] = groups;
  const areShort = first.length <= 4 && others.every(({ length }) => length <= 3);
  // 8 (495) 123-45-67 and 08-123 456 78: what stands before the last pair stands before the group before it too.
  const [between = '', earlier] = written.match(/(?<=\d)\D+(?=\d)/g)?.toReversed() ?? [];
  const goesOn = earlier === undefined || between === earlier || groups.length < 4;
  const isPair = before.length === 2 || (before.length === 3 && between === ' ');
  return last.length === 1 || !areShort || !isPair || !goesOn;
}

function parse(text: string, region: Region): Parsed | null {
  // `extract: false`: the whole text is a number, not a sentence with one in it.
  const written = text.startsWith('+') ? renumbered(`+${text.replace(/\D/g, '')}`) : text;
  const found = parsePhoneNumberFromString(written, { defaultCountry: region, extract: false });
  if (!found?.isPossible() || found.ext !== undefined) return null;
  const e164 = renumbered(found.number);
  if (e164.startsWith('+1') && !northAmerican.test(e164)) return null;
  return { e164, valid: found.isValid() };
}

/** Without what nobody sees, and what stands around a number: `'` of spreadsheets, `tel:`, parameters. */
export function plain(text: string, region: Region): string {
  const bare = withoutMarks(text);
  // RFC 3966: a local number belongs to the country of its context.
  const [, context = ''] = /^tel:[^+].*;phone-context=\+(\d{1,3})(?:;|$)/i.exec(bare) ?? [];
  const isForeign = context !== '' && context !== getCountryCallingCode(region);
  return `${isForeign ? `+${context}` : ''}${withoutFrame(bare)}`;
}

function withoutMarks(text: string): string {
  return (
    text
      .replace(/[\p{Cf}\u00ad]/gu, '')
      .normalize('NFKC')
      .replace(/[\u2010-\u2015\u2212]/g, '-')
      .replace(/[\u00b7\u2022\u2027\u30fb]/g, '.')
      .replace(/(?![0-9])\p{Nd}/gu, westernDigit)
      .replace(/\s+/g, ' ')
      .trim()
      // What keeps spreadsheets from reading it as a number: '317…, ="317…".
      .replace(/^'|^=?"(?=[^"]*"$)|(?<=^=?"[^"]*)"$/g, '')
      // Of a row with empty cells.
      .replace(/[,;\s]+$/, '')
      .trim()
  );
}

/** Ten digits of a script stand side by side: ٣ of Arabic, ३ of Devanagari. */
function westernDigit(digit: string): string {
  const code = digit.codePointAt(0) as number;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value);
}

function withoutFrame(text: string): string {
  return (
    text
      .replace(/^(?:tel|callto):/i, '')
      .replace(/^sips?:([^@]*)@.*$/i, '$1')
      // Parameters, but no second number; an extension (RFC 3966) or what is dialed behind the number (vCard) makes it another.
      .replace(/(?:; ?(?!ext=|postd=)[a-z][\w-]*(?:=[^;]*)?)+$/i, '')
      .replace(/^\((\+\d{1,3})\)/, '$1 ')
      // No country code begins with 0: what is meant is the prefix of calls abroad.
      .replace(/^\+ *(?=00|011)/, '')
      .replace(/^\+ +/, '+')
      .replace(/^(\+\d{1,3}) ?\(0\) ?/, '$1 ')
      .trim()
  );
}

export function isNorthAmerica(region: Region): boolean {
  return getCountryCallingCode(region) === '1';
}

const prefixes = new Map<Region, string | null>();

/** `0` of Germany; null: national numbers are written without one. */
export function nationalPrefix(region: Region): string | null {
  let prefix = prefixes.get(region);
  if (prefix === undefined) {
    const metadata = new Metadata();
    metadata.selectNumberingPlan(region);
    // The types leave it out.
    const plan = metadata.numberingPlan as unknown as { nationalPrefix(): string | null } | undefined;
    prefix = plan?.nationalPrefix() || null;
    prefixes.set(region, prefix);
  }
  return prefix;
}
