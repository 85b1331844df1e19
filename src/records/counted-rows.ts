import type { CountRow } from '../screening/call-records.ts';

const hourMs = 3_600_000;
const stepMs = { hour: hourMs, day: 24 * hourMs } as const;
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

/** Rows value by value, each in order of time; steps without calls are left out. What is no count is passed over. */
export function countRows(days: readonly DayCounts[], { since, until, step }: CountRange): CountRow[] {
  const firstHour = Math.floor(since / hourMs) * hourMs;
  const size = stepMs[step];
  const first = Math.floor(since / size) * size;
  const steps = Math.ceil((until - first) / size);
  const counts = new Map<string, Uint32Array>();
  for (const { day, hash } of days) {
    for (const [value, packed] of Object.entries((hash ?? {}) as Record<string, unknown>)) {
      if (!Buffer.isBuffer(packed)) continue;
      for (let at = 0; at + countBytes <= packed.length; at += countBytes) {
        const hour = day + packed.readUInt8(at) * hourMs;
        if (hour < firstHour || hour >= until) continue;
        let own = counts.get(value);
        if (own === undefined) {
          own = new Uint32Array(steps);
          counts.set(value, own);
        }
        const place = Math.floor((hour - first) / size);
        own[place] = (own[place] ?? 0) + packed.readUIntBE(at + 1, 3);
      }
    }
  }
  const rows: CountRow[] = [];
  for (const [value, own] of counts)
    for (const [place, calls] of own.entries())
      if (calls > 0) rows.push({ at: first + place * size, value, calls });
  return rows;
}
