import type { WrittenList } from './list-shape.ts';
import { defaultMinComplaints, formatByName, type ListColumns, type ListReading } from './list-source.ts';
import type { NumberList } from './lists/number-list.ts';
import type { Region } from './phone-number.ts';
import type { Problem } from './problem.ts';
import { readRuleFile } from './rule-file.ts';
import { readYaml } from './yaml-source.ts';

const defaultEveryMs = 24 * 3_600_000;

/** What policy.yaml says of one list. */
export interface DeclaredList {
  readonly id: string;
  /** `file`: its path within the rule directory. `feed`: an address that is fetched every so often. */
  readonly source:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'feed'; readonly url: string; readonly everyMs: number };
  readonly reading: ListReading;
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
  const { file = '', url, every = defaultEveryMs } = written;
  const columns = Object.entries(written.columns ?? {}).filter(([, name]) => name !== undefined);
  const named = url === undefined ? file : new URL(url).pathname;
  const format = written.format ?? (written.columns ? 'csv' : formatByName(named));
  return {
    id,
    source: url === undefined ? { kind: 'file', path: file } : { kind: 'feed', url, everyMs: every },
    reading: {
      format,
      columns: Object.fromEntries(columns) as Partial<ListColumns>,
      minComplaints: written['min-complaints'] ?? defaultMinComplaints,
    },
  };
}

/** The lists of a policy.yaml; none when it cannot be read, which compiling it will say. */
export function declaredLists(text: string): {
  readonly region: Region | null;
  readonly lists: readonly DeclaredList[];
} {
  const { rules } = readRuleFile(readYaml('policy.yaml', text));
  if (!rules) return { region: null, lists: [] };
  const lists = Object.entries(rules.lists ?? {}).map(([id, written]) => declaredList(id, written));
  return { region: rules.settings['default-region'], lists };
}
