import { Worker } from 'node:worker_threads';
import type { Log } from './log/log.ts';

/** Above the longest work that is known, a reload of large rules; well below the dialplan's watchdog. */
const mostStallMs = 15_000;

export interface StallGuard {
  stop(): void;
}

/**
 * Ends this process (SIGKILL) when its event loop stands still. Asterisk would go on to hand calls to it, and each would wait
 * for the watchdog; after its end they go to the operators at once, and whoever starts it again adopts the calls inside.
 * A process that is stopped as a whole (SIGSTOP, a machine that sleeps) is left alone.
 * @param stallMs how long it may stand still
 */
export function guardAgainstStalls(log: Pick<Log, 'error'>, stallMs = mostStallMs): StallGuard {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const entry = import.meta.url.endsWith('.ts') ? './stall-watch.ts' : './stall-watch.js';
  const everyMs = Math.ceil(stallMs / 15);
  const worker = new Worker(new URL(entry, import.meta.url), {
    workerData: { beats, everyMs, most: 15 },
    name: 'stall watch',
    // Not what this process was started with: the thread needs none of it.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  worker.unref();
  // Without it nothing is worse than it was.
  worker.on('error', (error) => log.error('Nobody watches for a standstill of the event loop', { error }));
  const timer = setInterval(() => Atomics.add(beats, 0, 1), everyMs).unref();
  return {
    stop() {
      clearInterval(timer);
      void worker.terminate();
    },
  };
}
