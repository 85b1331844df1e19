import { type CallerFacts, listedNumber } from '../../call/facts.ts';
import { changeDigits, type Trunk } from '../../call/trunk.ts';
import { callerFacts, isRegion, type Region } from '../../numbers/phone-number.ts';
import type { EntryFields } from './entry-args.ts';
import { readAddresses, type SipAddress } from './sip-address.ts';

/**
 * The caller, from the header that the trunk's setting names; from the other one when that has no number. Without a setting
 * it is CALLERID(num), or another P-Asserted-Identity when that is no number. Never throws.
 */
export function callerOf(fields: EntryFields, trunk: Trunk): CallerFacts {
  const region = regionOf(trunk);
  const facts = (raw: string) =>
    callerFacts(changeDigits(raw, trunk.callerDigits), presentationOf(fields), fields.name, region);
  const written = candidates(fields, trunk).filter((text) => text !== '');
  const read = written.map(facts);
  const isCaller = (one: CallerFacts) => listedNumber(one) !== null || one.reason === 'withheld';
  return read.find(isCaller) ?? read[0] ?? facts('');
}

/** The number of an address as this trunk writes it; null: none. */
export function numberOf({ user }: SipAddress, trunk: Trunk): string | null {
  return callerFacts(changeDigits(user, trunk.callerDigits), 'allowed', '', regionOf(trunk)).number;
}

export function regionOf({ region }: Trunk): Region {
  return isRegion(region) ? region : 'US';
}

export function assertedHeaders({ pai, pai2, pai3 }: EntryFields): string[] {
  return [pai, pai2, pai3].filter((header) => header !== '');
}

function candidates(fields: EntryFields, trunk: Trunk): string[] {
  const users = (header: string, isList: boolean) =>
    readAddresses(header, isList).addresses.map(({ user }) => user);
  const from = users(fields.from, false);
  const asserted = assertedHeaders(fields).flatMap((header) => users(header, true));
  if (trunk.caller === 'pai') return [...asserted, ...from, fields.num];
  if (trunk.caller === 'from') return [...from, ...asserted, fields.num];
  return fields.num === '' ? [] : [fields.num, ...asserted];
}

/** RFC 3323 and RFC 3325: the number is known to us and must not be shown. */
function presentationOf({ pres, priv, from }: EntryFields): string {
  const asksPrivacy = /(^|[^a-z])(id|user|header|full)([^a-z]|$)/i.test(priv);
  const isAnonymous = readAddresses(from).addresses.some(
    ({ user, host }) => /^anonymous$/i.test(user) || host === 'anonymous.invalid',
  );
  return asksPrivacy || isAnonymous ? 'prohib_passed_screen' : pres;
}
