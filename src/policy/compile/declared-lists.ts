import type { ListColumns } from '../../lists/readers/list-format.ts';
import { formatByName, type ListReading } from '../../lists/readers/registry.ts';
import type { Region } from '../../numbers/phone-number.ts';
import type { NumberList } from '../number-list.ts';
import type { Problem } from '../problem.ts';
import { ruleDefaults } from '../rule-defaults.ts';
import { readYaml } from '../yaml/yaml-source.ts';
import type { WrittenList } from './list-shape.ts';
import { type RuleFile, readRuleFile } from './rule-file.ts';

/** How much one fetch may change by itself; beyond it a person must look. */
export interface FeedCaps {
  /** How many numbers its prefixes and ranges may cover together; null: it may have none. */
  readonly prefixesCover: number | null;
  /** How many times as many rows as before. */
  readonly growth: number;
  /** Of last month's callers, who may come onto a block list. */
  readonly turnedAwayPercent: number;
}

/** What policy.yaml says of one list. */
export interface DeclaredList {
  readonly id: string;
  /** `file`: its path within the rule directory. `feed`: an address that is fetched every so often. */
  readonly source:
    | { readonly kind: 'file'; readonly path: string }
    | {
        readonly kind: 'feed';
        readonly url: string;
        /** Other hosts to which its server may redirect, in lower case. */
        readonly redirectHosts?: readonly string[];
        readonly everyMs: number;
        readonly caps: FeedCaps;
      };
  readonly reading: ListReading;
  /** Callers on it may be turned away. */
  readonly blocks: boolean;
}

/** A list that was read already, so that its rows need not pass through as text. */
export interface ReadyList {
  /** Null: there is no such file. */
  readonly list: NumberList | null;
  /** Tells one content from another; part of the policy's version. */
  readonly digest: string;
  readonly problems: readonly Problem[];
}

export function declaredList(id: string, written: WrittenList): DeclaredList {
  const { file = '', url, every = ruleDefaults.feedEvery.ms } = written;
  const columns = Object.entries(written.columns ?? {}).filter(([, name]) => name !== undefined);
  const named = url === undefined ? file : new URL(url).pathname;
  const format = written.format ?? (written.columns ? 'csv' : formatByName(named));
  return {
    id,
    blocks: isBlockList(id, written),
    source:
      url === undefined
        ? { kind: 'file', path: file }
        : {
            kind: 'feed',
            url,
            ...(written.redirects
              ? { redirectHosts: written.redirects.map((host) => host.toLowerCase()) }
              : {}),
            everyMs: every,
            caps: capsOf(written),
          },
    reading: {
      format,
      columns: Object.fromEntries(columns) as Partial<ListColumns>,
      minComplaints: written['min-complaints'] ?? ruleDefaults.minComplaints,
    },
  };
}

function capsOf(written: WrittenList): FeedCaps {
  return {
    prefixesCover: written.prefixes ?? null,
    growth: written.growth ?? ruleDefaults.feedGrowth,
    turnedAwayPercent: written['turned-away'] ?? ruleDefaults.feedTurnedAwayPercent,
  };
}

/** True when callers on the list may be turned away: without saying so, when it is called so. */
export function isBlockList(id: string, { kind }: { readonly kind?: string | undefined }): boolean {
  return kind === 'block' || /^block(ed)?(-|$)/.test(id);
}

/** The lists of a policy.yaml; none when it cannot be read, which compiling it will say. */
export function declaredLists(text: string): {
  readonly region: Region | null;
  readonly lists: readonly DeclaredList[];
} {
  return declaredListsOf(readRuleFile(readYaml('policy.yaml', text)).rules);
}

/** @param rules null: policy.yaml cannot be read */
export function declaredListsOf(rules: RuleFile | null): {
  readonly region: Region | null;
  readonly lists: readonly DeclaredList[];
} {
  if (!rules) return { region: null, lists: [] };
  const lists = Object.entries(rules.lists ?? {}).map(([id, written]) => declaredList(id, written));
  return { region: rules.settings['default-region'], lists };
}
