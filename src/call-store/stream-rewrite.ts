import { randomBytes } from 'node:crypto';
import { type RedisClient, type RedisCommand, runAllOrFail } from '../redis/redis-client.ts';
import type { StreamEntry } from './stored-entry.ts';

const pageSize = 500;
const copyKeptMs = 3_600_000;
const copyName = /:[0-9a-f]{16}$/;

/** The stream changed in a way that a rewrite cannot follow. */
export class StreamRewriteError extends Error {
  readonly code = 'stream-rewrite';
}

/**
 * Replaces entries of a stream: what XDEL marks as deleted stays in memory and in Redis's files, so the stream is copied
 * beside and takes the old one's place at once, with what was written meanwhile. Readers see the one or the other. `fields`:
 * new ones by entry id. Rejects when Redis does; the stream is as it was then, and the copy expires.
 */
export async function rewriteStream(
  redis: RedisClient,
  key: string,
  fields: ReadonlyMap<string, readonly Buffer[]>,
): Promise<void> {
  const copy = `${key}:${randomBytes(8).toString('hex')}`;
  let last = '';
  for (let from = '-'; ; from = `(${last}`) {
    const page = await redis.xrangeBuffer(key, from, '+', 'COUNT', pageSize);
    const commands = page.map((entry) => copyOf(copy, entry, fields));
    // With the first entry: whatever becomes of this process, the copy does not outlive its time.
    if (last === '') commands.splice(1, 0, (to) => to.pexpire(copy, copyKeptMs));
    await runAllOrFail(redis, commands);
    last = page.at(-1)?.[0].toString() ?? last;
    if (page.length < pageSize) break;
  }
  if (last === '') return;
  if ((await redis.finishRewrite(key, copy, last)) === -1)
    throw new StreamRewriteError('the copy of a stream is gone before it was finished');
}

/** True for the copy of a stream that was never finished: while one person is forgotten at a time, of a broken-off rewrite. */
export function isCopyOf(stream: string, key: string): boolean {
  return key.startsWith(`${stream}:`) && copyName.test(key);
}

function copyOf(
  copy: string,
  [id, fields]: StreamEntry,
  replaced: ReadonlyMap<string, readonly Buffer[]>,
): RedisCommand {
  const name = id.toString();
  const [first = Buffer.alloc(0), ...rest] = replaced.get(name) ?? fields;
  return (to) => to.xadd(copy, name, first, ...rest);
}
