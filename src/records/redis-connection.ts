import { Cluster, Redis, type Result } from 'ioredis';
import type { ScreeningLog } from '../screening/ports.ts';
import { type RedisAddress, redisAddress, redisAddressForms } from './redis-address.ts';
import type { RedisClient } from './redis-client.ts';
import { countCall } from './scripts/count-call.ts';
import { countCallerCall } from './scripts/count-caller-call.ts';
import { emptyRows } from './scripts/empty-rows.ts';
import { expectCall } from './scripts/expect-call.ts';
import { extendUntil } from './scripts/extend-until.ts';
import { finishRewrite } from './scripts/finish-rewrite.ts';
import { flagCaller } from './scripts/flag-caller.ts';
import { grantPass } from './scripts/grant-pass.ts';
import { noteAfterExit } from './scripts/note-after-exit.ts';
import { readCaller } from './scripts/read-caller.ts';
import { readFlags } from './scripts/read-flags.ts';
import { recordOutcome } from './scripts/record-outcome.ts';
import { takeBackFlag } from './scripts/take-back-flag.ts';

/** A file each, named alike, which says what its keys and arguments are. */
const scripts = {
  recordOutcome,
  noteAfterExit,
  finishRewrite,
  emptyRows,
  grantPass,
  countCallerCall,
  countCall,
  extendUntil,
  flagCaller,
  takeBackFlag,
  readFlags,
  expectCall,
  readCaller,
};

declare module 'ioredis' {
  interface RedisCommander<Context> {
    recordOutcome(...keysAndArgs: (string | Buffer)[]): Result<number, Context>;
    noteAfterExit(...keysAndArgs: (string | Buffer)[]): Result<number, Context>;
    finishRewrite(...keysAndArgs: string[]): Result<number, Context>;
    emptyRows(...keysAndArgs: (string | Buffer)[]): Result<number, Context>;
    grantPass(...keysAndArgs: string[]): Result<number, Context>;
    countCallerCall(...keysAndArgs: string[]): Result<number, Context>;
    countCall(...keysAndArgs: (string | Buffer)[]): Result<number, Context>;
    extendUntil(...keysAndArgs: string[]): Result<number, Context>;
    flagCaller(...keysAndArgs: string[]): Result<number, Context>;
    takeBackFlag(...keysAndArgs: string[]): Result<number, Context>;
    readFlags(...keysAndArgs: string[]): Result<unknown, Context>;
    expectCall(...keysAndArgs: string[]): Result<number, Context>;
    readCaller(...keysAndArgs: string[]): Result<unknown, Context>;
  }
}

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
 * master. Throws RedisConnectionError `redis-url`.
 */
export function connectRedis(
  url: string,
  log: ScreeningLog,
  options: RedisConnectionOptions = {},
): RedisClient {
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
  logConnection(redis, log, { redis: address.shown, connection: name });
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

/** One line when Redis goes, one when it comes, and a reminder a minute; a listener for `error` keeps the process alive. */
function logConnection(redis: RedisClient, log: ScreeningLog, fields: Record<string, unknown>): void {
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
    if (state === 'ready') away('connection closed');
  });
  redis.on('ready', () => {
    state = 'ready';
    log.info('Redis is connected', fields);
  });
}
