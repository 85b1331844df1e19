import type { WindowCounts } from '../call/facts.ts';
import { bucketTiers, standardWindows } from '../call/windows.ts';

/** How far back anything is counted. */
export const longestWindowMs = Math.max(...standardWindows);

/** How many of its newest calls are remembered of one caller; above that its counts stand still. */
export const maxCallsOfCaller = 512;

/** How much longer than the longest window a count is needed. */
export const longestBucketMs = Math.max(...bucketTiers.map(({ sizeMs }) => sizeMs));

/**
 * What is counted of a scope, each in fields of its own in one hash (scripts/count-call.lua): all calls; those of unknown
 * callers; challenges failed or met with silence; challenges passed; calls to decoys.
 */
const countFields = {
  all: countField(''),
  unknown: countField('u'),
  failed: countField('f'),
  passed: countField('p'),
  decoys: countField('d'),
} as const;
export type Counted = keyof typeof countFields;

/** `bucketTiers` as scripts/count-call.lua takes them. */
export function bucketArgs(counted: Counted): readonly string[] {
  return countFields[counted].args;
}

/** Fields of the counts of a scope. */
export function bucketNames(counted: Counted): readonly string[] {
  return countFields[counted].names;
}

function countField(prefix: string): { readonly names: readonly string[]; readonly args: readonly string[] } {
  return {
    names: bucketTiers.map(({ name }) => prefix + name),
    args: bucketTiers.flatMap(({ name, sizeMs, upToMs }) => [
      prefix + name,
      String(sizeMs),
      String(upToMs / sizeMs + 1),
    ]),
  };
}

/**
 * How many calls each window, of these lengths in ms, has until `now` (epoch ms). `packed`: the fields of `bucketNames`, in that order, null where
 * there is none. What is no bucket is not counted.
 */
export function windowsOfBuckets(packed: unknown, now: number, lengths = standardWindows): WindowCounts {
  const fields = Array.isArray(packed) ? packed : [];
  const counts = lengths.map(() => 0);
  const tierOf = lengths.map((length) => bucketTiers.findIndex(({ upToMs }) => length <= upToMs));
  for (const [tier, { sizeMs }] of bucketTiers.entries()) {
    const buckets: unknown = fields[tier];
    if (!Buffer.isBuffer(buckets)) continue;
    const last = Math.floor(now / sizeMs);
    for (let at = 0; at + 8 <= buckets.length; at += 8) {
      const index = buckets.readUInt32BE(at);
      if (index > last) continue;
      for (const [window, length] of lengths.entries()) {
        if (tierOf[window] !== tier || index < Math.floor((now - length) / sizeMs)) continue;
        counts[window] = (counts[window] ?? 0) + buckets.readUInt32BE(at + 4);
      }
    }
  }
  return counts;
}
