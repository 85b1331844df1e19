import type { CallFacts } from '../../call/facts.ts';
import { logicOf } from '../logic/formula.ts';
import { allOf, anyOf, is, type Logic, logicKey, notOf, type Side, type Variable } from '../logic/logic.ts';
import type { CompiledRule, Policy } from '../policy.ts';
import type { ComparedPolicy } from './compared-policy.ts';
import { type Fate, fateOf, labelsOf, sameFate } from './fate.ts';

/** An enforced rule as the comparison sees it. */
export interface ComparedRule {
  readonly rule: CompiledRule;
  /** Labels as they are written: two templates are told apart whatever they make of a call. */
  readonly labels: string;
  /** What a call must answer for the rule to match, its date included; the questions are those of both policies. */
  readonly logic: Logic;
  /** The same for two rules that match the same calls in the same words. */
  readonly key: string;
  /** Of a call of which nothing is known. */
  readonly fate: Fate;
}

/** What the two policies' questions mean together. */
export interface SharedQuestions {
  /** Lists of which one policy has rows that the other one lacks. */
  readonly differingLists: ReadonlySet<string>;
  /** Times by their words that mean another thing in each. */
  readonly differingTimes: ReadonlySet<string>;
  /** The names that callers claim are others. */
  readonly claimsDiffer: boolean;
}

/** The enforced rules, in order. */
export function comparedRules(side: Side, of: ComparedPolicy, shared: SharedQuestions): ComparedRule[] {
  return of.policy.rules.flatMap((rule, at) => {
    if (rule.mode !== 'enforce') return [];
    const written = of.rules[at]?.written.then ?? 'connect';
    const asked = rule.formula === null ? everyCall : sidedLogic(logicOf(rule.formula), side, shared);
    const logic =
      rule.expiresAt === null ? asked : allOf([is({ about: 'before', at: rule.expiresAt }), asked]);
    const fate = fateOf(verdictOf(rule, probe, of.policy), probe, of.policy);
    const isShown = of.policy.settings.mode === 'enforce';
    const labels = isShown ? labelsOf(written).join('\n') : '';
    return [{ rule, labels, logic, key: logicKey(logic), fate }];
  });
}

const everyCall: Logic = { kind: 'all', parts: [] };

/** True when no call can fare otherwise by one rule than by the other. */
export function treatAlike(a: ComparedRule, b: ComparedRule): boolean {
  return sameFate(a.fate, b.fate) && a.labels === b.labels;
}

/** The board may be in monitor mode: then it connects. */
export function verdictOf(rule: CompiledRule, facts: CallFacts, { settings }: Policy) {
  const verdict = rule.verdict(facts, { list: 'a-list', name: 'A Name' });
  if (settings.mode === 'enforce' || verdict.kind === 'connect') return verdict;
  return { kind: 'connect', exit: settings.operatorsExit, label: null } as const;
}

/** To no public number, so that the language is that of the settings. */
const probe: CallFacts = {
  callId: 'probe',
  linkedId: 'probe',
  sipCallId: '',
  now: 0,
  caller: { number: '+12025550143', reason: null, raw: '+12025550143', displayName: 'A Caller' },
  called: { number: null, raw: 'called' },
  trunk: 'a-trunk',
  verification: { result: 'none', attestation: null, signer: null, origid: null, source: null },
  history: null,
  noHistoryReason: 'not-asked',
};

function sidedLogic(logic: Logic, side: Side, shared: SharedQuestions): Logic {
  if (logic.kind === 'not') return notOf(sidedLogic(logic.part, side, shared));
  if (logic.kind !== 'is') {
    const parts = logic.parts.map((part) => sidedLogic(part, side, shared));
    return logic.kind === 'all' ? allOf(parts) : anyOf(parts);
  }
  return sided(logic.variable, side, shared) ?? logic;
}

/** Null: it means the same in both. */
function sided(variable: Variable, side: Side, shared: SharedQuestions): Logic | null {
  switch (variable.about) {
    case 'caller-list':
    case 'called-list':
      if (!shared.differingLists.has(variable.list)) return null;
      return anyOf([is(variable), is({ ...variable, only: side })]);
    case 'time':
      if (!shared.differingTimes.has(timeKey(variable))) return null;
      return is({ ...variable, words: `${variable.words} (${side})` });
    case 'claimed-name':
      return shared.claimsDiffer ? is({ ...variable, only: side }) : null;
    default:
      return null;
  }
}

export function timeKey({ zone, words }: Extract<Variable, { about: 'time' }>): string {
  return `${zone} ${words}`;
}
