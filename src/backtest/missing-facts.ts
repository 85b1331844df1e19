import type { CallFacts } from '../policy/facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { RuleFile } from '../policy/rule-file.ts';

/** A fact that a rule asked for and the record of a call does not have. */
export interface MissingFact {
  readonly rule: string;
  /** The question, in the words of the trace: `caller passed before`. */
  readonly question: string;
  /** Why it is not known. */
  readonly why: string;
}

/** Groups of conditions whose facts every record has. */
const alwaysRecorded = new Set(['caller', 'called', 'trunk', 'verification', 'time', 'all', 'any', 'not']);

/** Ids of the rules that ask for what a record may lack. */
export function rulesThatMayLackFacts(rules: RuleFile): ReadonlySet<string> {
  return new Set(rules.rules.filter(({ when }) => asksMore(when)).map(({ id }) => id));
}

function asksMore(when: unknown): boolean {
  if (typeof when !== 'object' || when === null) return false;
  return Object.entries(when).some(([key, value]) => {
    if (!alwaysRecorded.has(key)) return true;
    if (key === 'all' || key === 'any') return (value as unknown[]).some(asksMore);
    return key === 'not' && asksMore(value);
  });
}

const notKnown = /([^;()]+): not known \(([^()]*)\)/;

/** What the rules down to the deciding one asked of this call and nobody knew. */
export function missingFacts(
  facts: CallFacts,
  policy: Policy,
  decidingRule: string,
  mayLack: ReadonlySet<string>,
): MissingFact[] {
  const missing: MissingFact[] = [];
  for (const rule of policy.rules) {
    if (rule.test !== null && mayLack.has(rule.id)) {
      const { holds, because } = rule.test(facts);
      if (holds === 'unknown') {
        const [, question = because, why = 'it is missing'] = notKnown.exec(because) ?? [];
        missing.push({ rule: rule.id, question: question.trim(), why });
      }
    }
    if (rule.id === decidingRule && rule.mode === 'enforce') break;
  }
  return missing;
}
