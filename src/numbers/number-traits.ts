import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

export const numberTypes = [
  'fixed-line',
  'mobile',
  'fixed-line-or-mobile',
  'toll-free',
  'premium-rate',
  'shared-cost',
  'voip',
  'personal',
  'pager',
  'company',
  'voicemail',
] as const;
export type NumberType = (typeof numberTypes)[number];

/** What its numbering plan says about a number. */
export interface NumberTraits {
  /** ISO 3166; null: it belongs to no single country. */
  readonly country: string | null;
  /** Country calling code without plus: `1`. */
  readonly callingCode: string;
  /** The number without its calling code. */
  readonly national: string;
  /** In a range that is assigned, not only of a possible length. */
  readonly valid: boolean;
  readonly type: NumberType | null;
}

/** Names in libphonenumber-js. */
const typeNames: Record<string, NumberType> = {
  FIXED_LINE: 'fixed-line',
  MOBILE: 'mobile',
  FIXED_LINE_OR_MOBILE: 'fixed-line-or-mobile',
  TOLL_FREE: 'toll-free',
  PREMIUM_RATE: 'premium-rate',
  SHARED_COST: 'shared-cost',
  VOIP: 'voip',
  PERSONAL_NUMBER: 'personal',
  PAGER: 'pager',
  UAN: 'company',
  VOICEMAIL: 'voicemail',
};

/** Several conditions of one decision ask about the same number, and a look-up takes about 10 µs. */
let last: { readonly number: string; readonly traits: NumberTraits | null } = { number: '', traits: null };

/** @param e164 with plus. Null: not a phone number. */
export function numberTraits(e164: string): NumberTraits | null {
  if (last.number !== e164) last = { number: e164, traits: traitsOf(e164) };
  return last.traits;
}

function traitsOf(e164: string): NumberTraits | null {
  const found = parsePhoneNumberFromString(e164, { extract: false });
  if (!found) return null;
  return {
    country: found.country ?? null,
    callingCode: found.countryCallingCode,
    national: found.nationalNumber,
    valid: found.isValid(),
    type: typeNames[found.getType() ?? ''] ?? null,
  };
}
