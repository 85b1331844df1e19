import type { CallerFacts, CallFacts } from '../../../call/facts.ts';
import { type NoNumberReason, noNumberReasons } from '../../../call/vocabulary.ts';
import type { NumberPattern } from '../../../numbers/number-pattern.ts';
import { haveSameExchange } from '../../conditions/caller-is.ts';
import { callerPoints } from '../../proof/dimensions.ts';
import type { Supposition } from '../../proof/supposition.ts';
import { ruleDefaults } from '../../rule-defaults.ts';
import type { CallSpace } from './call-space.ts';
import { calledIs } from './called-points.ts';
import { pointOf } from './caller-points.ts';
import { Literals } from './literals.ts';
import { madeHistory } from './made-history.ts';
import { madeSite } from './made-site.ts';
import { madeVerification } from './made-verification.ts';
import { exactAnswer } from './policy-pair.ts';
import { usualName } from './simplest-call.ts';
import { numbersOf, someNumbers } from './some-numbers.ts';
import { longestName, textFits, textWitness } from './text-witness.ts';

/** A number that stands on no such list today. */
export interface SupposedRow {
  readonly list: string;
  readonly number: string;
}

export interface MadeCall {
  readonly facts: CallFacts;
  /** What the call supposes of lists that are the same in both policies, or that only one has. */
  readonly supposes: readonly SupposedRow[];
}

const mostCallers = 12;
const mostCalled = 8;
const mostTried = 1500;

/** Calls that fit what is supposed; none when there is none that could be made. */
export function* madeCalls(space: CallSpace, supposition: Supposition): Generator<MadeCall> {
  const literals = new Literals(supposition);
  const now = space.instants[supposition.pointsOf('time')[0] ?? 0] ?? space.now;
  const site = madeSite(literals, now, space);
  const verification = madeVerification(literals, supposition);
  const displayName = madeName(space, literals);
  const alibi = literals.of('alibi')[0]?.answer;
  if (site === null || verification === null || displayName === null) return;
  for (const called of calledNumbers(space, supposition, literals)) {
    const { number: calledNumber } = called;
    for (const caller of callers(space, supposition, literals, calledNumber)) {
      const hasNumber = caller.caller.number !== null;
      const history = madeHistory(literals, hasNumber, calledNumber, now, space);
      if (history === undefined) return;
      const facts: CallFacts = {
        ...{ callId: 'example', linkedId: 'example', sipCallId: '', now },
        caller: { ...caller.caller, displayName },
        called: { number: calledNumber, raw: calledNumber ?? '4100' },
        trunk: madeTrunk(literals),
        ...{ verification, history, noHistoryReason: history === null ? 'deadline' : null },
        ...(site !== undefined && { site }),
        ...(!literals.isUnknown('campaign') && { campaign: madeCampaign(literals) }),
        ...(alibi !== undefined && alibi !== 'unknown' && { signals: { ownCallOut: alibi === 'no' } }),
      };
      yield { facts, supposes: [...caller.supposes, ...called.supposes] };
    }
  }
}

/** Null: it belongs to none. */
function madeCampaign(literals: Literals): string | null {
  const ids = literals.that('campaign', 'yes').map(({ id }) => id);
  return ids.find((id) => id !== null) ?? (ids.length > 0 ? 'c-example' : null);
}

/** Null: no name is found of which all is true that is supposed. */
function madeName({ before, after, claimed }: CallSpace, literals: Literals): string | null {
  const wanted = literals
    .of('name')
    .map(({ variable: { how, text }, answer }) => ({ asked: { [how]: [text] }, holds: answer === 'yes' }));
  const claims = literals.of('claimed-name');
  const found = textWitness(wanted, usualName);
  const fits = (name: string) =>
    name.length <= longestName &&
    textFits(wanted, name) &&
    claims.every(({ variable: { group, only }, answer }) => {
      const all = (only === 'new' ? after : before).claimedNames.find(name);
      return all.some((claim) => group === null || claim.group === group) === (answer === 'yes');
    });
  if (claims.length === 0) return found;
  const groups = claims.flatMap(({ variable: { group }, answer }) =>
    answer === 'yes' && group !== null ? [group] : [],
  );
  const ofGroups = groups.map((group) =>
    claimed.find((name) =>
      [before, after].some((policy) => policy.claimedNames.find(name).some((claim) => claim.group === group)),
    ),
  );
  const some = [found ?? '', ...claimed, ...claimed.map((name) => `${found} ${name}`), ofGroups.join(' ')];
  return some.find(fits) ?? null;
}

interface MadeCaller {
  readonly caller: Omit<CallerFacts, 'displayName'>;
  readonly supposes: readonly SupposedRow[];
}

const firstNumber = callerPoints.indexOf('invalid');
const shortCode = callerPoints.indexOf('short-code');

/** Callers that are known come first. */
function* callers(
  space: CallSpace,
  supposition: Supposition,
  literals: Literals,
  called: string | null,
): Generator<MadeCaller> {
  const left = supposition.pointsOf('caller').flatMap((at) => space.callers[at] ?? []);
  let count = 0;
  for (const { number, isOne } of left) {
    if (number === null || !isNear(literals, number, called)) continue;
    yield { caller: callerOf(number), supposes: isOne ? [] : supposedRows(space, literals, number) };
    if (++count >= mostCallers) break;
  }
  const kinds = new Set(left.flatMap(({ number, point }) => (number === null ? [point] : [])));
  for (const point of kinds) {
    const reason = callerPoints[point];
    if (point === shortCode || !noNumberReasons.has(reason)) continue;
    yield { caller: { number: null, reason, raw: rawOf[reason] }, supposes: [] };
  }
  const unlisted = [...kinds].some((point) => point >= firstNumber || point === shortCode)
    ? unlistedCaller(space, literals, kinds, called)
    : null;
  if (unlisted !== null) yield unlisted;
}

