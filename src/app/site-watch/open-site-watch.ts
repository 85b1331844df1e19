import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Settings } from '../../config/settings.ts';
import type { ListLibrary } from '../../lists/list-library.ts';
import type { Log } from '../../log/log.ts';
import type { LivePolicy } from '../../rules/live-policy.ts';
import type { FromSiteWatch, ToSiteWatch, WatchedRules } from './site-watch-thread.ts';

const heapMb = 256;
const firstRestMs = 1_000;
const longestRestMs = 60_000;
const endWithinMs = 2_000;

interface SiteWatchParts {
  readonly settings: Settings;
  readonly policy: LivePolicy;
  readonly lists: ListLibrary;
  readonly log: Log;
}

/**
 * Watches over the calls of all nodes in a thread of its own, so that no call waits for it. It is started again when it
 * ends; meanwhile another node takes over.
 */
export class OpenSiteWatch {
  readonly #parts: SiteWatchParts;
  #worker: Worker | null = null;
  #again: NodeJS.Timeout | null = null;
  #restMs = firstRestMs;
  #isClosed = false;
  #forgetPolicy = () => {};

  constructor(parts: SiteWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#forgetPolicy = this.#parts.policy.onReload(() => this.#tell({ rules: this.#rules() }));
    this.#run();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#forgetPolicy();
    if (this.#again !== null) clearTimeout(this.#again);
    const worker = this.#worker;
    if (worker === null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    worker.once('exit', () => resolve());
    this.#tell({ end: true });
    const timer = setTimeout(resolve, endWithinMs);
    await promise;
    clearTimeout(timer);
    await worker.terminate();
  }

  #run(): void {
    const { settings, log } = this.#parts;
    const startedAt = Date.now();
    const entry = new URL(`./site-watch-thread${extname(import.meta.filename)}`, import.meta.url);
    const worker = new Worker(entry, {
      name: 'site watch',
      workerData: { redisUrl: settings.redisUrl, node: settings.node, rules: this.#rules() },
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    this.#worker = worker;
    worker.on('message', ({ level, message, fields }: FromSiteWatch) => log[level](message, fields));
    worker.on('error', (error) => log.warn('The watch over all calls failed', { error: String(error) }));
    worker.on('exit', () => {
      this.#worker = null;
      if (this.#isClosed) return;
      log.warn('The watch over all calls ended; it is started again', { afterMs: this.#restMs });
      if (Date.now() - startedAt > longestRestMs) this.#restMs = firstRestMs;
      this.#again = setTimeout(() => this.#run(), this.#restMs);
      this.#restMs = Math.min(longestRestMs, this.#restMs * 2);
    });
  }

  #tell(message: ToSiteWatch): void {
    this.#worker?.postMessage(message);
  }

  #rules(): WatchedRules {
    const { policy, lists } = this.#parts;
    const { settings, departments } = policy.current();
    return {
      limits: settings.attackLevels,
      timeZone: settings.timeZone,
      departments: departments.flatMap((id) => {
        const list = lists.list(id);
        return list === null || list === undefined ? [] : [{ id, image: list.image }];
      }),
    };
  }
}
