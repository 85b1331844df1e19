import type { HeardChange } from './diff/changes/heard-changes.ts';
import type { ListChange } from './diff/changes/list-changes.ts';
import type { MonitorChange } from './diff/changes/monitor-changes.ts';
import type { Unproven } from './diff/policy-diff.ts';
import type { ReloadCause } from './policy-status.ts';
import type { Problem } from './problem.ts';

/** A place in a rule file, its path within the rule directory. */
interface RulePlace {
  readonly file: string;
  readonly line: number;
}

/** A rule file that changed, as a unified diff (of list files only rows are counted, see `ChangedCalls`). */
export interface FileChange {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly linesAdded: number;
  readonly linesRemoved: number;
  /** Each line begins with a blank, a plus or a minus; `from` and `to` are the first lines before and after. */
  readonly hunks: readonly {
    readonly from: number;
    readonly to: number;
    readonly lines: readonly string[];
  }[];
  /** False: more of it is not shown. */
  readonly isWhole: boolean;
}

interface ChangedSide {
  readonly rule: string;
  readonly place: RulePlace;
}

/** Which calls fare otherwise, by proof (see `PolicyDiff`); bounded, and without numbers of people. */
export interface ChangedCalls {
  /** True: it is proven that nothing changes for any call. */
  readonly same: boolean;
  readonly kinds: readonly {
    readonly before: ChangedSide & { readonly fate: string };
    readonly after: ChangedSide & { readonly fate: string };
    /** An example, numbers masked. */
    readonly words: string;
    /** False: only once a number stands on other lists. */
    readonly today: boolean;
  }[];
  readonly kindsInAll: number;
  readonly unproven: readonly {
    readonly before: string;
    readonly after: string;
    readonly why: Unproven['why'];
  }[];
  readonly unprovenInAll: number;
  readonly lists: readonly Omit<ListChange, 'examples' | 'namesNotCompared'>[];
  readonly monitor: readonly Pick<MonitorChange, 'rule' | 'change'>[];
  readonly heard: readonly HeardChange[];
}

/** Recorded calls decided by both policies. */
export interface RecordedFlips {
  /** Epoch ms. */
  readonly since: number;
  readonly compared: number;
  readonly changed: number;
  /** Of them: must-pass numbers, or formerly connected list members, who are worse off. */
  readonly harmed: number;
  readonly groups: readonly {
    readonly from: { readonly rule: string; readonly fate: string };
    readonly to: { readonly rule: string; readonly fate: string };
    readonly calls: number;
  }[];
  /** False: there are more calls than were decided again. */
  readonly isWhole: boolean;
}

/** Why something is not known, for people. */
interface NotKnown {
  readonly failed: string;
}

/** What was found out about a change in the background. `pending`: not yet. */
export interface RuleChangeFindings {
  /** The commit that the files are of, when they are in a git repository and nothing of them is uncommitted. */
  readonly commit: { readonly author: string; readonly subject: string; readonly id: string } | null;
  readonly files: readonly FileChange[] | 'pending' | NotKnown;
  /** `none`: refused, or the first policy. */
  readonly calls: ChangedCalls | 'pending' | 'none' | NotKnown;
  readonly recorded: RecordedFlips | 'pending' | 'none' | NotKnown;
}

/** A reload that brought another policy into force, or was refused. */
export interface RuleChange {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly ok: boolean;
  /** In force before and afterward; `before` empty: this is the first that is known. */
  readonly before: string;
  readonly version: string;
  readonly causes: readonly ReloadCause[];
  readonly problemCount: number;
  /** The first of them, numbers masked. */
  readonly problems: readonly Problem[];
  readonly found: RuleChangeFindings;
}
