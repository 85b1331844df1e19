import { noNumberReasons } from '../../call/vocabulary.ts';
import { windowWords } from '../../call/windows.ts';
import { type NumberPattern, patternWords } from '../../numbers/number-pattern.ts';
import { type Variable, verificationStates } from '../logic/logic.ts';
import type { Policy } from '../policy.ts';
import { callerPoints, no, unknown, yes } from './dimensions.ts';
import { ListedNumbers } from './listed-numbers.ts';
import { numberAnswers } from './number-answers.ts';
import type { RuleClauses } from './rule-clauses.ts';
import type { Supposition } from './supposition.ts';

/** Fictitious, or of exchanges that are no person's: of several countries, in use and not, toll-free. */
const someNumbers = ['+12025550143', '+442079460123', '+18005550199', '+61255501234', '+10000000000'];

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
  const missing = points.every((point) => noNumberReasons.has(point));
  if (missing) return `a caller whose number is ${points[0]}`;
  const fits = (number: string) =>
    supposed.every(({ variable, value }) => {
      const answer = numberAnswers(variable, number, policy.lists, 0);
      return answer === null || answer === (value === yes);
    });
  const found = someNumbers.find(fits) ?? candidates(policy, supposed).find(fits);
  if (found !== undefined) return found;
  const missingPoint = points.find((point) => noNumberReasons.has(point));
  if (missingPoint) return `a caller whose number is ${missingPoint}`;
  const list = supposed.find(({ variable, value }) => variable.about === 'caller-list' && value === yes);
  return list?.variable.about === 'caller-list' ? `a number on ${list.variable.list}` : 'a number';
}

/** Numbers that what is supposed is about: in its patterns, lists and countries. */
function* candidates({ lists }: Policy, supposed: readonly Supposed[]): Generator<string> {
  for (const { variable, value } of supposed) {
    if (value !== yes) continue;
    if (variable.about === 'caller-pattern') yield* numbersIn(variable.pattern);
    if (variable.about === 'caller-country') yield `+${variable.callingCode}2025550143`;
    const list = variable.about === 'caller-list' ? lists.get(variable.list) : undefined;
    if (list) yield* new ListedNumbers(list).sample();
  }
}

function numbersIn(pattern: NumberPattern): string[] {
  if (pattern.kind === 'exact') return [pattern.number];
  if (pattern.kind === 'range') return [pattern.from, pattern.to];
  return [
    `${pattern.prefix}${'2025550143'.slice(Math.max(0, pattern.prefix.length - 2))}`,
    pattern.prefix.padEnd(12, '0'),
  ];
}

const unknownWords: { readonly [A in Variable['about']]?: string } = {
  'signer-certificate': 'certificate of the signer not known',
  alibi: 'calls of ours in progress not known',
  level: 'attack levels not known',
  'call-back-surge': 'attack levels not known',
  campaign: 'campaign not known',
};

/** Null: told elsewhere, or not worth telling. */
function wordsOf(variable: Variable, value: number): string | null {
  if (value === unknown) {
    return unknownWords[variable.about] ?? 'history not known';
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
    case 'signature-note':
    case 'signer-certificate':
      return variable.words;
    case 'time':
      return `at ${variable.words} (${variable.zone})`;
    case 'admission':
      return { pass: 'with a pass', dialed: 'dialed by us', expected: 'expected' }[variable.kind];
    case 'count':
      return `${variable.field} over ${variable.over} within ${windowWords(variable.withinMs)}`;
    case 'flags':
      return `flagged as ${variable.words.join(' or ')}`;
    case 'opted-out':
      return 'opted out';
    case 'weaker-verification':
      return 'verified less well than usual';
    case 'heard':
      return `with a ${variable.tone === 'tty' ? 'TTY' : 'fax'} heard before`;
    case 'alibi':
      return 'while no call of ours shows this number';
    case 'claimed-name':
      return variable.group === null ? 'claiming to be somebody' : `claiming to be ${variable.group}`;
    case 'emergency-dialed':
      return 'after an emergency number was dialed';
    case 'level':
      return `at ${variable.of === 'any' ? 'a' : `a ${variable.of.replace(/^list:/, '')}`} level of ${variable.atLeast}`;
    case 'call-back-surge':
      return 'while the called number has a call-back surge';
    case 'share':
      return `among the first ${variable.percent}% of callers`;
    case 'closed':
      return variable.calendar === null
        ? 'while something is closed by hand'
        : `while ${variable.calendar} is closed by hand`;
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
