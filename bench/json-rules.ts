import { type ConditionProperties, Engine } from 'json-rules-engine';
import type { CallFacts } from '../src/call/facts.ts';
import { type BenchRule, ownRange } from './policy-rules.ts';

type Sets = Readonly<Record<string, ReadonlySet<number>>>;

/** How json-rules-engine is told that the first rule wins. */
export type FirstWins = 'by-priority' | 'all-at-once';

/**
 * The same rules in json-rules-engine. `by-priority`: each rule has its own, and the first that holds stops the run.
 * `all-at-once`: all are asked together and the first that held is taken. The lists are JS Sets.
 */
export function jsonRulesEngine(
  rules: readonly BenchRule[],
  sets: Sets,
  how: FirstWins,
): (facts: CallFacts) => Promise<string> {
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addOperator(
    'inList',
    (number: number | null, list: string) => number !== null && sets[list]?.has(number) === true,
  );
  engine.addOperator(
    'startsWith',
    (text: string | null, prefix: string) => text?.startsWith(prefix) === true,
  );
  engine.addOperator('containsText', (text: string, part: string) => text.toLowerCase().includes(part));
  engine.addOperator(
    'between',
    (text: string | null, range: typeof ownRange) => text !== null && text >= range.from && text <= range.to,
  );
  const places = new Map(rules.map(({ id }, i) => [id, i]));
  for (const [i, rule] of rules.entries()) {
    const priority = how === 'by-priority' ? rules.length - i : 1;
    engine.addRule({
      name: rule.id,
      priority,
      conditions: { all: conditions(rule) },
      event: { type: rule.id },
    });
  }
  let first = '';
  engine.on('success', ({ type }) => {
    if (first === '' || (places.get(type) ?? 0) < (places.get(first) ?? 0)) first = type;
    if (how === 'by-priority') engine.stop();
  });
  return async (facts) => {
    first = '';
    const { number } = facts.caller;
    await engine.run({
      caller: number,
      callerNumber: number === null ? null : Number(number),
      reason: facts.caller.reason,
      name: facts.caller.displayName,
      called: facts.called.number,
      trunk: facts.trunk,
      result: facts.verification.result,
      attestation: facts.verification.attestation,
      passUntil: facts.history?.passUntil ?? 0,
      now: facts.now,
    });
    return first;
  };
}

function conditions(rule: BenchRule): ConditionProperties[] {
  const asked: ConditionProperties[] = [];
  const ask = (fact: string, operator: string, value: unknown) => asked.push({ fact, operator, value });
  if (rule.trunk) ask('trunk', 'equal', rule.trunk);
  if (rule.called) ask('called', 'equal', rule.called);
  if (rule.callerIs === 'withheld') ask('reason', 'equal', 'withheld');
  if (rule.callerIs === 'own-number') ask('caller', 'between', ownRange);
  if (rule.callerIn) ask('callerNumber', 'inList', rule.callerIn);
  if (rule.callerPrefix) ask('caller', 'startsWith', rule.callerPrefix);
  if (rule.verification) ask('result', 'equal', rule.verification);
  if (rule.attestation) ask('attestation', 'equal', rule.attestation);
  if (rule.hasPass) ask('passUntil', 'greaterThan', 0);
  if (rule.nameContains) ask('name', 'containsText', rule.nameContains);
  return asked;
}
