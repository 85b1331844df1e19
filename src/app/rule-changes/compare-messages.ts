import type { RuleChangeFindings } from '../../policy/rule-change.ts';
import type { RuleTexts } from '../../rules/changes/change-store.ts';

/** Characters of one text that a page shows of a change. */
export const maxWords = 400;

/** What the process beside the calls finds out about one change. */
export interface CompareTask {
  /** Where the rule files are read from: an accepted policy, or the rule directory. */
  readonly rules: string;
  /** The rule directory itself, which may be of a git repository. */
  readonly live: string;
  /** Where texts are kept by their digest. */
  readonly textsDir: string;
  /** Texts of the policy before; null: not known. */
  readonly base: RuleTexts | null;
  /** Accepted policies to compare, folders with rules/ and feeds/; null: nothing to compare. */
  readonly policies: { readonly before: string; readonly after: string } | null;
  /** Where lists are kept. */
  readonly lists: string;
  /** With its password, so it is sent and not written into a command line. */
  readonly redisUrl: string;
  readonly provingSeconds: number;
}

export type FromCompare =
  | { readonly kind: 'texts'; readonly texts: RuleTexts }
  | { readonly kind: 'found'; readonly found: Partial<RuleChangeFindings> }
  | { readonly kind: 'done' };
