import { Redis, type Result } from 'ioredis';
import type { ScreeningLog } from '../screening/ports.ts';
import { countCall } from './scripts/count-call.ts';
import { countCallerCall } from './scripts/count-caller-call.ts';
import { expectCall } from './scripts/expect-call.ts';
import { extendUntil } from './scripts/extend-until.ts';
import { flagCaller } from './scripts/flag-caller.ts';
import { grantPass } from './scripts/grant-pass.ts';
import { readCaller } from './scripts/read-caller.ts';
import { recordOutcome } from './scripts/record-outcome.ts';

/** A file each, named alike, which says what its keys and arguments are. */
const scripts = {
  recordOutcome,
  grantPass,
  countCallerCall,
  countCall,
  extendUntil,
  flagCaller,
  expectCall,
  readCaller,
};

declare module 'ioredis' {
  interface RedisCommander<Context> {
    recordOutcome(...keysAndArgs: string[]): Result<number, Context>;
    grantPass(...keysAndArgs: string[]): Result<number, Context>;
    countCallerCall(...keysAndArgs: string[]): Result<number, Context>;
    countCall(...keysAndArgs: string[]): Result<number, Context>;
    extendUntil(...keysAndArgs: string[]): Result<number, Context>;
    flagCaller(...keysAndArgs: string[]): Result<number, Context>;
    expectCall(...keysAndArgs: string[]): Result<number, Context>;
    readCaller(...keysAndArgs: string[]): Result<unknown, Context>;
  }
}

const repeatedLogMs = 60_000;

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
 * A socket on which nothing comes for twice that is dropped (half-open). Throws RedisConnectionError `redis-url`.
 */
export function connectRedis(url: string, log: ScreeningLog, options: RedisConnectionOptions = {}): Redis {
  const { name = 'gatehouse', commandTimeoutMs = 2_000 } = options;
  const address = checkedAddress(url);
  const redis = new Redis(url, {
    connectionName: name,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    socketTimeout: 2 * commandTimeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000) * (0.75 + Math.random() / 2),
    scripts,
  });
  logConnection(redis, log, { redis: address, connection: name });
  return redis;
}

/** Resolves when commands can be sent; rejects with RedisConnectionError `redis-away` after `deadlineMs`. */
export async function redisReady(redis: Redis, deadlineMs: number): Promise<void> {
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

/** Host, port and database, without the password. */
function checkedAddress(url: string): string {
  // ioredis takes what is not a URL for the path of a socket.
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new RedisConnectionError(
      'redis-url',
      'not a Redis address; wanted redis://HOST:PORT/DB or rediss://…',
    );
  }
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** One line when Redis goes, one when it comes, and a reminder a minute; a listener for `error` keeps the process alive. */
function logConnection(redis: Redis, log: ScreeningLog, fields: Record<string, unknown>): void {
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
