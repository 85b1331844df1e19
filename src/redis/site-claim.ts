import { type RedisClient, runAllOrFail } from './redis-client.ts';
import { claimKey } from './redis-keys.ts';

/** Longer than a node may sleep and come back to what it was about to do. */
const keptMs = 8 * 86_400_000;

/**
 * Whether `node` is the one that does `what` for all nodes of this Redis: the first that asked, and it is told so again. `what`
 * names the occasion too, for it is claimed once. Rejects when Redis does not answer or takes no writes.
 */
export async function claimForSite(redis: RedisClient, what: string, node: string): Promise<boolean> {
  const key = claimKey(what);
  const [, owner] = await runAllOrFail(redis, [
    (to) => to.set(key, node, 'PX', keptMs, 'NX'),
    (to) => to.get(key),
  ]);
  return owner === node;
}
