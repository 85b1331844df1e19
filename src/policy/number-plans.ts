import metadata from 'libphonenumber-js/metadata.max';
import type { NumberTraits, NumberType } from './number-type.ts';

/** Order of the types in the metadata of libphonenumber-js; the first, fixed lines, is looked at with the second, mobiles. */
const typeNames: readonly NumberType[] = [
  'fixed-line',
  'mobile',
  'toll-free',
  'premium-rate',
  'personal',
  'voicemail',
  'company',
  'pager',
  'voip',
  'shared-cost',
];
/** Order in which libphonenumber-js tries those that are no fixed line. */
const tried: readonly NumberType[] = [
  'mobile',
  'premium-rate',
  'toll-free',
  'shared-cost',
  'voip',
  'personal',
  'pager',
  'company',
  'voicemail',
];

interface TypePattern {
  readonly pattern: RegExp;
  readonly lengths: readonly number[] | null;
}

interface Plan {
  readonly country: string;
  readonly general: RegExp;
  /** What begins every number of the country, where that alone tells it from others of its calling code. */
  readonly leading: RegExp | null;
  readonly types: ReadonlyMap<NumberType, TypePattern> | null;
  /** Without a pattern of their own, mobiles have that of fixed lines. */
  readonly mobileIsFixed: boolean;
}

interface Plans {
  readonly callingCode: string;
  readonly plans: readonly Plan[];
  /** Whether any country is told by what the number begins with: asked once in place of two dozen times. */
  readonly anyLeading: RegExp | null;
  /** What people put before a number by mistake, and libphonenumber-js may take away again. */
  readonly prefix: RegExp | null;
}

type Entry = readonly unknown[];
const files = metadata as unknown as {
  readonly country_calling_codes: Record<string, readonly string[]>;
  readonly countries: Record<string, Entry>;
};
const compiled = new Map<string, Plans | null>();

/**
 * What libphonenumber-js says of an E.164 number, from the same metadata with its expressions compiled once instead of
 * at every look. Undefined: not certain here, ask the library.
 */
export function traitsByPlan(e164: string): NumberTraits | undefined {
  const plans = plansOf(e164);
  if (!plans) return undefined;
  const national = e164.slice(1 + plans.callingCode.length);
  if (national.length < 2 || national.length > 15 || !/^\d+$/.test(national)) return undefined;
  if (plans.prefix?.test(national)) return undefined;
  const [only] = plans.plans;
  if (!only) return undefined;
  const isLed = plans.anyLeading?.test(national) ?? false;
  const found = plans.plans.length === 1 ? only : plans.plans.find((one) => belongs(one, national, isLed));
  // What belongs to no country of several is looked at as one of the main country.
  const plan = found ?? only;
  const type = typeIn(plan, national);
  return {
    country: found?.country ?? null,
    callingCode: plans.callingCode,
    national,
    valid: plan.types === null ? plan.general.test(national) : type !== null,
    type,
  };
}

function belongs(plan: Plan, national: string, isLed: boolean): boolean {
  return plan.leading ? isLed && plan.leading.test(national) : typeIn(plan, national) !== null;
}

function typeIn({ general, types, mobileIsFixed }: Plan, national: string): NumberType | null {
  if (types === null || !general.test(national)) return null;
  const is = (type: NumberType) => {
    const found = types.get(type);
    if (!found || (found.lengths && !found.lengths.includes(national.length))) return false;
    return found.pattern.test(national);
  };
  if (is('fixed-line')) return mobileIsFixed || is('mobile') ? 'fixed-line-or-mobile' : 'fixed-line';
  return tried.find(is) ?? null;
}

/** Calling codes have one to three digits, and none begins another. */
function plansOf(e164: string): Plans | null {
  for (let length = 1; length <= 3; length++) {
    const code = e164.slice(1, 1 + length);
    const countries = files.country_calling_codes[code];
    if (!countries) continue;
    let plans = compiled.get(code);
    if (plans === undefined) {
      plans = compilePlans(code, countries);
      compiled.set(code, plans);
    }
    return plans;
  }
  return null;
}

function compilePlans(callingCode: string, countries: readonly string[]): Plans | null {
  const entries = countries.map((country) => [country, files.countries[country]] as const);
  const [main] = entries;
  // 001: numbers of no country are told by other means.
  if (!main?.[1] || entries.some(([, entry]) => !entry)) return null;
  const prefix = text(main[1][7]) ?? text(main[1][5]);
  const leading = entries.flatMap(([, entry]) => text(entry?.[10]) ?? []);
  return {
    callingCode,
    anyLeading: leading.length === 0 ? null : new RegExp(`^(?:${leading.join('|')})`),
    prefix: prefix === null ? null : new RegExp(`^(?:${prefix})`),
    plans: entries.map(([country, entry]) => planOf(country, entry as Entry)),
  };
}

function planOf(country: string, entry: Entry): Plan {
  const written = entry[11] as readonly (Entry | 0)[] | 0 | undefined;
  const leading = text(entry[10]);
  const types = new Map<NumberType, TypePattern>();
  for (const [at, one] of (written || []).entries()) {
    const name = typeNames[at];
    const pattern = one ? text(one[0]) : null;
    if (!one || pattern === null || !name) continue;
    const lengths = (one[1] as readonly number[] | undefined) ?? (entry[3] as readonly number[]);
    types.set(name, { pattern: whole(pattern), lengths });
  }
  const mobile = written ? written[1] : undefined;
  return {
    country,
    general: whole(entry[2] as string),
    leading: leading === null ? null : new RegExp(`^(?:${leading})`),
    types: written ? types : null,
    mobileIsFixed: !mobile || mobile[0] === '',
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}
