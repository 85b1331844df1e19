import type { CompileResult } from '../compile/compile.ts';
import { builtAtOnce } from '../compile/packed-policy.ts';
import type { PlannedRule, PolicyPlan } from '../compile/policy-plan.ts';
import type { NumberList } from '../number-list.ts';
import type { Policy } from '../policy.ts';
import type { HolidayFinder } from '../time/holidays.ts';

/** One of the two policies that are compared. */
export interface ComparedPolicy {
  readonly policy: Policy;
  readonly plan: PolicyPlan;
  readonly rules: readonly PlannedRule[];
  /** The same rules with other lists: what they would decide if a number stood elsewhere. */
  withLists(lists: ReadonlyMap<string, NumberList>): Policy;
}

/** Null: the rules were refused. @param findHolidays as it was when they were compiled */
export function comparedPolicy(
  { policy, plan }: Pick<CompileResult, 'policy' | 'plan'>,
  findHolidays: HolidayFinder | null,
): ComparedPolicy | null {
  if (policy === null || plan === undefined) return null;
  return {
    policy,
    ...plan,
    withLists: (lists) =>
      builtAtOnce({ ...plan, lists, findHolidays, refuse: (_, message) => refused(message) }),
  };
}

function refused(message: string): never {
  throw new Error(`a proven policy cannot be built: ${message}`);
}
