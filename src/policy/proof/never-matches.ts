import { isOver } from '../decision.ts';
import type { Policy } from '../policy.ts';
import type { Problem } from '../problem.ts';
import { quietCallMisses } from './quick-look.ts';
import { anyCall, type ProvenRule, type RuleClauses, reaches } from './rule-clauses.ts';
import { notYes, search } from './search.ts';
import type { Supposition } from './supposition.ts';
import { yes } from './values.ts';

/** Above this nothing is claimed: to call a good rule bad would be worse than to miss a bad one. */
const mostSteps = 3000;

/** Rules that no call can come to: by their own conditions, by the rules above them, by empty lists, by their date. */
export function findNeverMatching(clauses: RuleClauses, now: number): Problem[] {
  const problems = clauses.policy.rules.flatMap((rule) => (isOver(rule, now) ? [expired(rule)] : []));
  for (const at of clauses.rules.keys()) {
    const found = neverMatches(clauses, at);
    if (found) problems.push(found);
  }
  return problems;
}

function neverMatches(clauses: RuleClauses, at: number): Problem | null {
  const proven = clauses.rules[at] as ProvenRule;
  const { rule, matches } = proven;
  const isLast = at === clauses.rules.length - 1;
  // The last rule is for everyone, so that every call is decided; it may have nothing left to do.
  if (isLast && rule.formula === null) return null;
  const alone = [{ clause: matches, wanted: yes }];
  const supposition = anyCall(clauses, false);
  const own = search(supposition, alone, mostSteps);
  if (own === 'none') {
    return {
      severity: 'error',
      ...rule.place,
      message: `the rule "${rule.id}" can never match: what it asks contradicts itself`,
      remedy: 'what stands side by side under when must all hold; use any: for either, or drop one of them',
      code: 'contradiction',
    };
  }
  if (own === 'found' && !isReached(clauses, at, supposition)) {
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
  if (search(anyCall(clauses, true), alone, mostSteps) === 'none') {
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
function isReached(clauses: RuleClauses, at: number, found: Supposition): boolean {
  const above = clauses.rules.slice(0, at).filter(({ rule }) => rule.mode === 'enforce');
  const quiet = quietCallMisses(
    found,
    above.map(({ takes }) => takes),
  );
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
