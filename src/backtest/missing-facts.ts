import type { CallFacts } from '../call/facts.ts';
import { ofOrigid, ofSigner } from '../policy/conditions/counts.ts';
import { signerCertificateFact } from '../policy/conditions/verification.ts';
import { isOver } from '../policy/decision.ts';
import type { MissingAnswer } from '../policy/logic/answer.ts';
import { logicOf } from '../policy/logic/formula.ts';
import type { Logic, Variable } from '../policy/logic/logic.ts';
import type { CompiledRule, Policy } from '../policy/policy.ts';

/** A fact that a rule asked for and the record of a call does not have. */
export interface MissingFact {
  readonly rule: string;
  /** The question, in the words of the trace: `caller passed before`. */
  readonly question: string;
  /** Why it is not known. */
  readonly why: string;
}

/** What rules ask that the record of a call may lack; all else is in every record. */
const maybeLacking: ReadonlySet<Variable['about']> = new Set([
  'admission',
  'count',
  'flags',
  'opted-out',
  'weaker-verification',
  'heard',
  'alibi',
  'campaign',
  'emergency-dialed',
  'signer-certificate',
  'level',
  'call-back-surge',
]);

/** Rules that ask for what a record may lack. */
export function rulesThatMayLackFacts({ rules }: Policy): ReadonlySet<CompiledRule> {
  return new Set(rules.filter(({ formula }) => formula !== null && asksMore(logicOf(formula))));
}

function asksMore(logic: Logic): boolean {
  if (logic.kind === 'is') return maybeLacking.has(logic.variable.about);
  return logic.kind === 'not' ? asksMore(logic.part) : logic.parts.some(asksMore);
}

/** What the rules down to the deciding one asked of this call and nobody knew. */
export function missingFacts(
  facts: CallFacts,
  policy: Policy,
  decidingRule: string,
  mayLack: ReadonlySet<CompiledRule>,
): MissingFact[] {
  const missing: MissingFact[] = [];
  const at = policy.rules.findIndex(({ id }) => id === decidingRule);
  const decidingAt = at < 0 ? policy.rules.length : at;
  for (const rule of mayLack) {
    if (rule.test === null || rule.holds(facts) !== 'unknown' || isOver(rule, facts.now)) continue;
    if (policy.rules.indexOf(rule) > decidingAt) break;
    const lacking = rule.test(facts).missing;
    if (lacking === undefined || lacksByNature(lacking, facts)) continue;
    missing.push({ rule: rule.id, question: lacking.question, why: lacking.why });
  }
  return missing;
}

/**
 * A caller without a number has no calls of that number, an unsigned call no signer and no origid, and what the carrier says no
 * certificate: no record could have more.
 */
function lacksByNature({ fact }: MissingAnswer, { caller, history, verification }: CallFacts): boolean {
  if (fact === signerCertificateFact)
    return verification.source === 'verstat' || verification.source === 'header';
  if (history === null || history === undefined) return false;
  const { signer, origid } = verification;
  return (
    caller.number === null ||
    (signer === null && fact.includes(ofSigner)) ||
    (origid === null && fact.endsWith(ofOrigid))
  );
}
