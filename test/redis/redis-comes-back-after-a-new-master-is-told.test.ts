import { expect, test, vi } from 'vitest';
import { silentLog } from '../../src/log/log.ts';
import { connectRedis } from '../../src/redis/redis-connection.ts';

/** Nobody listens there: the client goes on asking for its master. */
const address = 'redis+sentinel://127.0.0.1:1/switchboard';

/** As ioredis does when a Sentinel tells of a new master. */
function tellOfNewMaster(redis: unknown): void {
  (redis as { connector: { disconnect(): void } }).connector.disconnect();
}

test('word of a new master while the master is being asked for: the client goes on for ever', async () => {
  const redis = connectRedis(address, silentLog);
  for (let round = 0; round < 2; round++) {
    const ended = new Promise((resolve) => redis.once('end', resolve));
    tellOfNewMaster(redis);
    await ended;
    await vi.waitFor(() => expect(redis.status).toBe('connecting'), { timeout: 5000 });
  }
  redis.disconnect();
  await vi.waitFor(() => expect(redis.status).toBe('end'), { timeout: 5000 });
});

test('a client that was closed stays closed', async () => {
  const redis = connectRedis(address, silentLog);
  redis.disconnect();
  tellOfNewMaster(redis);
  await vi.waitFor(() => expect(redis.status).toBe('end'), { timeout: 5000 });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(redis.status).toBe('end');
});
