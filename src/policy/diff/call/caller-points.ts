import { noNumberReasons } from '../../../call/vocabulary.ts';
import type { NumberPattern } from '../../../numbers/number-pattern.ts';
import { numberTraits } from '../../../numbers/number-traits.ts';
import { keyOf, type Variable } from '../../logic/logic.ts';
import type { NumberList } from '../../number-list.ts';
import { callerPoints, either, no, yes } from '../../proof/dimensions.ts';
import { ListedNumbers } from '../../proof/listed-numbers.ts';
import { numberAnswers } from '../../proof/number-answers.ts';
import { exactAnswer, type PolicyPair } from './policy-pair.ts';
import { numbersOf, someNumbers } from './some-numbers.ts';

/**
 * A caller of whom all is known; the same number, if it stood on other lists; or any caller of a kind. `point`: place among
 * `callerPoints`.
 */
export interface Caller {
  readonly point: number;
  /** E.164 or a short code; null: any of the kind, or one without a number. */
  readonly number: string | null;
  /** All is known of it. */
  readonly isOne: boolean;
}

/** Numbers that are looked up, by list; of larger lists the first ones. */
const mostOfList = 200_000;
/** Numbers of the same lists that are told apart by their other properties. */
const mostAlike = 40;
const mostSampled = 8000;
/** Ranges of which each number is looked at. */
const mostOfRange = 256;
/** +1, area code and exchange. */
const exchangeLength = 8;
const shortCodes = ['911', '211', '24273'];

/** The kinds of caller, then callers that stand for all of whom the same is true. */
export function callersOf(
  variables: readonly Variable[],
  pair: PolicyPair,
  changed: readonly NumberPattern[],
): readonly Caller[] {
  const shortCode = callerPoints.indexOf('short-code');
  const kinds = callerPoints.map((kind, point): Caller => {
    return { point, number: null, isOne: noNumberReasons.has(kind) && point !== shortCode };
  });
  const asked = variables.filter((one) => isOfCaller(one));
  const patterns = asked.flatMap((one): NumberPattern[] => {
    if (one.about === 'caller-pattern') return [one.pattern];
    return one.about === 'caller-country' ? [{ kind: 'prefix', prefix: `+${one.callingCode}` }] : [];
  });
  const all = [...new Map(patterns.map((one) => [JSON.stringify(one), one])).values()];
  const each = Math.min(200, Math.max(2, Math.floor(mostSampled / (all.length + 20))));
  const found = new Map<string, Caller>();
  const add = (number: string) => {
    const point = pointOf(number);
    const answers = asked.map((one) => (exactAnswer(one, number, pair) ? '1' : '0')).join('');
    const key = `${point} ${answers}`;
    if (!found.has(key)) found.set(key, { point, number, isOne: true });
  };
  for (const number of someNumbers(all, each)) if (isNumber(number)) add(number);
  for (const number of someNumbers(changed, 5)) if (isNumber(number)) add(number);
  for (const number of listedNumbers(pair)) add(number);
  for (const number of [...shortCodes, ...all.flatMap(shortCodeOf)]) add(number);
  const elsewhere = new Map<string, Caller>();
  for (const number of all.flatMap((one) => [...(numbersNamed(one) ?? [])])) {
    add(number);
    const point = pointOf(number);
    const answers = asked.map((one) => one.about !== 'caller-list' && exactAnswer(one, number, pair));
    const key = `${point} ${answers.join()}`;
    if (!elsewhere.has(key)) elsewhere.set(key, { point, number, isOne: false });
  }
  return [...kinds, ...found.values(), ...elsewhere.values()];
}

/**
 * What the question can answer of a caller.
 * @param ofKinds the same by `callerPoints`
 */
export function callerAnswer(
  variable: Variable,
  { point, number, isOne }: Caller,
  ofKinds: readonly number[],
  pair: PolicyPair,
): number {
  const ofKind = ofKinds[point] as number;
  if (number === null) {
    return isAmongKind(variable, point) ? ofKind : ofKind & no;
  }
  const answer = exactAnswer(variable, number, pair);
  if (answer === null) return ofKind;
  if (answer) return yes;
  return !isOne && variable.about === 'caller-list' && variable.only === undefined ? either : no;
}

