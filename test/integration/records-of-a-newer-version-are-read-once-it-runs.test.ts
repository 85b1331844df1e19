import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqlDatabase } from '../../src/call-store/projection/sql-database.ts';
import { StreamFollower } from '../../src/call-store/projection/stream-follower.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { shardKeysOfCall } from '../../src/redis/redis-keys.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

test('an older node leaves out what a newer one wrote, and says so; once upgraded it reads everything again', async () => {
  const server = await RedisProcess.start();
  onTestFinished(() => server.remove());
  const redis = connectRedis(server.url, new RecordingLog());
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 20_000);
  const outcome = sampleOutcome('n1/1');
  await new RedisCallStore(redis, 3650 * 86_400_000).write([
    { id: 1, callId: 'n1/1', kind: 'outcome', outcome },
  ]);
  const { records } = shardKeysOfCall('n1/1', outcome.facts.now);
  // A format that no program has yet.
  for (const id of ['n2/1', 'n2/2'])
    await redis.xadd(records, '*', 'id', id, 'packed', Buffer.from([99, 1, 2, 3]));

  const path = join(temporaryFolder(), 'records.duckdb');
  const readBy = async () => {
    const database = await SqlDatabase.open(path);
    const log = new RecordingLog();
    await new StreamFollower({ database, redis, log }).readAll();
    const calls = await database.read('SELECT call_id FROM calls');
    return { database, log, calls: calls.map(({ call_id: id }) => id) };
  };
  const older = await readBy();
  expect(older.calls).toEqual(['n1/1']);
  expect(older.log.messages('warn')).toEqual([
    'Records in Redis that this version cannot read are left out of pages and reports',
  ]);
  // Started again it has nothing to read.
  await older.database.close();
  const again = await readBy();
  expect(again.log.lines).toEqual([]);

  // What another version left is begun anew, from the first entry.
  await again.database.write(async (run) => void (await run('UPDATE about SET version = version - 1')));
  await again.database.close();
  const upgraded = await readBy();
  expect(upgraded.log.messages('warn')).toHaveLength(1);
  expect(upgraded.calls).toEqual(['n1/1']);
  await upgraded.database.close();
});
