import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallRecords } from '../src/call/call-records.ts';
import { Projection } from '../src/call-store/projection/projection.ts';
import { databaseFile } from '../src/call-store/projection/projection-messages.ts';
import { silentLog } from '../src/log/log.ts';

/** The records process beside a Redis, as `gatehouse serve` runs it, once it has read all calls. */
export interface FollowedRecords {
  readonly records: CallRecords;
  /** From its start to the last call read. */
  readonly buildMs: number;
  readonly bytesOnDisk: number;
  /** Ends the process and leaves the data directory, which is returned, until `close`. */
  handOver(): Promise<string>;
  close(): Promise<void>;
}

export async function followRecords(redisUrl: string): Promise<FollowedRecords> {
  const data = await mkdtemp(join(tmpdir(), 'gatehouse-records-'));
  const projection = new Projection(
    { redisUrl, pseudonymKey: null, data, keptMs: 90 * 86_400_000 },
    silentLog,
  );
  const started = performance.now();
  projection.start();
  while (!(await isComplete(projection.records))) await sleep(100);
  const buildMs = performance.now() - started;
  return {
    records: projection.records,
    buildMs,
    bytesOnDisk: (await stat(join(data, databaseFile))).size,
    async handOver() {
      projection.close();
      await sleep(500);
      return data;
    },
    async close() {
      projection.close();
      await sleep(500);
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function isComplete(records: CallRecords): Promise<boolean> {
  try {
    return (await records.call('of nobody')) === null;
  } catch {
    return false;
  }
}
