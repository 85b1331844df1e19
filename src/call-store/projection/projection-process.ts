import { once } from 'node:events';
import { join } from 'node:path';
import type { Log } from '../../log/log.ts';
import { callerNames } from '../../privacy/caller-names.ts';
import { endFirstWhenMemoryRunsOut, workInBackground } from '../../process/background-work.ts';
import { connectRedis } from '../../redis/redis-connection.ts';
import { databaseFile, type FromProjection, socketFile, type ToProjection } from './projection-messages.ts';
import { type AnsweredQuestions, answerOnSocket } from './records-socket.ts';
import { SqlCallRecords } from './sql-call-records.ts';
import { SqlDatabase } from './sql-database.ts';
import { StreamFollower } from './stream-follower.ts';

const redisCommandMs = 20_000;

/** Calls go first, and what is lost here is built again from Redis. */
workInBackground(5);
endFirstWhenMemoryRunsOut();
process.umask(0o077);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

const log: Log = {
  debug: (message, fields) => say('debug', message, fields),
  info: (message, fields) => say('info', message, fields),
  warn: (message, fields) => say('warn', message, fields),
  error: (message, fields) => say('error', message, fields),
};

function say(level: FromProjection['level'], message: string, fields: Record<string, unknown> = {}): void {
  if (process.connected) process.send?.({ level, message, fields } satisfies FromProjection);
}

/** Follows the records and answers questions about them. projection.ts starts it. */
async function run(): Promise<void> {
  const [options] = (await once(process, 'message')) as [ToProjection];
  const database = await SqlDatabase.open(join(options.data, databaseFile));
  const redis = connectRedis(options.redisUrl, log, {
    name: 'gatehouse-projection',
    commandTimeoutMs: redisCommandMs,
  });
  const follower = new StreamFollower({ database, redis, log, keptMs: options.keptMs });
  const names = callerNames(options.pseudonymKey);
  const records = new SqlCallRecords({
    database,
    redis,
    names,
    complete: (range) => follower.complete(range),
  });
  const answers: AnsweredQuestions = Object.assign(records, {
    forget: (words: readonly string[]) => follower.forget(words),
  });
  await answerOnSocket(join(options.data, socketFile), answers);
  await follower.follow();
}

try {
  await run();
} catch (error) {
  say('error', 'The records cannot be followed', { error: String(error) });
  process.exitCode = 1;
  process.disconnect?.();
}
