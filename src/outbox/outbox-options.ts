import type { Log } from '../log/log.ts';
import type { CallerNames } from '../privacy/caller-names.ts';
import type { SecondPlace } from './kept-calls.ts';

export interface OutboxOptions {
  /** Of the SQLite file; its folder is created. */
  readonly path: string;
  readonly log: Log;
  /** How long the id of a sent call is kept, to recognize a repeated end. 7 days by default. */
  readonly keepIdsForMs?: number;
  /** How long acknowledged rows are kept, to be sent again to a Redis that takes over: longer than a failover. 2 minutes by default. */
  readonly keepSentForMs?: number;
  /** How long a locked file may hold up the event loop. 250 ms by default. */
  readonly busyTimeoutMs?: number;
  /** Names of callers in the file. Their numbers by default. */
  readonly names?: CallerNames;
  /** Also keeps calls while the disk takes none. None by default. */
  readonly secondPlace?: (SecondPlace & { readonly size: number }) | null;
  /** Disk space taken in advance, for when the disk is full. 0 by default. */
  readonly reserveBytes?: number;
}

/** Health of the outbox. */
export interface OutboxState {
  /** Since when (epoch ms) writes fail, and why; null: they work. */
  readonly failing: { readonly since: number; readonly error: string } | null;
  /** Calls held in memory for it. */
  readonly inMemory: number;
  /** How many of them are in the second place too. */
  readonly inSecondPlace: number;
  /** Rows that Redis refuses; retried each hour. */
  readonly setAside: number;
}
