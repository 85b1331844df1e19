import { parentPort, workerData } from 'node:worker_threads';
import { recordedCall } from '../backtest/recorded-call.ts';
import { RedisOutcomeLines } from '../call-store/outcome-lines.ts';
import type { ListImage } from '../lists/held/list-image.ts';
import { PackedList } from '../lists/held/packed-list.ts';
import { silentLog } from '../log/log.ts';
import { isPseudonym } from '../privacy/kept-caller.ts';
import { workInBackground } from '../process/background-work.ts';
import { trustAuthorities } from '../process/trusted-authorities.ts';
import { connectRedis, redisReady } from '../redis/redis-connection.ts';

const monthMs = 30 * 86_400_000;
/** Their texts are some 100 MB; a board with more callers is judged by these. */
const mostCallers = 1_000_000;

/** Calls go first. On Linux this is of the thread that asks for it; elsewhere it would be of the whole process. */
if (process.platform === 'linux') workInBackground(5);

/** Entry of the thread that feed-callers.ts starts. */
async function run(): Promise<void> {
  const { redisUrl, list, inForce } = workerData as {
    readonly redisUrl: string;
    readonly list: ListImage;
    readonly inForce: ListImage | null;
  };
  // What is wrong with them, the main thread has said.
  trustAuthorities();
  const now = Date.now();
  const after = new PackedList('new', list);
  const before = inForce && new PackedList('old', inForce);
  const callers = new Set<string>();
  let calls = 0;
  let listed = 0;
  const redis = connectRedis(redisUrl, silentLog, { name: 'gatehouse-feeds' });
  try {
    await redisReady(redis, 20_000);
    const lines = new RedisOutcomeLines(redis, now - monthMs, now);
    for await (const page of lines.pages()) {
      for (const line of page) {
        const number = line.length > 1 ? recordedCall(line)?.facts.caller.number : null;
        if (typeof number !== 'string') continue;
        calls++;
        if (isPseudonym(number) || callers.has(number)) continue;
        callers.add(number);
        if (after.find(number, now) && !before?.find(number, now)) listed++;
      }
      if (callers.size >= mostCallers) break;
    }
    if (calls > 0 && callers.size === 0) throw new Error('the records hold pseudonyms in place of numbers');
    parentPort?.postMessage({ callers: callers.size, listed });
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
  } finally {
    redis.disconnect();
  }
}

await run();
