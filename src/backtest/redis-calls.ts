import type { RedisOutcomeLines } from '../records/redis-outcome-lines.ts';
import { joined } from './line-chunks.ts';
import type { CallSource } from './run-backtest.ts';

const chunkBytes = 1024 * 1024;

/** Recorded calls of Redis; progress is in calls. Rejects when Redis does. */
export async function callsOfRedis(lines: RedisOutcomeLines): Promise<CallSource> {
  return { total: await lines.count(), chunks: (progress) => chunksOf(lines, progress) };
}

async function* chunksOf(
  lines: RedisOutcomeLines,
  progress: (done: number) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let parts: Buffer[] = [];
  let bytes = 0;
  let done = 0;
  for await (const page of lines.pages()) {
    parts = parts.concat(page);
    bytes += page.reduce((sum, { length }) => sum + length, 0);
    // Every line has its end beside it.
    done += page.length / 2;
    progress(done);
    if (bytes < chunkBytes) continue;
    yield joined(parts);
    parts = [];
    bytes = 0;
  }
  if (parts.length > 0) yield joined(parts);
}
