import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Log } from '../log/log.ts';

/** Longer than the longest known work, a reload of large rules; well below the dialplan's watchdog. */
const maxStallMs = 15_000;

export interface StallGuard {
  stop(): void;
}

/**
 * Kills this process (SIGKILL) when its event loop is blocked. Asterisk would keep handing it calls, each waiting for the
 * watchdog; without the process they go to the operators at once, and after a restart the calls inside are adopted.
 * A process that is stopped as a whole (SIGSTOP, a sleeping machine) is left alone.
 * @param stallMs how long it may be blocked
 */
export function guardAgainstStalls(log: Pick<Log, 'error'>, stallMs = maxStallMs): StallGuard {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const entry = new URL(`./stall-watch${extname(import.meta.filename)}`, import.meta.url);
  const everyMs = Math.ceil(stallMs / 15);
  const worker = new Worker(entry, {
    workerData: { beats, everyMs, most: 15 },
    name: 'stall watch',
    // The thread needs none of the options of this process.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  worker.unref();
  // Gatehouse works without the guard.
  worker.on('error', (error) =>
    log.error('The event loop is not monitored: its watch thread failed', { error }),
  );
  const timer = setInterval(() => Atomics.add(beats, 0, 1), everyMs).unref();
  return {
    stop() {
      clearInterval(timer);
      void worker.terminate();
    },
  };
}
