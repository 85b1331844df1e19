import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './redis-client.ts';
import { type WriteRefusal, writeRefusal } from './write-refusal.ts';

/**
 * Calls `listener` whenever another server may have taken over: after each new connection, and when a Cluster's slots have
 * other masters than before. What was acknowledged shortly before may be missing there.
 */
export function onServerChange(redis: RedisClient, listener: () => void): void {
  redis.on('ready', listener);
  if (!(redis instanceof Cluster)) return;
  let known = mastersOfSlots(redis);
  redis.on('+node', listener);
  redis.on('refresh', () => {
    const now = mastersOfSlots(redis);
    if (now === known) return;
    known = now;
    listener();
  });
}

function mastersOfSlots(cluster: Cluster): string {
  const slots = (cluster as unknown as { slots?: readonly (readonly string[] | undefined)[] }).slots ?? [];
  return [...new Set(slots.map((nodes) => nodes?.[0] ?? ''))].sort().join(' ');
}

const askEveryMs = 2_000;
const longestPauseMs = { elsewhere: 10_000, here: 30_000 };
/** Connected, and not ready for so long: it is loading its data (every other way to wait ends by a deadline). */
const longestLoadingMs = 10_000;

/**
 * Makes the connection again while the server refuses records: behind a forwarder or a virtual IP the old master goes on
 * answering on the old connection. Not of a Cluster, whose nodes say themselves who has the keys. Returns how to stop.
 */
export function reconnectWhileRefused(redis: Redis): { readonly isRefused: () => boolean; stop(): void } {
  let isAsking = false;
  let isRefused = false;
  let pauseMs = 0;
  let nextAt = 0;
  let loadingSince: number | null = null;
  const again = (refusal: Pick<WriteRefusal, 'isElsewhere'>) => {
    isRefused = true;
    const now = performance.now();
    if (now < nextAt) return;
    const longest = refusal.isElsewhere ? longestPauseMs.elsewhere : longestPauseMs.here;
    pauseMs = Math.min(pauseMs === 0 ? askEveryMs : pauseMs * 2, longest);
    nextAt = now + pauseMs;
    redis.disconnect(true);
  };
  const ask = async () => {
    isAsking = true;
    try {
      const refusal = await writeRefusal(redis);
      if (refusal !== null) return again(refusal);
      isRefused = false;
      pauseMs = 0;
      nextAt = 0;
    } catch {
      // Away: it is connected again in any case.
    } finally {
      isAsking = false;
    }
  };
  const timer = setInterval(() => {
    loadingSince = redis.status === 'connect' ? (loadingSince ?? performance.now()) : null;
    if (loadingSince !== null && performance.now() - loadingSince > longestLoadingMs) {
      loadingSince = null;
      redis.disconnect(true);
    }
    if (redis.status === 'ready' && !isAsking) void ask();
  }, askEveryMs).unref();
  return { isRefused: () => isRefused, stop: () => clearInterval(timer) };
}
