import type { Problem } from './problem.ts';

/** What a reload of the rule files did. */
export interface ReloadResult {
  /** False: refused; the policy that was in force stays in force. */
  readonly ok: boolean;
  /** True when another policy is in force than before. */
  readonly changed: boolean;
  /** Version in force now. */
  readonly version: string;
  readonly problems: readonly Problem[];
}

/** Why the rule files were read again. */
export type ReloadCause =
  /** They changed on disk. */
  | { readonly by: 'files' }
  | { readonly by: 'start' | 'signal' }
  | { readonly by: 'feed'; readonly list: string }
  /** `gatehouse reload`, or a program. */
  | { readonly by: 'request'; readonly who: string }
  | { readonly by: 'list-edit'; readonly who: string; readonly list: string };

export interface ReloadRecord {
  /** Epoch ms. */
  readonly at: number;
  readonly ok: boolean;
  /** Version in force afterward. */
  readonly version: string;
  /** Version in force before. */
  readonly before: string;
  /** `problems` has the first of them. */
  readonly problemCount: number;
  readonly problems: readonly Problem[];
}

/** The policy in force, as pages and the API show it. Times in epoch ms. */
export interface PolicyStatus {
  readonly version: string;
  readonly loadedAt: number;
  /** Why the rule files are not what is in force; null: they are. */
  readonly refused: { readonly at: number; readonly problems: readonly Problem[] } | null;
  /** Set: the rules were refused at startup, and this is in force instead. `keptAt` null: the rules without their feeds. */
  readonly standIn: { readonly keptAt: number | null } | null;
  /** The last attempt to save the policy in force for the next start; null: none yet. `error` null: saved. */
  readonly kept: { readonly at: number; readonly version: string; readonly error: string | null } | null;
  /** The latest first. */
  readonly reloads: readonly ReloadRecord[];
}
