import { isOver } from '../decision.ts';
import type { Policy } from '../policy.ts';
import type { Problem } from '../problem.ts';
import { callerPoints, no, turned, unknown, yes } from './dimensions.ts';
import { HookedRules } from './hooked-rules.ts';
import { anyCall, type ProvenRule, type RuleClauses, reaches } from './rule-clauses.ts';
import { notYes, search } from './search.ts';
import type { Supposition } from './supposition.ts';
import type { Clause } from './theory.ts';

/** Above this nothing is claimed: to call a good rule bad would be worse than to miss a bad one. */
const mostSteps = 3000;

/** Rules that no call can come to: by their own conditions, by the rules above them, by empty lists, by their date. */
export function findNeverMatching(
  clauses: RuleClauses,
  now: number,
  progress: (done: number, total: number) => void,
): Problem[] {
  const problems = clauses.policy.rules.flatMap((rule) => (isOver(rule, now) ? [expired(rule)] : []));
  const hooked = new HookedRules(clauses.rules, clauses.theory);
  // One of each for all rules: a supposition is as large as the theory.
  const calls = { any: anyCall(clauses, false), now: anyCall(clauses, true) };
  for (const at of clauses.rules.keys()) {
    const found = neverMatches(clauses, hooked, calls, at);
    if (found) problems.push(found);
    if (at % 256 === 0) progress(at, clauses.rules.length);
  }
  return problems;
}

/** Calls of which nothing is said, and of which lists without rows have nobody. */
interface Calls {
  readonly any: Supposition;
  readonly now: Supposition;
}

function neverMatches(clauses: RuleClauses, hooked: HookedRules, calls: Calls, at: number): Problem | null {
  const proven = clauses.rules[at] as ProvenRule;
  const { rule, matches } = proven;
  const isLast = at === clauses.rules.length - 1;
  // The last rule is for everyone, so that every call is decided; it may have nothing left to do.
  if (isLast && rule.formula === null) return null;
  const alone = [{ clause: matches, wanted: yes }];
  calls.any.backTo(0);
  const own = search(calls.any, alone, mostSteps);
  if (own === 'none') {
    return {
      severity: 'error',
      ...rule.place,
      message: `the rule "${rule.id}" can never match: what it asks contradicts itself`,
      remedy: 'what stands side by side under when must all hold; use any: for either, or drop one of them',
      code: 'contradiction',
    };
  }
  if (own === 'found' && !isReached(clauses, hooked, at, calls.any)) {
    const shadow = shadowOf(clauses, at);
    const by = shadow ? `"${shadow.rule.id}" above it decides` : 'the rules above it decide';
    return {
      severity: 'error',
      ...rule.place,
      message: `the rule "${rule.id}" can never match: ${by} every call that it asks for`,
      remedy: shadow
        ? `move it above "${shadow.rule.id}" (line ${shadow.rule.place.line}), or take one of them away`
        : 'move it up, or take it away',
      code: 'unreachable-rule',
    };
  }
  const before = calls.now.steps;
  const isEmpty = search(calls.now, alone, mostSteps) === 'none';
  calls.now.backTo(before);
  if (isEmpty) {
    return {
      severity: 'warning',
      ...rule.place,
      message: `the rule "${rule.id}" matches no call now: its list is empty`,
      remedy: 'fill the list, or take the rule away',
      code: 'empty-list',
    };
  }
  return null;
}

/** @param found a way for a call to match the rule, whatever the rules above say */
function isReached(clauses: RuleClauses, hooked: HookedRules, at: number, found: Supposition): boolean {
  const quiet = quietCallMisses(found, hooked.above(at, found));
  return quiet || search(anyCall(clauses, false), reaches(clauses, at), mostSteps) !== 'none';
}

/** The one rule that is enough to keep all calls away, if there is one. */
function shadowOf(clauses: RuleClauses, at: number): ProvenRule | null {
  const { matches } = clauses.rules[at] as ProvenRule;
  const isShadow = ({ takes, rule }: ProvenRule) =>
    rule.mode === 'enforce' &&
    search(
      anyCall(clauses, false),
      [
        { clause: matches, wanted: yes },
        { clause: takes, wanted: notYes },
      ],
      mostSteps,
    ) === 'none';
  return clauses.rules.slice(0, at).find(isShadow) ?? null;
}

function expired(rule: Policy['rules'][number]): Problem {
  return {
    severity: 'warning',
    ...rule.place,
    message: `the rule "${rule.id}" has expired and decides nothing`,
    remedy: 'take it away, or give it a later date under expires',
    code: 'expired-rule',
  };
}

/**
 * Whether a quiet call, one that answers no wherever it can, keeps away from all of these formulas. Most calls do, and a
 * thousand rules are not searched one against the other. False says nothing.
 */
function quietCallMisses(supposition: Supposition, formulas: readonly Clause[]): boolean {
  const points = new Map<string, number>();
  const answers = new Map<number, number>();
  const ordinary = callerPoints.indexOf('fixed-line-or-mobile');
  const pointOf = (dimension: string): number => {
    const left = supposition.pointsOf(dimension);
    return dimension === 'caller' && left.includes(ordinary) ? ordinary : (left[0] ?? 0);
  };
  const answer = (id: number): number => {
    let found = answers.get(id);
    if (found === undefined) {
      for (const { dimension } of supposition.theory.known(id).places)
        if (!points.has(dimension)) points.set(dimension, pointOf(dimension));
      found = supposition.quietly(id, points);
      answers.set(id, found);
    }
    return found;
  };
  const evaluate = (clause: Clause): number => {
    if (clause.kind === 'is') return answer(clause.id);
    if (clause.kind === 'not') return turned(evaluate(clause.part));
    const settles = clause.kind === 'all' ? no : yes;
    let end = clause.kind === 'all' ? yes : no;
    for (const part of clause.parts) {
      const one = evaluate(part);
      if (one === 0) return 0;
      if (one === settles) return one;
      if (one === unknown) end = unknown;
    }
    return end;
  };
  return formulas.every((clause) => {
    const value = evaluate(clause);
    return value === no || value === unknown;
  });
}
