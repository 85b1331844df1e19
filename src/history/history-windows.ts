import { type HistoryWindow, historyWindows, type WindowCounts } from '../call/facts.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * Buckets in which the calls of a scope are counted, and the windows up to which each is used. A window is the sum of the
 * buckets it touches, so it reaches back up to one bucket further than its name says: 5m at most a minute, 24h at
 * most a quarter of an hour, 30d at most six hours.
 */
export const bucketTiers = [
  { name: 'm', sizeMs: minuteMs, upToMs: hourMs },
  { name: 'q', sizeMs: 15 * minuteMs, upToMs: dayMs },
  { name: 's', sizeMs: 6 * hourMs, upToMs: 30 * dayMs },
] as const;

const unitMs: Record<string, number> = { m: minuteMs, h: hourMs, d: dayMs };

/** Length of a window, ms. */
export function windowMs(window: HistoryWindow): number {
  return Number(window.slice(0, -1)) * (unitMs[window.slice(-1)] ?? 0);
}

/** Of all windows, in the order of `historyWindows`. */
export const windowLengths: readonly number[] = historyWindows.map(windowMs);

/** How far back anything is counted. */
export const longestWindowMs = Math.max(...windowLengths);

/** How many of its newest calls are remembered of one caller; above that its counts stand still. */
export const maxCallsOfCaller = 512;

/** `bucketTiers` as scripts/count-call.lua takes them. */
export const bucketArgs: readonly string[] = bucketTiers.flatMap(({ name, sizeMs, upToMs }) => [
  name,
  String(sizeMs),
  String(upToMs / sizeMs + 1),
]);

/** How much longer than the longest window a count is needed. */
export const longestBucketMs = Math.max(...bucketTiers.map(({ sizeMs }) => sizeMs));

/** Fields of the counts of a scope (scripts/count-call.lua). */
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
