import type { CallerFacts } from '../../src/call/facts.ts';
import { numberTraits } from '../../src/numbers/number-traits.ts';
import type { Dice } from './dice.ts';

/** Our block: all fictitious, as the first of the shipped rules are. */
export const ownBlock = { from: '+1 317 555 0100', to: '+1 317 555 0399' };
export const switchboard = '+13175550100';
/** The direct lines of departments; then those of persons; then those that nobody has. */
export const departments = own(1, 24);
export const clinicNumber = own(25, 26)[0] as string;
export const faxNumber = own(26, 27)[0] as string;
export const persons = own(30, 260);
export const unusedNumbers = own(260, 300);
export const wholeBlock = own(0, 300);

const localAreas = ['317', '317', '317', '463', '765', '812', '930', '574'];
/** Area codes of the United States, as the tables have them. */
const allAreas: readonly string[] = Array.from({ length: 800 }, (_, at) => String(at + 200)).filter(
  (area) => numberTraits(`+1${area}2345678`)?.country === 'US',
);

/** Of our block, by place. */
function own(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, at) => `+13175550${100 + from + at}`);
}

export function localNumber(dice: Dice): string {
  return inArea(dice, dice.pick(localAreas));
}

export function numberAnywhere(dice: Dice): string {
  return inArea(dice, dice.pick(allAreas));
}

export function tollFreeNumber(dice: Dice): string {
  return inArea(dice, dice.pick(['800', '833', '844', '855', '866', '877', '888']));
}

/** Of our own exchange, beside our block. */
export function neighborNumber(dice: Dice): string {
  return `+1317555${1000 + dice.below(9000)}`;
}

const abroad = ['+5255', '+9198', '+6391', '+4479', '+4915', '+5411', '+2348'];

export function foreignNumber(dice: Dice): string {
  const prefix = dice.pick(abroad);
  return `${prefix}${String(10_000_000 + dice.below(89_999_999))}`;
}

export function inArea(dice: Dice, area: string): string {
  return inExchange(dice, `${area}${exchange(dice)}`);
}

/** @param exchange area code and exchange, six digits */
export function inExchange(dice: Dice, exchange: string): string {
  return `+1${exchange}${String(dice.below(10_000)).padStart(4, '0')}`;
}

/** No N11, and not the exchange of our own block. */
function exchange(dice: Dice): string {
  for (;;) {
    const found = String(200 + dice.below(800));
    if (!found.endsWith('11') && found !== '555') return found;
  }
}

const surnames =
  'SMITH JOHNSON MILLER DAVIS GARCIA NGUYEN BROWN CLARK HALL YOUNG KING LOPEZ REED COOK BELL WARD'.split(' ');
const names = 'MARY JAMES LINDA ROBERT ANA DAVID SUSAN PAUL KAREN MARK LISA THOMAS'.split(' ');
const places = ['INDIANAPOLIS IN', 'CARMEL IN', 'FISHERS IN', 'GREENWOOD IN', 'MUNCIE IN'];

/** As networks show a private line. */
export function privateName(dice: Dice): string {
  const kind = dice.next();
  if (kind < 0.4) return 'WIRELESS CALLER';
  if (kind < 0.75) return `${dice.pick(surnames)} ${dice.pick(names)}`;
  if (kind < 0.9) return dice.pick(places);
  return '';
}

export function callerWith(number: string, displayName: string): CallerFacts {
  return { number, reason: null, raw: number, displayName };
}

export const withheldCaller: CallerFacts = {
  number: null,
  reason: 'withheld',
  raw: 'anonymous',
  displayName: 'Anonymous',
};
