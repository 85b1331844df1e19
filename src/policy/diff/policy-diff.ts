import type { CallFacts } from '../../call/facts.ts';
import type { Place } from '../problem.ts';
import type { SupposedRow } from './call/made-calls.ts';
import type { HeardChange } from './changes/heard-changes.ts';
import type { ListChange } from './changes/list-changes.ts';
import type { MonitorChange } from './changes/monitor-changes.ts';

/** A rule of one of the policies, and what it does. */
export interface RuleSide {
  readonly rule: string;
  readonly place: Place;
  /** Of two fates of the same kind only the parts that differ. */
  readonly fate: string;
}

/** Calls that one rule decided before and another one, or the same in another way, decides now. */
export interface FateChange {
  readonly before: RuleSide;
  readonly after: RuleSide;
  /** A call that was decided by both policies, in words and as facts. */
  readonly example: {
    readonly words: string;
    readonly facts: CallFacts;
    /** Rows without which there is no such call today: no number stands on these lists so. */
    readonly supposes: readonly SupposedRow[];
  };
}

/** Two rules of which it is not proven that no call goes from one to the other, and for which no call was found. */
export interface Unproven {
  readonly before: Omit<RuleSide, 'fate'>;
  readonly after: Omit<RuleSide, 'fate'>;
  /** `steps`: the search took too long. `no-call`: no call could be made of what it found. `time`: it was not begun. */
  readonly why: 'steps' | 'no-call' | 'time';
}

/** How two policies differ for calls. */
export interface PolicyDiff {
  readonly versions: { readonly before: string; readonly after: string };
  readonly fates: readonly FateChange[];
  readonly unproven: readonly Unproven[];
  /** Pairs of rules that were not looked at, beyond those listed in `unproven`. */
  readonly notLookedAt: number;
  readonly lists: readonly ListChange[];
  readonly monitor: readonly MonitorChange[];
  /** Settings, prompts and trunks. */
  readonly heard: readonly HeardChange[];
}

/** Nothing that a caller or the organization would notice, and nothing left open. */
export function isSame({ fates, unproven, notLookedAt, lists, monitor, heard }: PolicyDiff): boolean {
  return [fates, unproven, lists, monitor, heard].every(({ length }) => length === 0) && notLookedAt === 0;
}
