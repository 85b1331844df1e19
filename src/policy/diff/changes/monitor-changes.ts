import { logicOf } from '../../logic/formula.ts';
import { logicKey } from '../../logic/logic.ts';
import type { CompiledRule } from '../../policy.ts';
import type { Place } from '../../problem.ts';
import type { ComparedPolicy } from '../compared-policy.ts';

/** A rule that is only watched, before or after. */
export interface MonitorChange {
  readonly rule: string;
  readonly change: 'added' | 'removed' | 'enforced' | 'on-trial' | 'changed';
  readonly before: Place | null;
  readonly after: Place | null;
}

/** What changes about rules in monitor mode; they decide nothing, but what they would have done is recorded. */
export function monitorChanges(before: ComparedPolicy, after: ComparedPolicy): MonitorChange[] {
  const [old, now] = [byId(before), byId(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((rule): MonitorChange[] => {
    const [was, is] = [old.get(rule), now.get(rule)];
    const change = changeOf(was, is);
    if (change === null) return [];
    return [{ rule, change, before: was?.rule.place ?? null, after: is?.rule.place ?? null }];
  });
}

interface Written {
  readonly rule: CompiledRule;
  /** What it asks and does. */
  readonly words: string;
}

function byId({ policy, rules }: ComparedPolicy): Map<string, Written> {
  return new Map(
    policy.rules.map((rule, at) => {
      const asks = rule.formula === null ? '' : logicKey(logicOf(rule.formula));
      const words = JSON.stringify([asks, rules[at]?.written.then, rule.expiresAt]);
      return [rule.id, { rule, words }];
    }),
  );
}

function changeOf(was: Written | undefined, is: Written | undefined): MonitorChange['change'] | null {
  const [watched, watches] = [was?.rule.mode === 'monitor', is?.rule.mode === 'monitor'];
  if (!watched && !watches) return null;
  if (watched && watches) return was?.words === is?.words ? null : 'changed';
  if (watched) return is === undefined ? 'removed' : 'enforced';
  return was === undefined ? 'added' : 'on-trial';
}
