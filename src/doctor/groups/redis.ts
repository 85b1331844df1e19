import type { Settings } from '../../config/settings.ts';
import { silentLog } from '../../log/log.ts';
import { connectRedis, redisReady } from '../../redis/redis-connection.ts';
import { type RedisDanger, redisDangers } from '../../redis/redis-dangers.ts';
import { writeRefusal } from '../../redis/write-refusal.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { quoted } from '../pasted.ts';

const waitMs = 3_000;

/** Settings of redis.conf that mend it. */
const mends: Partial<Record<RedisDanger['code'], readonly string[]>> = {
  'redis-evicts': ['maxmemory-policy noeviction'],
  'redis-forgets': ['appendonly yes'],
  'redis-failover-loses': ['min-replicas-to-write 1', 'min-replicas-max-lag 10'],
};

/** Null: not for this finding, or not by the address of one server. Asks for the password, which is not to be shown. */
function settingCommand(url: string, code: RedisDanger['code']): string | null {
  const settings = mends[code];
  if (settings === undefined || !URL.canParse(url)) return null;
  const { protocol, hostname, port, username, password } = new URL(url);
  if (protocol !== 'redis:') return null;
  const client = [
    'redis-cli',
    ...(['127.0.0.1', 'localhost', ''].includes(hostname) ? [] : ['-h', quoted(hostname)]),
    ...(['', '6379'].includes(port) ? [] : ['-p', port]),
    ...(username === '' ? [] : ['--user', quoted(decodeURIComponent(username))]),
    ...(password === '' ? [] : ['--askpass']),
  ].join(' ');
  // Without a configuration file there is nothing to rewrite, which is no failure.
  return [...settings.map((setting) => `config set ${setting}`), 'config rewrite']
    .map((words) => `${client} ${words}`)
    .join(' && ');
}

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
      const command = server === '' ? settingCommand(redisUrl, code) : null;
      const found = server === '' ? message : `${server}: ${message}`;
      yield (level === 'error' ? error : warning)(id, found, { words: remedy, command });
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
