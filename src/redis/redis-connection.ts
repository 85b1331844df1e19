import { Cluster, Redis } from 'ioredis';
import type { Log } from '../log/log.ts';
import { reconnectWhileRefused } from './failover.ts';
import { type RedisAddress, redisAddress, redisAddressForms } from './redis-address.ts';
import type { RedisClient } from './redis-client.ts';
import { scripts } from './scripts.ts';

const repeatedLogMs = 60_000;
const slotsRefreshMs = 5_000;

export interface RedisConnectionOptions {
  /** Seen in `CLIENT LIST` and in the log. */
  readonly name?: string;
  /** Deadline of every command. 2 s by default. */
  readonly commandTimeoutMs?: number;
}

/** `redis-url`: the address is not one; `redis-away`: no Redis answered in time. */
export class RedisConnectionError extends Error {
  readonly code: 'redis-url' | 'redis-away';
  constructor(code: 'redis-url' | 'redis-away', message: string) {
    super(message);
    this.name = 'RedisConnectionError';
    this.code = code;
  }
}

/**
 * A connection that is made again for ever. A command settles within its deadline: at once with an error while Redis
 * is away (nothing is queued or sent a second time; the outbox repeats), after `commandTimeoutMs` when Redis is frozen.
 * A socket on which nothing comes for twice that is dropped (half-open). With Sentinels or a Cluster it follows the
 * master; a single server that refuses records is connected to again, since a forwarder may lead to another one. Throws RedisConnectionError `redis-url`.
 */
export function connectRedis(url: string, log: Log, options: RedisConnectionOptions = {}): RedisClient {
  const { name = 'gatehouse', commandTimeoutMs = 2_000 } = options;
  const address = redisAddress(url);
  if (address === null)
    throw new RedisConnectionError('redis-url', `not a Redis address; wanted ${redisAddressForms}`);
  const redis = clientFor(address, {
    ...address.options,
    connectionName: name,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    socketTimeout: 2 * commandTimeoutMs,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  const following = redis instanceof Cluster ? null : reconnectWhileRefused(redis);
  reviveAfterEnd(redis, () => following?.stop());
  const fields = { redis: address.shown, connection: name };
  logConnection(redis, log, { fields, isRefused: () => following?.isRefused() ?? false });
  return redis;
}

type CommonOptions = RedisAddress['options'] & {
  readonly connectionName: string;
  readonly commandTimeout: number;
  readonly connectTimeout: number;
  readonly socketTimeout: number;
  readonly autoResendUnfulfilledCommands: false;
  readonly maxRetriesPerRequest: 0;
};

const retryStrategy = (attempt: number): number =>
  Math.min(50 * 2 ** Math.min(attempt, 6), 2_000) * (0.75 + Math.random() / 2);

function clientFor({ kind, places, master, url }: RedisAddress, common: CommonOptions): RedisClient {
  if (kind === 'cluster') {
    return new Cluster([...places], {
      redisOptions: common,
      clusterRetryStrategy: retryStrategy,
      enableOfflineQueue: false,
      // The outbox repeats: a command looks for its node a few times, within its deadline.
      maxRedirections: 4,
      slotsRefreshTimeout: common.connectTimeout,
      slotsRefreshInterval: slotsRefreshMs,
      scripts,
    });
  }
  const alone = { ...common, enableOfflineQueue: false, retryStrategy, scripts };
  if (kind === 'single') return new Redis(url, alone);
  return new Redis({
    ...alone,
    sentinels: [...places],
    name: master,
    sentinelRetryStrategy: retryStrategy,
    sentinelCommandTimeout: common.commandTimeout,
    // Sentinels tell of a new master at once; the old one, come back as a replica, refuses writes.
    failoverDetector: true,
    reconnectOnError: (error: Error) => /^READONLY/.test(error.message),
  });
}

/**
 * Word of a new master that comes while ioredis is just asking a Sentinel for it ends the client for good (its connector throws
 * "Connection is closed", which is not retried). Only `disconnect` and `quit` may end ours.
 */
function reviveAfterEnd(redis: RedisClient, onClose: () => void): void {
  let isClosed = false;
  const { disconnect, quit } = redis;
  redis.disconnect = (reconnect = false) => {
    isClosed ||= !reconnect;
    if (isClosed) onClose();
    disconnect.call(redis, reconnect);
  };
  redis.quit = (...args: Parameters<typeof quit>) => {
    isClosed = true;
    onClose();
    return quit.apply(redis, args);
  };
  redis.on('end', () => {
    setTimeout(() => {
      // What is wrong is told by `error`.
      if (!isClosed && redis.status === 'end') redis.connect().catch(() => {});
    }, retryStrategy(3)).unref();
  });
}

/** Resolves when commands can be sent; rejects with RedisConnectionError `redis-away` after `deadlineMs`. */
export async function redisReady(redis: RedisClient, deadlineMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let reason = 'no answer';
  const failed = (error: Error) => {
    reason = error.message || ('code' in error ? String(error.code) : error.name);
  };
  const timer = setTimeout(
    () =>
      reject(
        new RedisConnectionError('redis-away', `Redis did not answer within ${deadlineMs} ms: ${reason}`),
      ),
    deadlineMs,
  );
  redis.once('ready', resolve);
  redis.on('error', failed);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    redis.off('ready', resolve);
    redis.off('error', failed);
  }
}

/**
 * One line when Redis goes, one when it comes, and a reminder a minute; a listener for `error` keeps the process alive. Of a server
 * that refuses records, and is connected to again and again, the pulse tells.
 */
function logConnection(
  redis: RedisClient,
  log: Log,
  { fields, isRefused }: { readonly fields: Record<string, unknown>; readonly isRefused: () => boolean },
): void {
  let state: 'new' | 'ready' | 'away' = 'new';
  let remindedAt = 0;
  const away = (error: string) => {
    const isDue = performance.now() - remindedAt >= repeatedLogMs;
    if (state === 'away' && !isDue) return;
    state = 'away';
    remindedAt = performance.now();
    log.warn('Redis is away: outcomes wait in the outbox', { ...fields, error });
  };
  redis.on('error', (error: Error & { code?: string }) => away(error.code ?? error.message));
  redis.on('close', () => {
    if (state === 'ready' && !isRefused()) away('connection closed');
  });
  redis.on('ready', () => {
    const isNews = state !== 'ready' || !isRefused();
    state = 'ready';
    if (isNews) log.info('Redis is connected', fields);
  });
}
