/** The writing of a number before its plan changed, and what it is since. */
type Change = readonly [old: RegExp, now: string | ((...groups: string[]) => string)];

/** Vietnam: what came of each old prefix of mobiles; the seven digits behind stay (Ministry of Information, 15 September 2018). */
const vietnamese: Readonly<Record<string, string>> = {
  ...{ 120: '70', 121: '79', 122: '77', 126: '76', 128: '78' },
  ...{ 123: '83', 124: '84', 125: '85', 127: '81', 129: '82' },
  ...{ 162: '32', 163: '33', 164: '34', 165: '35', 166: '36', 167: '37', 168: '38', 169: '39' },
  ...{ 186: '56', 188: '58', 199: '59' },
};

const changes: readonly Change[] = [
  // Mexico: mobiles have no 1 any more (IFT, 3 August 2019).
  [/^\+521(\d{10})$/, '+52$1'],
  // Brazil: mobiles have a 9 before their eight digits (Anatel, 2012 to 2016).
  [/^\+55([1-9]\d)([6-9]\d{7})$/, '+55$19$2'],
  // Argentina: 15 within the country is 9 from abroad, never both; libphonenumber-js reads the 15.
  [/^\+549(\d{12})$/, '+54$1'],
  // Ivory Coast: the operator's two digits before the old eight (ARTCI, 31 January 2021): mobiles of Moov, MTN and Orange, then lines.
  [/^\+225((?:0[1-3]|[457][0-3])\d{6})$/, '+22501$1'],
  [/^\+225([04-9][4-6]\d{6})$/, '+22505$1'],
  [/^\+225((?:[04-8][7-9]|9[78])\d{6})$/, '+22507$1'],
  [/^\+225(2[0-3]8\d{5})$/, '+22521$1'],
  [/^\+225((?:2[0-4]|3[0-6])0\d{5})$/, '+22525$1'],
  [/^\+225((?:20[23]|21[2357]|22[45]|23[45]|24[3-5]|306|31[69]|3[2-4]7)\d{5})$/, '+22527$1'],
  // Benin: 01 before all (ARCEP, 30 November 2024).
  [/^\+229([2-9]\d{7})$/, '+22901$1'],
  // Colombia: 60 before the area code of lines (CRC, resolution 5826 of 2019, 1 September 2021).
  [/^\+57([124-8]\d{7})$/, '+5760$1'],
  [
    /^\+84(1[2689]\d)(\d{7})$/,
    (all, prefix = '', rest = '') =>
      vietnamese[prefix] === undefined ? all : `+84${vietnamese[prefix]}${rest}`,
  ],
];

/** One caller, whichever writing is still in use: the number as it is since its plan changed. @param e164 with plus */
export function renumbered(e164: string): string {
  for (const [old, now] of changes) {
    if (old.test(e164)) return e164.replace(old, now as string);
  }
  return e164;
}

/**
 * Countries whose old national writing nothing else can be, and in parentheses what stands behind their code from abroad. Mexico had
 * 01, 044 and 045 in front (until 3 August 2019), Brazil mobiles of eight digits.
 */
const oldNational: Readonly<Record<string, RegExp>> = {
  CI: /^(\d{8})$/,
  BJ: /^(\d{8})$/,
  VN: /^0(1\d{9})$/,
  MX: /^(?:01|04[45])([1-9]\d{9})$/,
  BR: /^0?([1-9]\d[6-8]\d{7})$/,
};

/** A national number of the old plan as E.164 of the new one, or null. @param digits as written within the country */
export function renumberedNational(digits: string, region: string, callingCode: string): string | null {
  const [, national] = oldNational[region]?.exec(digits) ?? [];
  if (national === undefined) return null;
  const old = `+${callingCode}${national}`;
  const now = renumbered(old);
  return now === `+${callingCode}${digits}` ? null : now;
}
