import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { DateTime } from 'luxon';
import type { LevelLimits } from '../../call/attack-levels.ts';
import type { Campaign } from '../../campaigns/campaign.ts';
import { usualSlots } from '../../levels/usual-calls.ts';
import type { ListImage } from '../../lists/held/list-image.ts';
import { PackedList } from '../../lists/held/packed-list.ts';
import type { Log } from '../../log/log.ts';
import { workInBackground } from '../../process/background-work.ts';
import { trustAuthorities } from '../../process/trusted-authorities.ts';
import { connectRedis } from '../../redis/redis-connection.ts';
import { CampaignWatcher } from '../campaign-watcher.ts';
import { LevelWatcher } from '../level-watcher.ts';
import { SiteWatch } from './site-watch.ts';

/** What the thread is told of the rules in force. */
export interface WatchedRules {
  readonly limits: LevelLimits;
  /** IANA; null: UTC. */
  readonly timeZone: string | null;
  /** Lists of called numbers that the rules name. */
  readonly departments: readonly { readonly id: string; readonly image: ListImage }[];
}
export type ToSiteWatch = { readonly rules: WatchedRules } | { readonly end: true };
export interface FromSiteWatch {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

const restMs = 1000;
const redisCommandMs = 10_000;

/** Calls go first. On Linux this is of the thread that asks for it; elsewhere it would be of the whole process. */
if (process.platform === 'linux') workInBackground(5);

const log: Log = {
  debug: (message, fields) => say('debug', message, fields),
  info: (message, fields) => say('info', message, fields),
  warn: (message, fields) => say('warn', message, fields),
  error: (message, fields) => say('error', message, fields),
};

function say(level: keyof Log, message: string, fields: Record<string, unknown> = {}): void {
  parentPort?.postMessage({ level, message, fields } satisfies FromSiteWatch);
}

/** Entry of the thread that open-site-watch.ts starts. */
async function run(): Promise<void> {
  const {
    redisUrl,
    node,
    rules: first,
  } = workerData as {
    readonly redisUrl: string;
    readonly node: string;
    readonly rules: WatchedRules;
  };
  // What is wrong with them, the main thread has said.
  trustAuthorities();
  let rules = readyRules(first);
  const ended = new AbortController();
  parentPort?.on('message', (message: ToSiteWatch) => {
    if ('end' in message) ended.abort();
    else rules = readyRules(message.rules);
  });
  const redis = connectRedis(redisUrl, log, { name: 'gatehouse-watch', commandTimeoutMs: redisCommandMs });
  const watch = new SiteWatch({
    redis,
    id: `${node}/${randomUUID()}`,
    watchers: () => {
      const levels = new LevelWatcher({
        limits: () => rules.limits,
        departmentsOf: (called) => rules.departmentsOf(called),
        slotOf: (at) => rules.slotOf(at),
      });
      const onActive = (active: readonly Campaign[]) => levels.levels.campaigns(active);
      return [new CampaignWatcher({ onActive, log }), levels];
    },
    log,
  });
  let isAway = false;
  while (!ended.signal.aborted) {
    try {
      if (redis.status === 'ready') await watch.look(Date.now());
      isAway = false;
    } catch (error) {
      if (!isAway) log.warn('The calls of all nodes cannot be watched', { error: String(error) });
      isAway = true;
    }
    await sleep(restMs, undefined, { signal: ended.signal }).catch(() => undefined);
  }
  if (watch.isWatching && redis.status === 'ready') await watch.giveBack().catch(() => undefined);
  redis.disconnect();
  parentPort?.close();
}

function readyRules({ limits, timeZone, departments }: WatchedRules) {
  const lists = departments.map(({ id, image }) => new PackedList(id, image));
  const zone = timeZone ?? 'utc';
  return {
    limits,
    departmentsOf: (called: string) => {
      const now = Date.now();
      return lists.flatMap((list) => (list.find(called, now) === null ? [] : [list.id]));
    },
    slotOf: (at: number) => {
      const { hour, weekday } = DateTime.fromMillis(at, { zone });
      return weekday >= 6 ? hour + usualSlots / 2 : hour;
    },
  };
}

await run();
