import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CountListedCallers, ListedCallers } from '../lists/feeds/over-cap.ts';
import type { Log } from '../log/log.ts';

const usualDeadlineMs = 120_000;

/**
 * Counts, in a thread with a connection of its own, how many of last month's callers a list would have that the one in force
 * has not. Null when the records cannot be read in time, or hold no numbers.
 */
export function feedCallers(
  redisUrl: string,
  log: Pick<Log, 'warn'>,
  deadlineMs = usualDeadlineMs,
): CountListedCallers {
  return async (list, inForce) => {
    const entry = new URL(`./feed-callers-thread${extname(import.meta.filename)}`, import.meta.url);
    const worker = new Worker(entry, {
      name: 'feed callers',
      workerData: { redisUrl, list: list.image, inForce: inForce?.image ?? null },
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    const { promise, resolve } = Promise.withResolvers<ListedCallers | null>();
    const cannot = (error: unknown) => {
      log.warn('whom a feed would turn away cannot be told; its other caps hold', {
        list: list.id,
        error: String(error),
      });
      resolve(null);
    };
    const timer = setTimeout(() => cannot('the records were not read in time'), deadlineMs);
    worker.on('message', (found: ListedCallers | { readonly error: string }) =>
      'error' in found ? cannot(found.error) : resolve(found),
    );
    worker.on('error', cannot);
    worker.on('exit', () => cannot('the thread ended'));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      worker.removeAllListeners('exit');
      void worker.terminate();
    }
  };
}
