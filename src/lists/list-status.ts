import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListStats } from '../policy/lists/number-list.ts';
import { writeFileAtomically } from './write-file-atomically.ts';

/** How one list does. Times are epoch ms; null: not known, or never. */
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
  /** When its content was written, or came. */
  readonly contentAt: number | null;
  /** When it was last known to be the newest. */
  readonly checkedAt: number | null;
  /** How long the last reading took, in ms, and whether from its cached image. */
  readonly loadMs: number | null;
  readonly fromCache: boolean;
  /** Why the newest file or answer is not in force, while the last good one is; null: it is. */
  readonly lastError: { readonly at: number; readonly code: string; readonly message: string } | null;
  readonly nextFetchAt: number | null;
}

const statusFile = 'status.json';

/** For `gatehouse lists`, which is another process. @throws of node:fs */
export async function writeStatus(dir: string, lists: readonly ListStatus[]): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFileAtomically(join(dir, statusFile), JSON.stringify({ lists }));
}

/** What the serving process last wrote; empty when there is none. */
export async function readStatus(dir: string): Promise<readonly ListStatus[]> {
  try {
    const { lists } = JSON.parse(await readFile(join(dir, statusFile), 'utf8')) as { lists: ListStatus[] };
    return Array.isArray(lists) ? lists : [];
  } catch {
    return [];
  }
}
