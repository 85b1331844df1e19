import type { Outcome } from '../screening/outcome.ts';

/**
 * The day counts that one outcome adds to, as fields of the counts hash: `calls`, `hour:13` (UTC), `exit:connect`,
 * `verdict:challenge`, `rule:everyone-else`, `challenge:passed`, `bypass:watchdog`. Few and bounded: a rule id comes
 * from the policy, nothing here from the caller.
 */
export function countFields(outcome: Outcome): string[] {
  const { decision, challenge, exit, bypass } = outcome;
  const fields = [
    'calls',
    `hour:${new Date(outcome.facts.now).toISOString().slice(11, 13)}`,
    `exit:${exit.kind}`,
  ];
  if (decision !== null) fields.push(`verdict:${decision.verdict.kind}`, `rule:${decision.rule}`);
  if (challenge !== null) fields.push(`challenge:${challenge.result}`);
  if (bypass !== null) fields.push(`bypass:${bypass.reason}`);
  return fields;
}
