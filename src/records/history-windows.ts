import { type HistoryWindow, historyWindows, type WindowCounts } from '../policy/facts.ts';
import { bucketTiers } from './scripts/bucket-tiers.ts';

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Length of a window, ms. */
export function windowMs(window: HistoryWindow): number {
  return Number(window.slice(0, -1)) * (unitMs[window.slice(-1)] ?? 0);
}

/** Of all windows, in the order of `historyWindows`. */
export const windowLengths: readonly number[] = historyWindows.map(windowMs);

/** How far back anything is counted. */
export const longestWindowMs = Math.max(...windowLengths);

/** How many of its newest calls are remembered of one caller; above that its counts stand still. */
export const mostCallsOfCaller = 512;

/** Fields of the counts of a scope (scripts/count-call.ts). */
export const bucketNames: readonly string[] = bucketTiers.map(({ name }) => name);

/** For each window: which of `bucketTiers` it is added up from. */
const tierOfWindow = windowLengths.map((length) => bucketTiers.findIndex(({ upToMs }) => length <= upToMs));

/**
 * How many calls each window has until `now` (epoch ms). `packed`: the fields of `bucketNames`, in that order, null where
 * there is none. What is no bucket is not counted.
 */
export function windowsOfBuckets(packed: unknown, now: number): WindowCounts {
  const fields = Array.isArray(packed) ? packed : [];
  const counts = windowLengths.map(() => 0);
  for (const [tier, { sizeMs }] of bucketTiers.entries()) {
    const buckets: unknown = fields[tier];
    if (!Buffer.isBuffer(buckets)) continue;
    const last = Math.floor(now / sizeMs);
    for (let at = 0; at + 8 <= buckets.length; at += 8) {
      const index = buckets.readUInt32BE(at);
      if (index > last) continue;
      for (const [window, length] of windowLengths.entries()) {
        if (tierOfWindow[window] !== tier || index < Math.floor((now - length) / sizeMs)) continue;
        counts[window] = (counts[window] ?? 0) + buckets.readUInt32BE(at + 4);
      }
    }
  }
  return counts;
}
