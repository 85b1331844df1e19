import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { CalledFacts, CallerFacts } from '../call/facts.ts';
import type { NoNumberReason } from '../call/vocabulary.ts';

/** ISO 3166 code of a country that has a numbering plan. */
export type Region = CountryCode;

const maxRawLength = 64;
const maxNameCodePoints = 120;

/** Digits of our own writing, with what stands between them. */
const onlyNumber = /^[0-9 ()./-]+$/;

/** What carriers and PBXs write in place of a number (RFC 3325 `anonymous`; the rest is custom). */
const wordsForNoNumber = new Map<string, NoNumberReason>([
  ['anonymous', 'withheld'],
  ['restricted', 'withheld'],
  ['private', 'withheld'],
  ['withheld', 'withheld'],
  ['blocked', 'withheld'],
  ['unknown', 'unavailable'],
  ['unavailable', 'unavailable'],
  ['not available', 'unavailable'],
  ['out of area', 'unavailable'],
  ['asterisk', 'unavailable'],
]);

export function isRegion(text: string): text is Region {
  return isSupportedCountry(text);
}

/**
 * What is known of the caller. Never throws.
 * @param raw the number as the trunk sent it; hostile, cut to 64 characters
 * @param presentation Asterisk's CALLERID(num-pres): `allowed*`, `prohib*` or `unavailable`
 * @param displayName hostile, cut to 120 code points
 */
export function callerFacts(
  raw: string,
  presentation: string,
  displayName: string,
  defaultRegion: Region,
): CallerFacts {
  const kept = {
    raw: raw.slice(0, maxRawLength).toWellFormed(),
    displayName: firstCodePoints(displayName, maxNameCodePoints),
  };
  const reason = noNumberReason(raw, presentation);
  if (reason) return { number: null, reason, ...kept };
  const number = rememberedE164(raw, defaultRegion);
  return number ? { number, reason: null, ...kept } : { number: null, reason: 'malformed', ...kept };
}

/** The dialed number. `number` is null when it is no public number (an extension, a name). Never throws. */
export function calledFacts(raw: string, defaultRegion: Region): CalledFacts {
  return { number: rememberedE164(raw, defaultRegion), raw: raw.slice(0, maxRawLength).toWellFormed() };
}

/** Parsing a number takes 10 µs and calls repeat the same ones; the least recently used is dropped. */
const remembered = new Map<string, string | null>();
const maxRemembered = 4_096;

function rememberedE164(text: string, region: Region): string | null {
  if (text.length > maxRawLength) return null;
  const key = `${region} ${text}`;
  let number = remembered.get(key);
  if (number === undefined) {
    number = toE164(text, region);
    if (remembered.size >= maxRemembered) remembered.delete(remembered.keys().next().value ?? '');
  } else remembered.delete(key);
  remembered.set(key, number);
  return number;
}

/**
 * Any writing of a public number to E.164 with a leading `+` (ITU-T E.164), or null. Read are: international with `+`,
 * `00` or `011`; E.164 without its plus, as many carriers send it; national writing of `region`; `tel:` and
 * parameters after `;` (RFC 3966). Null when the length is not possible in its numbering plan.
 */
export function toE164(text: string, region: Region): string | null {
  if (text.length > maxRawLength) return null;
  const written = text.trim().replace(/^tel:/i, '').replace(/;.*$/s, '');
  if (written.startsWith('+')) return parse(written, region)?.e164 ?? null;

  const national = parse(written, region);
  if (national?.valid) return national.e164;
  const digits = written.replace(/[^0-9]/g, '');
  // North America has one length: ten digits are a national number there, even when unassigned.
  if (national && digits.length === 10 && national.e164.startsWith('+1')) return national.e164;
  if (!onlyNumber.test(written)) return national?.e164 ?? null;
  const foreign = parse(`+${digits.replace(/^(?:00|011)/, '')}`, region);
  if (foreign?.valid || !national) {
    const guessed = foreign && !foreign.valid && digits.length < 10;
    return foreign && !guessed ? foreign.e164 : null;
  }
  return national.e164;
}

function parse(text: string, region: Region): { e164: string; valid: boolean } | null {
  // `extract: false`: the whole text is a number, not a sentence with one in it.
  const found = parsePhoneNumberFromString(text, { defaultCountry: region, extract: false });
  return found?.isPossible() ? { e164: found.number, valid: found.isValid() } : null;
}

function noNumberReason(raw: string, presentation: string): NoNumberReason | null {
  if (presentation.startsWith('prohib')) return 'withheld';
  if (presentation.startsWith('unavailable')) return 'unavailable';
  const word = raw.trim().toLowerCase();
  return word === '' ? 'unavailable' : (wordsForNoNumber.get(word) ?? null);
}

/** Cuts between characters, never inside one. */
export function firstCodePoints(text: string, count: number): string {
  if (text.length <= count) return text.toWellFormed();
  return Array.from(text.slice(0, count * 2))
    .slice(0, count)
    .join('')
    .toWellFormed();
}
