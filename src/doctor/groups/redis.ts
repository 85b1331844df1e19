import type { Settings } from '../../config/settings.ts';
import { silentLog } from '../../log/log.ts';
import { connectRedis, redisReady } from '../../redis/redis-connection.ts';
import { redisDangers } from '../../redis/redis-dangers.ts';
import { writeRefusal } from '../../redis/write-refusal.ts';
import { error, type Finding, ok, warning } from '../finding.ts';

const waitMs = 3_000;

export async function* redis({ redisUrl }: Pick<Settings, 'redisUrl'>): AsyncGenerator<Finding> {
  const client = connectRedis(redisUrl, silentLog, { name: 'gatehouse-doctor', commandTimeoutMs: waitMs });
  try {
    await redisReady(client, waitMs);
    yield ok('redis.answers', 'Redis answers');
    const refusal = await writeRefusal(client);
    yield refusal === null
      ? ok('redis.takes-records', 'Redis takes records')
      : error('redis.takes-records', refusal.message, refusal.remedy);
    const dangers = await redisDangers(client);
    for (const { code, level, message, remedy, server } of dangers) {
      const id = `redis.${code.replace(/^redis-/, '')}` as const;
      yield (level === 'error' ? error : warning)(id, server ? `${server}: ${message}` : message, remedy);
    }
    if (dangers.length === 0)
      yield ok('redis.safe', 'its settings keep records, and others cannot read them');
  } catch (problem) {
    yield error(
      'redis.answers',
      `Redis does not answer: ${problem instanceof Error ? problem.message : String(problem)}`,
      'systemctl start redis-server, and compare GATEHOUSE_REDIS_URL; meanwhile calls are screened without history',
    );
  } finally {
    client.disconnect();
  }
}
