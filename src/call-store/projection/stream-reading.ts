import { type ShardKeys, shardKeys } from '../../redis/redis-keys.ts';
import type { Run, SqlDatabase } from './sql-database.ts';

/** How far a stream has been read. */
export interface Reading {
  readonly shard: ShardKeys;
  ms: number;
  seq: number;
  /** Entries up to there. */
  entries: number;
}

/** As the database has it. */
export async function knownReadings(database: SqlDatabase): Promise<Reading[]> {
  const rows = await database.read('SELECT day, shard, ms, seq, entries FROM streams');
  return rows.map(({ day, shard, ms, seq, entries }) => ({
    ...{ shard: shardKeys(Number(day), Number(shard)), ms: Number(ms), seq: Number(seq) },
    entries: Number(entries),
  }));
}

export async function noteReading(run: Run, { shard, ms, seq, entries }: Reading): Promise<void> {
  const own = { day: shard.day, shard: shard.shard };
  await run('DELETE FROM streams WHERE day = $day AND shard = $shard', own);
  await run('INSERT INTO streams VALUES ($day, $shard, $ms, $seq, $entries)', { ...own, ms, seq, entries });
}

/** Of a stream entry. */
export function idOf(id: string): { readonly ms: number; readonly seq: number } {
  const [ms = 0, seq = 0] = id.split('-').map(Number);
  return { ms, seq };
}
