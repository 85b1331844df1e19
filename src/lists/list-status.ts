import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListStats } from '../policy/number-list.ts';
import { writeFileAtomically } from '../process/write-file-atomically.ts';

/** The state of one list. Times are epoch ms; null: unknown or never. */
export interface ListStatus {
  readonly id: string;
  /** A path of the rule directory, or the address of a feed. */
  readonly source: string;
  readonly kind: 'file' | 'feed';
  readonly format: string;
  /** Different numbers, prefixes and ranges; null when the list has never been read. */
  readonly size: number | null;
  readonly stats: ListStats | null;
  /** Memory. */
  readonly bytes: number | null;
  /** When its content was written or fetched. */
  readonly contentAt: number | null;
  /** When it was last confirmed to be the newest. */
  readonly checkedAt: number | null;
  /** How long the last reading took, in ms, and whether from its cached image. */
  readonly loadMs: number | null;
  readonly fromCache: boolean;
  /** Why the last good content is in force instead of the newest; null: the newest is. */
  readonly lastError: { readonly at: number; readonly code: string; readonly message: string } | null;
  /** New content of a feed that waits for `gatehouse lists accept`. */
  readonly quarantined: { readonly at: number; readonly code: string; readonly message: string } | null;
  readonly nextFetchAt: number | null;
}

const statusFile = 'status.json';

/** For `gatehouse lists`, another process. @throws of node:fs */
export async function writeStatus(dir: string, lists: readonly ListStatus[]): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFileAtomically(join(dir, statusFile), JSON.stringify({ lists }));
}

/** What `gatehouse serve` last wrote; empty when there is nothing. */
export async function readStatus(dir: string): Promise<readonly ListStatus[]> {
  try {
    const { lists } = JSON.parse(await readFile(join(dir, statusFile), 'utf8')) as { lists: ListStatus[] };
    return Array.isArray(lists) ? lists : [];
  } catch {
    return [];
  }
}
