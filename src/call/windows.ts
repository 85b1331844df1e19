import { historyWindows } from './facts.ts';

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

/** `15m`, `1h30m`, `2d` in ms; null: no length of time. */
export function windowMs(text: string): number | null {
  if (!/^(?=\d)(\d{1,3}d)?(\d{1,4}h)?(\d{1,5}m)?$/.test(text)) return null;
  let ms = 0;
  for (const [, count, unit = ''] of text.matchAll(/(\d+)([dhm])/g))
    ms += Number(count) * (unitMs[unit] ?? 0);
  return ms;
}

/** `15m`, `90m`, `36h`, `2d`: as the standard windows are written, where it is one. */
export function windowWords(ms: number): string {
  const standard = historyWindows.find((window) => windowMs(window) === ms);
  if (standard !== undefined) return standard;
  const unit = ms % dayMs === 0 ? 'd' : ms % hourMs === 0 ? 'h' : 'm';
  return `${ms / (unitMs[unit] ?? 1)}${unit}`;
}

/** Lengths of the windows that are always counted, in the order of `historyWindows`. */
export const standardWindows: readonly number[] = historyWindows.map((window) => windowMs(window) ?? 0);

/** The lengths around `ms` that can be counted, both the same when it is one of them; null where there is none. */
export function countedWindows(ms: number): { readonly below: number | null; readonly above: number | null } {
  const tier = bucketTiers.find(({ upToMs }) => ms <= upToMs);
  if (tier === undefined) return { below: bucketTiers[2].upToMs, above: null };
  const { sizeMs } = tier;
  const below = Math.floor(ms / sizeMs) * sizeMs;
  return { below: below === 0 ? null : below, above: Math.ceil(ms / sizeMs) * sizeMs };
}