export function pointOf(number: string): number {
  if (!number.startsWith('+')) return callerPoints.indexOf('short-code');
  const traits = numberTraits(number);
  return callerPoints.indexOf(traits?.valid ? (traits.type ?? 'other type') : 'invalid');
}

function isOfCaller({ about }: Variable): boolean {
  return about.startsWith('caller-') || about === 'share';
}

/** All numbers of a pattern, or null: too many to look at. */
function numbersNamed(pattern: NumberPattern): readonly string[] | null {
  if (pattern.kind === 'exact') return [pattern.number];
  if (pattern.kind === 'prefix') return null;
  const [from, to] = [Number(pattern.from), Number(pattern.to)];
  return to - from > mostOfRange ? null : Array.from({ length: to - from + 1 }, (_, i) => `+${from + i}`);
}

/** False: no caller of the kind answers yes, but for those that are told apart. */
function isAmongKind(variable: Variable, point: number): boolean {
  switch (variable.about) {
    case 'caller-list':
      return variable.only === undefined;
    case 'caller-pattern':
      return numbersNamed(variable.pattern) === null && kindsIn(variable.pattern)?.has(point) !== false;
    case 'caller-country':
      return callerPoints[point] !== 'invalid' || isOfInvalid(variable);
    default:
      return true;
  }
}

type Country = Extract<Variable, { about: 'caller-country' }>;
const ofInvalid = new Map<string, boolean>();

/** Whether numbers that nobody was given belong to the country: where several share a calling code they belong to none. */
function isOfInvalid(variable: Country): boolean {
  const key = keyOf(variable);
  const known = ofInvalid.get(key);
  if (known !== undefined) return known;
  const some = [...numbersOf({ kind: 'prefix', prefix: `+${variable.callingCode}` }, 400)];
  const found = some.some(
    (number) =>
      isNumber(number) &&
      callerPoints[pointOf(number)] === 'invalid' &&
      numberAnswers(variable, number, new Map(), 0) === true,
  );
  ofInvalid.set(key, found);
  return found;
}

const kindsOfPrefixes = new Map<string, ReadonlySet<number>>();

/**
 * The kinds of number that a prefix has, as places among `callerPoints`; null: it may have any. In North America numbers are
 * assigned by the exchange, so that one of each tells.
 */
function kindsIn(pattern: NumberPattern): ReadonlySet<number> | null {
  if (pattern.kind !== 'prefix' || !/^\+1\d{3}/.test(pattern.prefix)) return null;
  const { prefix } = pattern;
  const found = kindsOfPrefixes.get(prefix);
  if (found !== undefined) return found;
  const open = Math.max(0, exchangeLength - prefix.length);
  const kinds = new Set<number>();
  for (let exchange = 0; exchange < 10 ** open; exchange++) {
    const begun = `${prefix}${open === 0 ? '' : String(exchange).padStart(open, '0')}`;
    for (const line of ['0143', '7000', '9999'])
      kinds.add(pointOf(begun + line.slice(begun.length - exchangeLength)));
  }
  // Shorter and longer than numbers are.
  kinds.add(callerPoints.indexOf('invalid'));
  kindsOfPrefixes.set(prefix, kinds);
  return kinds;
}

/** E.164: at most fifteen digits. */
function isNumber(number: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(number);
}

function shortCodeOf(pattern: NumberPattern): string[] {
  return pattern.kind === 'exact' && !pattern.number.startsWith('+') ? [pattern.number] : [];
}

/** Numbers that stand on lists, of each combination of lists some. */
function* listedNumbers({ before, after, now }: PolicyPair): Generator<string> {
  const lists: NumberList[] = [...before.lists.values(), ...after.lists.values()];
  const seen = new Set<string>();
  const alike = new Map<string, number>();
  for (const list of lists) {
    const rows = new ListedNumbers(list);
    let looked = 0;
    const patterns = rows.patterns().map(({ pattern }) => pattern);
    for (const number of joined(list.numbers(), someNumbers(patterns.slice(0, 500), 3))) {
      if (++looked > mostOfList) break;
      if (seen.has(number)) continue;
      seen.add(number);
      const on = lists.map((one) => (one.find(number, now) === null ? '0' : '1')).join('');
      const count = (alike.get(on) ?? 0) + 1;
      alike.set(on, count);
      if (count <= mostAlike) yield number;
    }
  }
}

function* joined(...several: Iterable<string>[]): Generator<string> {
  for (const one of several) yield* one;
}
