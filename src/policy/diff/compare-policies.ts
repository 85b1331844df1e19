import type { CallFacts } from '../../call/facts.ts';
import { decide } from '../decide.ts';
import type { Logic, Variable } from '../logic/logic.ts';
import { unknown, yes } from '../proof/dimensions.ts';
import { type Goal, notYes, search } from '../proof/search.ts';
import { Supposition } from '../proof/supposition.ts';
import { type Clause, variablesOf } from '../proof/theory.ts';
import { type CallSpace, callSpace } from './call/call-space.ts';
import { exampleWords } from './call/example-words.ts';
import { implications } from './call/implications.ts';
import { instantsOf } from './call/instants.ts';
import { type MadeCall, madeCalls } from './call/made-calls.ts';
import { simplestCall } from './call/simplest-call.ts';
import { SupposedLists } from './call/supposed-lists.ts';
import { candidatePairs, type RulePair } from './candidate-pairs.ts';
import { heardChanges } from './changes/heard-changes.ts';
import { type FoundListChange, listChanges } from './changes/list-changes.ts';
import { monitorChanges } from './changes/monitor-changes.ts';
import type { ComparedPolicy } from './compared-policy.ts';
import { type ComparedRule, comparedRules, type SharedQuestions, timeKey } from './compared-rules.ts';
import { type Fate, fateOf, fateWords, sameFate } from './fate.ts';
import type { FateChange, PolicyDiff, Unproven } from './policy-diff.ts';

export interface CompareOptions {
  /** Epoch ms: rows that have ended by then are none, and examples are later. */
  readonly now: number;
  /** Asked before each pair of rules; then the rest is not looked at. */
  readonly isLate?: () => boolean;
  readonly progress?: (done: number, total: number) => void;
}

const provingSteps = 20_000;
const findingSteps = 60_000;
/** Calls that could not be made of what was found. */
const mostRefused = 60;
const mostUnproven = 100;

/**
 * Which calls fare otherwise by `after` than by `before`. For each two rules with different verdicts it is proven that no
 * call goes from the first to the second, or a call is found and decided by both, or it is said that neither came about.
 */
export function comparePolicies(
  before: ComparedPolicy,
  after: ComparedPolicy,
  { now, isLate = () => false, progress = () => undefined }: CompareOptions,
): PolicyDiff {
  const lists = listChanges(before.policy, after.policy);
  const comparison = new Comparison(before, after, lists, now);
  const pairs = candidatePairs(comparison.old, comparison.recent);
  const fates: FateChange[] = [];
  const unproven: Unproven[] = [];
  let notLookedAt = 0;
  for (const [at, pair] of pairs.entries()) {
    if (at % 16 === 0) progress(at, pairs.length);
    const found = isLate() ? 'time' : comparison.look(pair);
    if (found === 'none') continue;
    if (typeof found === 'object') fates.push(found);
    else if (unproven.length < mostUnproven) unproven.push({ ...comparison.places(pair), why: found });
    else notLookedAt++;
  }
  return {
    versions: { before: before.policy.version, after: after.policy.version },
    ...{ fates, unproven, notLookedAt },
    lists: lists.map(({ rows: _, ...change }) => change),
    monitor: monitorChanges(before, after),
    heard: heardChanges(before, after),
  };
}

interface ProvenRule {
  readonly key: string;
  readonly clause: Clause;
}

class Comparison {
  readonly old: readonly ComparedRule[];
  readonly recent: readonly ComparedRule[];
  readonly #space: CallSpace;
  readonly #supposed: SupposedLists;
  readonly #oldClauses: readonly ProvenRule[];
  readonly #recentClauses: readonly ProvenRule[];
  /** What is true of every call, and the theory does not see. */
  readonly #always: readonly Goal[];

