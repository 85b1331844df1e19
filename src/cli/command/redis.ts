import type { CallRecords } from '../../call/call-records.ts';
import { noNames } from '../../call/called-name.ts';
import type { CallerActions } from '../../call/staff/caller-actions.ts';
import type { CallerFlags } from '../../call/staff/caller-flags.ts';
import { recordsSocket } from '../../call-store/projection/projection-messages.ts';
import { SocketCallRecords } from '../../call-store/projection/socket-call-records.ts';
import { callerPseudonymKey, settingText } from '../../config/read-setting.ts';
import { RedisClosures } from '../../history/closures.ts';
import { levelsIn } from '../../history/levels-by-hand.ts';
import { RedisCallerActions } from '../../history/redis-caller-actions.ts';
import { RedisCallerFlags } from '../../history/redis-caller-flags.ts';
import { levelLines } from '../../levels/level-words.ts';
import { silentLog } from '../../log/log.ts';
import { type CallerNames, callerNames } from '../../privacy/caller-names.ts';
import type { RedisClient } from '../../redis/redis-client.ts';
import { connectRedis, RedisConnectionError, redisReady } from '../../redis/redis-connection.ts';
import { replicasBehind } from '../../redis/replicas.ts';
import { waitingNotes, waitingWords } from '../../spool/waiting-notes.ts';
import { closureLine } from '../../terminal/closure-line.ts';
import { levelWriting } from '../../terminal/level-writing.ts';
import { tell } from '../../terminal/screen.ts';
import { calledNames } from './called-names.ts';
import { dataDir } from './options.ts';
import { messageOf } from './run.ts';

const redisWaitMs = 3_000;

export interface Source {
  readonly records: CallRecords;
  readonly flags: CallerFlags;
  readonly actions: CallerActions;
  /** After a flag was written: says on stderr when a failover of Redis may lose it. */
  readonly tellReplicasBehind: () => Promise<void>;
  /** What is not calm, and what is closed by hand now, a line each. Never rejects. */
  readonly siteLines: () => Promise<readonly string[]>;
}

/**
 * Connects for the time of `use`. `url`: what the command line says, else GATEHOUSE_REDIS_URL.
 * @throws RedisConnectionError `redis-url`, `redis-away`
 */
export async function withRedis<T>(
  url: string | undefined,
  command: string,
  use: (redis: RedisClient) => Promise<T>,
  commandTimeoutMs = 10_000,
): Promise<T> {
  const redis = connectRedis(settingText('GATEHOUSE_REDIS_URL', url), silentLog, {
    name: `gatehouse-${command}`,
    commandTimeoutMs,
  });
  try {
    await redisReady(redis, redisWaitMs);
    return await use(redis);
  } catch (error) {
    // Errors of ioredis have no code; all others here do.
    if ((error as { code?: unknown }).code !== undefined) throw error;
    throw new RedisConnectionError('redis-away', `Redis: ${messageOf(error)}`);
  } finally {
    redis.disconnect();
  }
}

/**
 * As withRedis, for what somebody says by hand: no outbox keeps it, so it is told on stderr when a failover of Redis may lose
 * it. @throws as withRedis
 */
export function withRedisWrite<T>(
  url: string | undefined,
  command: string,
  use: (redis: RedisClient) => Promise<T>,
  commandTimeoutMs?: number,
): Promise<T> {
  const write = async (redis: RedisClient) => {
    const result = await use(redis);
    await tellReplicasBehind(redis);
    return result;
  };
  return withRedis(url, command, write, commandTimeoutMs);
}

async function tellReplicasBehind(redis: RedisClient): Promise<void> {
  const behind = await replicasBehind(redis).catch((error: unknown) => messageOf(error));
  if (behind === null) return;
  tell(
    `Done, but a failover of Redis may lose it: ${behind}. Once the replicas are well, look whether it is still there.`,
  );
}

/**
 * Call records and flags. Records come from the projection of the `serve` that runs on this data directory, at once; with
 * `url`, or when none runs, what is asked for is read from Redis first. @throws as withRedis
 */
export function withRecords<T>(url: string | undefined, use: (source: Source) => Promise<T>): Promise<T> {
  return withRedis(url, 'report', async (redis) => {
    const names = callerNames(callerPseudonymKey(process.env));
    const running = url === undefined ? await runningRecords() : null;
    if (url === undefined && running === null) await tellNotRunning();
    const records = running ?? (await recordsInRedis(redis, names));
    const closures = new RedisClosures(redis);
    const siteLines = async () => {
      try {
        const now = Date.now();
        const [levels, closed] = await Promise.all([levelsIn(redis, now), closures.list(now)]);
        const isCalm = levels.levels.length + levels.surges.length === 0;
        const writing = levelWriting(false, isCalm ? noNames : await calledNames());
        return [...levelLines(levels, writing), ...closed.map((one) => closureLine(one))];
      } catch {
        return [];
      }
    };
    const flags = new RedisCallerFlags(redis, names);
    const actions = new RedisCallerActions(redis, names);
    return use({ records, flags, actions, siteLines, tellReplicasBehind: () => tellReplicasBehind(redis) });
  });
}

/** On stderr, before anything else: what is shown lacks these calls. Without any, this may be a machine that has no Gatehouse. */
async function tellNotRunning(): Promise<void> {
  const waiting = await waitingNotes(settingText('GATEHOUSE_SPOOL'));
  if (waiting === null) return;
  tell(`Gatehouse is not running: ${waitingWords(waiting)}. gatehouse doctor says what is wrong.`);
}

/** The database is loaded where it is needed only: that takes longer than all else that a command does. */
async function recordsInRedis(redis: RedisClient, names: CallerNames): Promise<CallRecords> {
  const { RedisRangeRecords } = await import('../../call-store/projection/redis-range-records.ts');
  return RedisRangeRecords.open(redis, names);
}

/** Those of the `serve` that runs on this data directory; null: none does. */
export async function runningRecords(): Promise<CallRecords | null> {
  const records = new SocketCallRecords(recordsSocket(dataDir()));
  return (await records.isThere()) ? records : null;
}
