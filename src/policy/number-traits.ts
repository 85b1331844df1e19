import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { traitsByPlan } from './number-plans.ts';
import type { NumberTraits, NumberType } from './number-type.ts';

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

/** Several conditions of one decision ask about the same number, and looking it up takes microseconds. */
let last: { readonly number: string; readonly traits: NumberTraits | null } = { number: '', traits: null };

/** @param e164 with plus. Null when it is none. */
export function numberTraits(e164: string): NumberTraits | null {
  if (last.number !== e164) last = { number: e164, traits: traitsByPlan(e164) ?? traitsByLibrary(e164) };
  return last.traits;
}

/** The library's own word, for numbers that need more than their numbering plan, and to test the quick way by. */
export function traitsByLibrary(e164: string): NumberTraits | null {
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
