import { patternWords, type Variable, verificationStates } from '../conditions/logic.ts';
import type { NumberPattern } from '../number-pattern.ts';
import { callerPoints } from './dimensions.ts';
import { ListedNumbers } from './listed-numbers.ts';
import type { RuleClauses } from './rule-clauses.ts';
import type { Supposition } from './supposition.ts';
import { no, unknown, yes } from './values.ts';

const someDigits = '2025550143';

/** A call that fits what is supposed, in words: `from +442079460123, verification failed, on trunk carrier-b`. */
export function exampleCall(clauses: RuleClauses, supposition: Supposition, caller?: string): string {
  const supposed = supposition.supposed().map(({ id, value }) => ({
    variable: supposition.theory.known(id).variable,
    value,
  }));
  const words = [`from ${caller ?? callerWords(clauses, supposition, supposed)}`];
  const states = supposition.pointsOf('verification');
  if (states.length < verificationStates.length)
    words.push(`verification ${verificationStates[states.at(-1) ?? 0]}`);
  for (const { variable, value } of supposed) {
    const said = wordsOf(variable, value);
    if (said !== null) words.push(said);
  }
  return [...new Set(words)].join(', ');
}

interface Supposed {
  readonly variable: Variable;
  readonly value: number;
}

function callerWords(
  { policy }: RuleClauses,
  supposition: Supposition,
  supposed: readonly Supposed[],
): string {
  const points = supposition.pointsOf('caller').map((point) => callerPoints[point]);
  const point = points.includes('fixed-line-or-mobile') ? 'fixed-line-or-mobile' : points[0];
  if (point === 'withheld' || point === 'unavailable' || point === 'malformed')
    return `a caller whose number is ${point}`;
  const holds = supposed.flatMap(({ variable, value }) => (value === yes ? [variable] : []));
  const not = new Set(
    supposed.flatMap(({ variable, value }) =>
      value === no && variable.about === 'caller-list' ? [variable.list] : [],
    ),
  );
  for (const variable of holds) {
    if (variable.about === 'caller-pattern') return numberIn(variable.pattern);
    if (variable.about === 'caller-list') {
      const list = policy.lists.get(variable.list);
      const listed = list
        ? new ListedNumbers(list).some(
            (number) => ![...not].some((other) => policy.lists.get(other)?.find(number, 0)),
          )
        : null;
      return listed ?? `a number on ${variable.list}`;
    }
  }
  const country = holds.find((variable) => variable.about === 'caller-country');
  const number = `+${country?.about === 'caller-country' ? country.callingCode : '1'}${someDigits}`;
  return point === 'invalid' ? `${number.slice(0, -someDigits.length)}0000000000` : number;
}

function numberIn(pattern: NumberPattern): string {
  if (pattern.kind === 'exact') return pattern.number;
  if (pattern.kind === 'range') return pattern.from;
  return pattern.prefix.length >= 12
    ? pattern.prefix
    : `${pattern.prefix}${'5550143'.slice(pattern.prefix.length - 12)}`;
}

/** Null: told elsewhere, or not worth telling. */
function wordsOf(variable: Variable, value: number): string | null {
  if (value === unknown) {
    return variable.about === 'campaign' ? 'campaign not known' : 'history not known';
  }
  if (value === no) return null;
  switch (variable.about) {
    case 'trunk':
      return `on trunk ${variable.name}`;
    case 'called-pattern':
      return `to ${patternWords(variable.pattern)}`;
    case 'called-list':
      return `to a number on ${variable.list}`;
    case 'name':
      return `with a name that ${variable.how} "${variable.text}"`;
    case 'signature':
      return variable.words;
    case 'time':
      return `at ${variable.words} (${variable.zone})`;
    case 'admission':
      return { pass: 'with a pass', dialled: 'dialled by us', expected: 'expected' }[variable.kind];
    case 'count':
      return `${variable.field} over ${variable.over} within ${variable.within}`;
    case 'flags':
      return `flagged as ${variable.words.join(' or ')}`;
    case 'opted-out':
      return 'opted out';
    case 'campaign':
      return variable.id === null ? 'of a campaign' : `of campaign ${variable.id}`;
    case 'caller-near':
      return variable.how === 'same-exchange'
        ? 'from the exchange of the called number'
        : 'from the called number itself';
    case 'rule-in-force':
      return `before "${variable.rule}" expires`;
    default:
      return null;
  }
}
