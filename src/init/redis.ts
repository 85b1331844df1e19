import type { Redis } from 'ioredis';
import { silentLog } from '../log/log.ts';
import { isLoopback } from '../process/loopback.ts';
import { mastersOf } from '../redis/redis-client.ts';
import { connectRedis, redisReady } from '../redis/redis-connection.ts';
import { rawText } from './asterisk.ts';
import type { Edit } from './edit.ts';

const answerMs = 3_000;
const [ourKeys, ourName] = ['gh:', 'gatehouse'];
/** So many are not looked through. */
const mostKeys = 1_000_000;

/** The Redis of GATEHOUSE_REDIS_URL, as init finds it. */
export type RedisFound =
  /** On this machine, without a password, and nobody else's: init may give it one. `conf`: its redis.conf. */
  | { readonly kind: 'open'; readonly url: URL; readonly conf: string }
  /** Not on this machine, or with a password: as somebody has set it up. */
  | { readonly kind: 'set' }
  | { readonly kind: 'away' | 'asks-password' | 'shared' };

/** @param text GATEHOUSE_REDIS_URL */
export async function findRedis(text: string): Promise<RedisFound> {
  const url = URL.parse(text);
  if (url?.protocol !== 'redis:' || !isHere(url)) return { kind: 'set' };
  const open = new URL(url);
  open.password = '';
  try {
    return await asked(open, async (redis): Promise<RedisFound> => {
      const server = await redis.info('server');
      const conf = /^config_file:(\S+)/m.exec(server)?.[1] ?? '';
      if (rawText(conf) === null || (await isUsedByOthers(redis))) return { kind: 'shared' };
      return { kind: 'open', url, conf };
    });
  } catch (failed) {
    if (!/NOAUTH|WRONGPASS|password/i.test(String(failed))) return { kind: 'away' };
    return { kind: url.password === '' ? 'asks-password' : 'set' };
  }
}

/**
 * When the file is a Redis's: gives the running one the password and the persistence that its file has now; without a restart, so that
 * nothing that it holds is lost.
 * @param from what its file said before
 * @throws an Error when it refuses
 */
export async function followRedis(
  { redis: url, path }: Pick<Edit, 'redis' | 'path'>,
  from: string,
): Promise<void> {
  if (url === undefined) return;
  const [old, wanted] = [settingsIn(from), settingsIn(rawText(path) ?? '')];
  for (const password of [old.password, wanted.password]) {
    const at = new URL(url);
    at.password = password;
    const done = await asked(at, async (redis) => {
      await redis.config('SET', 'appendonly', wanted.appendonly);
      await redis.config('SET', 'requirepass', wanted.password);
      return true;
    }).catch((failed: Error) => {
      if (/NOAUTH|WRONGPASS|password/i.test(failed.message)) return false;
      throw failed;
    });
    if (done) return;
  }
  throw new Error('Redis takes neither its former password nor the new one');
}

async function asked<T>(url: URL, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const client = connectRedis(url.href, silentLog, { name: `${ourName}-init`, commandTimeoutMs: answerMs });
  try {
    await redisReady(client, answerMs);
    const [redis] = mastersOf(client);
    if (redis === undefined) throw new Error('Redis does not answer');
    return await ask(redis);
  } finally {
    client.disconnect();
  }
}

/** A connection, a key or a database that is not Gatehouse's. */
async function isUsedByOthers(redis: Redis): Promise<boolean> {
  const clients = String(await redis.client('LIST'))
    .trim()
    .split('\n');
  if (!clients.every((client) => client.includes(` name=${ourName}`))) return true;
  const databases = (await redis.info('keyspace')).match(/^db\d+:/gm) ?? [];
  if (databases.some((name) => name !== 'db0:') || (await redis.dbsize()) > mostKeys) return true;
  for (let cursor = '0'; ; ) {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 1000);
    if (!keys.every((key) => key.startsWith(ourKeys))) return true;
    if (next === '0') return false;
    cursor = next;
  }
}

/** As its file sets them; Redis takes the last line. */
function settingsIn(text: string): { readonly password: string; readonly appendonly: string } {
  const last = (name: string): string | undefined =>
    [...text.matchAll(new RegExp(`^${name}\\s+"?([^\\s"]*)`, 'gm'))].at(-1)?.[1];
  return { password: last('requirepass') ?? '', appendonly: last('appendonly') ?? 'no' };
}

function isHere({ hostname }: URL): boolean {
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}
