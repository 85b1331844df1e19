/** What a number's numbering plan says of it. */
export interface NumberTraits {
  /** ISO 3166, or null when the number belongs to no single country. */
  readonly country: string | null;
  /** Country calling code without plus: `1`. */
  readonly callingCode: string;
  /** The number without its calling code. */
  readonly national: string;
  /** A range that was given to somebody, not only of a possible length. */
  readonly valid: boolean;
  readonly type: NumberType | null;
}

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
