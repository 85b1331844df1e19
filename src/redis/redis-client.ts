import { type ChainableCommander, Cluster, type Redis } from 'ioredis';

/** One Redis, the master that Sentinels name, or a Cluster: the same commands, each touching one hash slot. */
export type RedisClient = Redis | Cluster;

/** One command, given to whatever carries it. */
export type RedisCommand = (to: ChainableCommander) => unknown;

export type RedisReply = readonly [error: Error | null, result: unknown];

/**
 * Sends the commands at once and gives a reply for each, in order. Commands of one hash slot run in their order. On one
 * Redis it is one pipeline; a Cluster's pipeline may not span nodes, so there each finds its own node. Settles as the
 * commands' deadlines do; rejects when nothing could be sent.
 */
export async function runAll(
  redis: RedisClient,
  commands: readonly RedisCommand[],
): Promise<readonly RedisReply[]> {
  if (commands.length === 0) return [];
  if (redis instanceof Cluster) {
    const commander = redis as unknown as ChainableCommander;
    return Promise.all(commands.map((command) => replyOf(commander, command)));
  }
  const pipeline = redis.pipeline();
  for (const command of commands) command(pipeline);
  return (await pipeline.exec()) ?? [];
}

/** The results alone; rejects with the first error. */
export async function runAllOrFail(
  redis: RedisClient,
  commands: readonly RedisCommand[],
): Promise<unknown[]> {
  return (await runAll(redis, commands)).map(([error, result]) => {
    if (error !== null) throw error;
    return result;
  });
}

/** Every server that takes writes: each has a part of the keys. */
export function mastersOf(redis: RedisClient): readonly Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis];
}

async function replyOf(commander: ChainableCommander, command: RedisCommand): Promise<RedisReply> {
  try {
    return [null, await command(commander)];
  } catch (error) {
    return [error instanceof Error ? error : new Error(String(error)), null];
  }
}
