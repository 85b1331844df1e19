import { isNorthAmerica, type Region } from './read-number.ts';

/** Dialed in most countries, from mobiles in all (3GPP TS 22.101, 10.1). */
const everywhere = ['112', '911'];

/** Further ones, by country, as their regulators publish them. */
const national: { readonly [R in Region]?: readonly string[] } = {
  AT: ['122', '133', '144'],
  AU: ['000', '106'],
  BR: ['190', '192', '193'],
  CH: ['117', '118', '144'],
  DE: ['110'],
  ES: ['061', '091', '080'],
  FR: ['15', '17', '18', '114'],
  GB: ['999'],
  HK: ['999'],
  IE: ['999'],
  IN: ['100', '101', '102', '108'],
  IT: ['113', '115', '118'],
  JP: ['110', '118', '119'],
  KR: ['119'],
  MY: ['999'],
  NZ: ['111'],
  SG: ['995', '999'],
  ZA: ['10111', '10177'],
};

/** Numbers that somebody in this region dials in an emergency, when the site does not say. */
export function emergencyNumbersOf(region: Region): readonly string[] {
  return isNorthAmerica(region) ? everywhere : [...everywhere, ...(national[region] ?? [])];
}

/**
 * True for one of `numbers` as it was dialed; also behind one digit for an outside line: Kari's Law wants 911 to work without it,
 * and people press it all the same.
 */
export function isEmergencyNumber(dialed: string, numbers: readonly string[]): boolean {
  const digits = dialed.replace(/^\+/, '');
  return numbers.includes(digits) || (/^[0189]\d{3,}$/.test(digits) && numbers.includes(digits.slice(1)));
}