const rawOf: Readonly<Record<NoNumberReason, string>> = {
  withheld: 'anonymous',
  unavailable: '',
  malformed: '12',
  'short-code': '911',
};

function callerOf(number: string): MadeCaller['caller'] {
  if (number.startsWith('+')) return { number, reason: null, raw: number };
  return { number: null, reason: 'short-code', raw: number };
}

/** A number that would have to stand on lists on which it does not. */
function unlistedCaller(
  space: CallSpace,
  literals: Literals,
  kinds: ReadonlySet<number>,
  called: string | null,
): MadeCaller | null {
  const beginnings = literals.that('caller-country', 'yes').map(({ callingCode }) => `+${callingCode}`);
  const near =
    called === null || literals.that('caller-near', 'yes').length === 0 ? [] : [called.slice(0, 8)];
  const patterns: NumberPattern[] = [
    ...literals.that('caller-pattern', 'yes').map(({ pattern }) => pattern),
    ...[...beginnings, ...near].map((prefix): NumberPattern => ({ kind: 'prefix', prefix })),
  ];
  const narrowest = patterns.toSorted((a, b) => lengthOf(b) - lengthOf(a));
  let tried = 0;
  for (const number of triedNumbers(narrowest, called)) {
    if (++tried > mostTried) return null;
    if (!kinds.has(pointOf(number)) || !isNear(literals, number, called)) continue;
    const fits = literals.all.every(({ variable, answer }) => {
      if (variable.about === 'caller-list' && answer === 'yes') return true;
      const is = exactAnswer(variable, number, space);
      return is === null || variable.about.startsWith('called-') || is === (answer === 'yes');
    });
    if (!fits) continue;
    return { caller: callerOf(number), supposes: supposedRows(space, literals, number) };
  }
  return null;
}

function supposedRows(space: CallSpace, literals: Literals, number: string): SupposedRow[] {
  return literals
    .that('caller-list', 'yes')
    .filter(({ list, only }) => only === undefined && !standsOn(space, list, number))
    .map(({ list }) => ({ list, number }));
}

function* triedNumbers(patterns: readonly NumberPattern[], called: string | null): Generator<string> {
  if (called !== null) yield called;
  const [first] = patterns;
  if (first !== undefined) yield* numbersOf(first, 1000);
  yield* someNumbers(patterns, 100);
  yield* ['911', '24273'];
}

/** How much of a number it fixes. */
function lengthOf(pattern: NumberPattern): number {
  return pattern.kind === 'prefix' ? pattern.prefix.length : 16;
}

function standsOn({ before, after, now }: CallSpace, list: string, number: string): boolean {
  return [before, after].every((policy) => {
    const found = policy.lists.get(list);
    return found === undefined || found.find(number, now) !== null;
  });
}

function isNear(literals: Literals, number: string, called: string | null): boolean {
  return literals.of('caller-near').every(({ variable, answer }) => {
    const is =
      called !== null &&
      (variable.how === 'called-number' ? number === called : haveSameExchange(number, called));
    return is === (answer === 'yes');
  });
}

interface MadeCalled {
  readonly number: string | null;
  readonly supposes: readonly SupposedRow[];
}

function* calledNumbers(
  space: CallSpace,
  supposition: Supposition,
  literals: Literals,
): Generator<MadeCalled> {
  const left = supposition.pointsOf('called').flatMap((at) => space.called[at] ?? []);
  const known = left.filter((one) => one.kind === 'number').slice(0, mostCalled);
  for (const { number } of known) yield { number, supposes: [] };
  if (left.some(({ kind }) => kind === 'none')) yield { number: null, supposes: [] };
  if (!left.some(({ kind }) => kind === 'any')) return;
  const patterns = literals.that('called-pattern', 'yes').map(({ pattern }) => pattern);
  const near = literals.that('caller-near', 'yes').length > 0;
  const callers = supposition.pointsOf('caller').flatMap((at) => space.callers[at]?.number ?? []);
  let count = 0;
  for (const number of near ? callers : someNumbers(patterns, 50)) {
    const supposes = supposedCalled(space, literals, number);
    if (supposes === null) continue;
    yield { number, supposes };
    if (++count >= (near ? mostCalled : 1)) return;
  }
}

/** Rows that a called number needs; null: it does not fit. */
function supposedCalled(space: CallSpace, literals: Literals, number: string): SupposedRow[] | null {
  const fits = literals.all.every(({ variable, answer }) => {
    if (variable.about === 'called-list' && answer === 'yes') return true;
    if (variable.about !== 'called-list' && variable.about !== 'called-pattern') return true;
    return calledIs(variable, number, space) === (answer === 'yes');
  });
  if (!fits || !number.startsWith('+')) return null;
  const lists = literals.that('called-list', 'yes').map(({ list }) => list);
  return lists.filter((list) => !standsOn(space, list, number)).map((list) => ({ list, number }));
}

function madeTrunk(literals: Literals): string {
  const [named] = literals.that('trunk', 'yes');
  if (named !== undefined) return named.name;
  const others = literals.that('trunk', 'no').map(({ name }) => name);
  const some = [ruleDefaults.caseTrunk, 'another-trunk', 'a-third-trunk'];
  return some.find((name) => !others.includes(name)) ?? `not-${others.join('-')}`.slice(0, 80);
}
