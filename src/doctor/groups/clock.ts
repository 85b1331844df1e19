import { silentLog } from '../../log/log.ts';
import { connectRedis, redisReady } from '../../redis/redis-connection.ts';
import { type Finding, ok, unknown, warning } from '../finding.ts';
import type { Site } from '../site.ts';

const waitMs = 3_000;
/** Asterisk says whole seconds. */
const slackS = 2;
const remedy = 'timedatectl status on both machines; chrony or systemd-timesyncd keeps them right';

/** Whether the clocks of this machine, Redis and Asterisk agree. */
export async function* clock({ settings, asterisk }: Site): AsyncGenerator<Finding> {
  if (asterisk !== null) {
    const seconds = Number(await asterisk.read('EPOCH'));
    yield compared('clock.asterisk', 'Asterisk', seconds > 0 ? seconds + 0.5 : null);
  }
  yield compared('clock.redis', 'Redis', await redisTime(settings.redisUrl));
}

function compared(id: Finding['id'], name: string, seconds: number | null): Finding {
  if (seconds === null) return unknown(id, `the clock of ${name} cannot be read`);
  const apart = Math.abs(Date.now() / 1000 - seconds);
  if (apart <= slackS) return ok(id, `the clocks of ${name} and of this machine agree`);
  const found = `the clocks of ${name} and of this machine are ${Math.round(apart)} s apart: windows, hours and times in records are wrong by as much`;
  return warning(id, found, remedy);
}

/** Seconds since 1970; null: not told. */
async function redisTime(url: string): Promise<number | null> {
  const client = connectRedis(url, silentLog, { name: 'gatehouse-doctor', commandTimeoutMs: waitMs });
  try {
    await redisReady(client, waitMs);
    const answer: unknown = await client.call('TIME');
    return Array.isArray(answer) ? Number(answer[0]) + Number(answer[1]) / 1_000_000 : null;
  } catch {
    return null;
  } finally {
    client.disconnect();
  }
}
