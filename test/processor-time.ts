import { setTimeout as pause } from 'node:timers/promises';

/**
 * What a machine with other work slows down is the clock on the wall; what code costs is the processor's time. Bounds on
 * speed in tests are bounds on this.
 */

/** Milliseconds of this thread's processor that `work` takes. */
export function processorMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  return sinceMs(before);
}

/** The longest that one turn of this thread's event loop computes while `work` is under way, ms of the processor. */
export async function longestTurnMs(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      const before = process.threadCpuUsage();
      await pause(1);
      longest = Math.max(longest, sinceMs(before));
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await looking;
  }
  return longest;
}

function sinceMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
