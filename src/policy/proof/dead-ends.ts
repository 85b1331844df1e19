import { type Formula, logicOf } from '../logic/formula.ts';
import type { Problem } from '../problem.ts';
import { no } from './dimensions.ts';
import { exampleCall } from './example-call.ts';
import { anyCall, type ProvenRule, type RuleClauses, reaches } from './rule-clauses.ts';
import { search } from './search.ts';
import { variablesOf } from './theory.ts';

const mostSteps = 50_000;

/**
 * Proves that a caller on no block list ends at a person, a queue or a mailbox. Every rule that can end a call elsewhere
 * must be out of reach of a caller who is on no such list, whatever else is true of the call; where the site states it, of one
 * whose number was given to somebody. What cannot be proven is refused.
 */
export function findDeadEnds(clauses: RuleClauses): Problem[] {
  return clauses.rules.flatMap(({ rule }, at) => (rule.rejectPlace === null ? [] : deadEnd(clauses, at)));
}

function deadEnd(clauses: RuleClauses, at: number): Problem[] {
  const { rule } = clauses.rules[at] as ProvenRule;
  const { policy, theory } = clauses;
  const supposition = anyCall(clauses, false);
  for (const list of policy.blockLists) {
    const id = theory.idOf({ about: 'caller-list', list });
    if (id !== undefined) supposition.suppose(id, no);
  }
  const unallocated = theory.idOf({ about: 'caller-unallocated' });
  const isStated = policy.settings.rejectUnallocated;
  if (isStated && unallocated !== undefined) supposition.suppose(unallocated, no);
  const result = search(supposition, reaches(clauses, at), mostSteps);
  if (result === 'none') return [];
  const isTrial = rule.mode === 'monitor';
  const who =
    result === 'found'
      ? `a call ${exampleCall(clauses, supposition)}`
      : 'it could not be proven that there is no such caller';
  const lists = [...policy.blockLists];
  const named =
    lists.length > 0 ? lists.slice(0, 5).join(', ') : 'none yet; a list is one that says kind: block';
  return [
    {
      severity: isTrial ? 'warning' : 'error',
      ...(rule.rejectPlace ?? rule.place),
      message: `the rule "${rule.id}" ${isTrial ? 'would turn' : 'turns'} away callers who are on no block list: ${who}`,
      remedy:
        unallocated !== undefined && !isStated && rule.formula !== null && asksUnallocated(rule.formula)
          ? 'to turn away unallocated numbers, state that you mean it: settings: reject-unallocated: true'
          : `ask for a block list in when: caller: { in: … } (block lists: ${named}), or use voicemail: a person listens to it`,
      code: 'dead-end',
    },
  ];
}

function asksUnallocated(formula: Formula): boolean {
  return variablesOf(logicOf(formula)).some(({ about }) => about === 'caller-unallocated');
}