  constructor(before: ComparedPolicy, after: ComparedPolicy, lists: readonly FoundListChange[], now: number) {
    const differingLists = new Set(
      lists.filter((one) => one.declared === null && one.added + one.removed > 0).map(({ list }) => list),
    );
    const claims = [before, after].map(({ plan }) => plan.claimedNames ?? {});
    const claimsDiffer = JSON.stringify(claims[0]) !== JSON.stringify(claims[1]);
    const unshared: SharedQuestions = { differingLists, differingTimes: new Set(), claimsDiffer };
    const shared: SharedQuestions = {
      differingLists,
      claimsDiffer,
      differingTimes: differingTimes(
        timesOf(comparedRules('old', before, unshared)),
        timesOf(comparedRules('new', after, unshared)),
        now,
      ),
    };
    this.old = comparedRules('old', before, shared);
    this.recent = comparedRules('new', after, shared);
    const variables = [...this.old, ...this.recent].flatMap(({ logic }) => variablesOf(logic));
    const claimed = claims.flatMap((names) => Object.values(names).flat());
    const pair = { before: before.policy, after: after.policy, now, claimed };
    this.#space = callSpace(
      variables,
      pair,
      lists.flatMap(({ rows }) => rows),
    );
    this.#supposed = new SupposedLists(before, after);
    const clauses = (rules: readonly ComparedRule[]) =>
      rules.map(({ key, logic }) => ({ key, clause: this.#space.theory.clauseOf(logic) }));
    this.#oldClauses = clauses(this.old);
    this.#recentClauses = clauses(this.recent);
    this.#always = implications(variables).map((logic) => ({
      clause: this.#space.theory.clauseOf(logic),
      wanted: yes | unknown,
    }));
  }

  /** A change, the proof that there is none, or why there is neither. */
  look(pair: RulePair): FateChange | 'none' | Unproven['why'] {
    const goals = this.#goals(pair);
    const { theory, callers, called } = this.#space;
    // Most pairs end here.
    if (search(new Supposition(theory), goals, provingSteps) === 'none') return 'none';
    let change: FateChange | null = null;
    let refused = 0;
    const accepts = (supposition: Supposition) => () => {
      if (refused >= mostRefused) return false;
      change = this.#changeOf(pair, supposition);
      if (change === null) refused++;
      return change !== null;
    };
    const real = new Supposition(theory);
    real.restrict('caller', (point) => callers[point]?.isOne === true);
    real.restrict('called', (point) => called[point]?.kind !== 'any');
    if (search(real, goals, findingSteps, accepts(real)) === 'found' && change !== null) return change;
    refused = 0;
    const any = new Supposition(theory);
    const result = search(any, goals, findingSteps, accepts(any));
    if (result === 'found' && change !== null) return change;
    if (result === 'gave-up') return 'steps';
    return refused > 0 ? 'no-call' : 'none';
  }

  places({ old, now }: RulePair): Pick<Unproven, 'before' | 'after'> {
    const [was, is] = [this.old[old] as ComparedRule, this.recent[now] as ComparedRule];
    return {
      before: { rule: was.rule.id, place: was.rule.place },
      after: { rule: is.rule.id, place: is.rule.place },
    };
  }

  /** The call reaches the one rule by the old policy, and the other by the new one. */
  #goals({ old, now }: RulePair): Goal[] {
    const [was, is] = [this.#oldClauses[old] as ProvenRule, this.#recentClauses[now] as ProvenRule];
    const above = new Map(
      [...this.#oldClauses.slice(0, old), ...this.#recentClauses.slice(0, now)].map((one) => [one.key, one]),
    );
    return [
      { clause: was.clause, wanted: yes },
      { clause: is.clause, wanted: yes },
      ...[...above.values()].map(({ clause }) => ({ clause, wanted: notYes })),
      ...this.#always,
    ];
  }

  #changeOf(pair: RulePair, supposition: Supposition): FateChange | null {
    for (const made of madeCalls(this.#space, supposition)) {
      const change = this.#decided(pair, made);
      if (change !== null) return change;
    }
    return null;
  }

  /** Both policies decide the call: what is shown is true. */
  #decided({ old, now }: RulePair, made: MadeCall): FateChange | null {
    const [was, is] = [this.old[old] as ComparedRule, this.recent[now] as ComparedRule];
    const { before, after } = this.#supposed.with(made.supposes);
    const fatesOf = (facts: CallFacts): readonly [Fate, Fate] | null => {
      const [first, second] = [decide(facts, before), decide(facts, after)];
      if (first.rule !== was.rule.id || second.rule !== is.rule.id) return null;
      const fates = [fateOf(first.verdict, facts, before), fateOf(second.verdict, facts, after)] as const;
      return sameFate(...fates) ? null : fates;
    };
    if (fatesOf(made.facts) === null) return null;
    const at = this.#space.now;
    const facts = simplestCall(made.facts, at, (simpler) => fatesOf(simpler) !== null);
    const fates = fatesOf(facts);
    if (fates === null) return null;
    const told = fateWords(...fates);
    const words = exampleWords({ ...made, facts }, after, at);
    return {
      before: { rule: was.rule.id, place: was.rule.place, fate: told.before },
      after: { rule: is.rule.id, place: is.rule.place, fate: told.after },
      example: { words, facts, supposes: made.supposes },
    };
  }
}

type Time = Extract<Variable, { about: 'time' }>;

function timesOf(rules: readonly { readonly logic: Logic }[]): Map<string, Time> {
  const times = rules.flatMap(({ logic }) => variablesOf(logic)).filter((one) => one.about === 'time');
  return new Map(times.map((time) => [timeKey(time), time]));
}

/** Times that are called the same, and are not: a calendar whose days changed. */
function differingTimes(
  old: ReadonlyMap<string, Time>,
  recent: ReadonlyMap<string, Time>,
  now: number,
): Set<string> {
  const both = [...old].flatMap(([key, was]) => {
    const is = recent.get(key);
    return is === undefined ? [] : [{ key, was, is }];
  });
  const instants = instantsOf(
    both.flatMap(({ was, is }) => [was, is]),
    now,
  );
  return new Set(
    both
      .filter(({ was, is }) => instants.some((at) => was.holdsAt(at) !== is.holdsAt(at)))
      .map(({ key }) => key),
  );
}
