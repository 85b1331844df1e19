import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { CampaignWatcher } from '../../src/app/campaign-watcher.ts';
import { SiteWatch } from '../../src/app/site-watch/site-watch.ts';
import { silentLog } from '../../src/log/log.ts';
import { workInBackground } from '../../src/process/background-work.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';

/** The watching node's thread, which also says how large its heap is. */
if (process.platform === 'linux') workInBackground(5);
const redis = connectRedis(String(workerData), silentLog, { commandTimeoutMs: 60_000 });
await redisReady(redis, 10_000);
const watchers = () => [new CampaignWatcher({ onActive: () => {}, log: silentLog })];
const watch = new SiteWatch({ redis, id: 'bench', watchers, log: silentLog });
for (;;) {
  await watch.look(Date.now());
  parentPort?.postMessage(Math.round(process.memoryUsage().heapUsed / 1e6));
  await sleep(1000);
}
