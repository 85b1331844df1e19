import type { Region } from '../numbers/phone-number.ts';
import type { DeclaredList, ReadyList } from '../policy/compile/declared-lists.ts';
import { PackedList } from './held/packed-list.ts';
import type { ListStatus } from './list-status.ts';
import type { LoadedFile } from './load-list-file.ts';
import { readList } from './read-list.ts';

/** A list as it was last read. */
export interface HeldList {
  /** Of the file's inode, size and times, and of how it was read. */
  readonly signature: string;
  readonly ready: ReadyList;
  readonly list: PackedList | null;
  readonly status: ListStatus;
}

/** @param file as problems name it */
export function heldList(
  declared: DeclaredList,
  file: string,
  loaded: LoadedFile,
  known: { readonly signature: string; readonly contentAt: number | null; readonly checkedAt: number | null },
): HeldList {
  const list = new PackedList(declared.id, loaded.image);
  const problems = list.problems.map((problem) => ({ ...problem, file }));
  const status: ListStatus = {
    ...unreadStatus(declared, file),
    size: list.size,
    stats: list.stats,
    bytes: list.bytes,
    contentAt: known.contentAt,
    checkedAt: known.checkedAt,
    loadMs: loaded.ms,
    fromCache: loaded.fromCache,
  };
  return { signature: known.signature, ready: { list, digest: loaded.key, problems }, list, status };
}

/** A feed that was never fetched is an empty list: calls do not wait for it. */
export function unfetchedList(declared: DeclaredList, file: string, region: Region): HeldList {
  const list = emptyList(declared, region);
  const problem = {
    severity: 'warning' as const,
    file,
    line: 1,
    column: 1,
    message: `the feed of the list "${declared.id}" has not been fetched yet; the list is empty`,
    remedy: 'gatehouse serve fetches it; see gatehouse lists',
    code: 'feed-not-fetched',
  };
  const ready = { list, digest: 'none', problems: [problem] };
  return { signature: 'none', ready, list, status: unreadStatus(declared, file) };
}

export function emptyList({ id, reading }: DeclaredList, region: Region): PackedList {
  return new PackedList(id, readList([], reading, region).image);
}

export function unreadStatus({ id, source, reading }: DeclaredList, file: string): ListStatus {
  return {
    id,
    source: file,
    kind: source.kind,
    format: reading.format,
    size: null,
    stats: null,
    bytes: null,
    contentAt: null,
    checkedAt: null,
    loadMs: null,
    fromCache: false,
    lastError: null,
    quarantined: null,
    nextFetchAt: null,
  };
}
