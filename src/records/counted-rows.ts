import type { CountRow } from '../screening/call-records.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const countBytes = 4;

export interface CountRange {
  /** Epoch ms; hours that begin before `until` and end after `since` count. */
  readonly since: number;
  readonly until: number;
  readonly step: 'hour' | 'day';
}

/** A hash of counts (scripts/record-outcome.ts) of a day, which begins at `day`, epoch ms. */
export interface DayCounts {
  readonly day: number;
  readonly hash: unknown;
}

/** Rows in order of time, then value. What is no count is passed over. */
export function countRows(days: readonly DayCounts[], { since, until, step }: CountRange): CountRow[] {
  const firstHour = Math.floor(since / hourMs) * hourMs;
  const byStep = new Map<number, Map<string, number>>();
  for (const { day, hash } of days) {
    for (const [value, packed] of Object.entries((hash ?? {}) as Record<string, unknown>)) {
      if (!Buffer.isBuffer(packed)) continue;
      for (let at = 0; at + countBytes <= packed.length; at += countBytes) {
        const hour = day + packed.readUInt8(at) * hourMs;
        if (hour < firstHour || hour >= until) continue;
        const begin = step === 'hour' ? hour : Math.floor(hour / dayMs) * dayMs;
        const counts = byStep.get(begin) ?? new Map<string, number>();
        byStep.set(begin, counts);
        counts.set(value, (counts.get(value) ?? 0) + packed.readUIntBE(at + 1, 3));
      }
    }
  }
  return [...byStep]
    .sort(([a], [b]) => a - b)
    .flatMap(([at, counts]) =>
      [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, calls]) => ({ at, value, calls })),
    );
}
