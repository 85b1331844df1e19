import { RedisOutcomes } from '../test/fakes/redis-outcomes.ts';
import { type RecordedMonth, usedMemory } from './recorded-month.ts';

const measured = 10_000;
const batchSize = 500;

/**
 * Bytes that Redis needs a call when the newest 10,000 of the same records are kept the plain ways; nothing but the record:
 * no counts, no windows, no search.
 */
export async function plainRecords({ redis, admin, calls }: RecordedMonth): Promise<Record<string, number>> {
  const records: string[] = [];
  const since = Date.now() - 86_400_000 * 30 * Math.min(1, (measured * 1.5) / calls);
  for await (const outcome of new RedisOutcomes(redis).between(since)) {
    records.push(JSON.stringify(outcome));
    if (records.length === measured) break;
  }
  const grown = async (write: (record: string, at: number) => readonly [string, ...string[]]) => {
    const before = await usedMemory(admin);
    for (let from = 0; from < records.length; from += batchSize) {
      const pipeline = admin.pipeline();
      for (const [at, record] of records.slice(from, from + batchSize).entries()) {
        const [command, ...args] = write(record, from + at);
        pipeline.call(command, ...args);
      }
      await pipeline.exec();
    }
    const bytes = ((await usedMemory(admin)) - before) / records.length;
    const left = await admin.keys('plain:*');
    for (let from = 0; from < left.length; from += batchSize)
      await admin.del(left.slice(from, from + batchSize));
    return Math.round(bytes);
  };
  return {
    'a stream of JSON': await grown((record) => ['XADD', 'plain:stream', '*', 'json', record]),
    'a key with JSON for each': await grown((record, at) => ['SET', `plain:call:${at}`, record]),
  };
}
