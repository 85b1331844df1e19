import { rawText } from '../asterisk.ts';
import { blockOf, withBlock } from '../conf/ours.ts';
import type { Plan } from '../edit.ts';
import type { Ground } from '../ground.ts';

/** A password for the Redis of this machine, and every record on its disk. */
export function redisPlan({ redis, secrets, places }: Ground): Pick<Plan, 'edits' | 'steps'> {
  switch (redis.kind) {
    case 'set':
      return { edits: [], steps: [] };
    case 'away':
      return {
        edits: [],
        steps: [
          'start Redis (apt install redis-server). Until then calls are screened without history, and their records wait on disk',
        ],
      };
    case 'asks-password':
      return {
        edits: [],
        steps: [
          `Redis asks for a password: write it into GATEHOUSE_REDIS_URL of ${places.env}, then systemctl restart gatehouse`,
        ],
      };
    case 'shared':
      return {
        edits: [],
        steps: [
          'Redis has no password, and is left so because other programs use it: every user of this machine can read the records (docs/install.md, step 1)',
        ],
      };
    case 'open': {
      const now = rawText(redis.conf) ?? '';
      const lines = [`requirepass ${secrets.redisPassword}`, 'appendonly yes'];
      const after = blockOf(now)?.join('\n') === lines.join('\n') ? now : withBlock(now, lines, '#');
      const at = new URL(redis.url);
      at.password = '';
      const how = { stage: 'files', how: 'marked', like: 'root', secret: true, redis: at.href } as const;
      return { edits: [{ ...how, path: redis.conf, after }], steps: [] };
    }
  }
}

/** Where Gatehouse reaches Redis from now on; null: where it does already. */
export function redisUrl({ redis, secrets }: Pick<Ground, 'redis' | 'secrets'>): string | null {
  if (redis.kind !== 'open') return null;
  const url = new URL(redis.url);
  url.password = secrets.redisPassword;
  return url.href;
}
