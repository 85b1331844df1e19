import type { CountRow } from '../screening/call-records.ts';
import { challengeResults, hoursOfDay } from './call-counts.ts';

const hourMs = 3_600_000;
const stepMs = { hour: hourMs, day: 24 * hourMs } as const;
const countBytes = 4;

export interface CountRange {
  /** Epoch ms; hours that begin before `until` and end after `since` count. */
  readonly since: number;
  readonly until: number;
  readonly step: 'hour' | 'day';
}

/** A hash of counts (scripts/record-outcome.ts) of a day, which begins at `day`, epoch ms: field, value, field … */
export interface DayCounts {
  readonly day: number;
  readonly hash: unknown;
}

/** Rows value by value, each in order of time; steps without calls are left out. What is no count is passed over. */
export function countRows(days: readonly DayCounts[], range: CountRange): CountRow[] {
  return addedUp(days, range, 1).flatMap(([value, [counts]]) => rowsOf(value, counts, range));
}

/** The same, values being `<challenge result>|<value>`. */
export function harmRows(days: readonly DayCounts[], range: CountRange): CountRow[] {
  return addedUp(days, range, challengeResults.length).flatMap(([value, counts]) =>
    challengeResults.flatMap((result, at) => rowsOf(`${result}|${value}`, counts[at], range)),
  );
}

/** Calls of each value by the hour of the day, all 24, from one hash that is not one of harm. */
export function callsByHour(hash: unknown): Map<string, Uint32Array> {
  const found = new Map<string, Uint32Array>();
  const pairs = Array.isArray(hash) ? hash : [];
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const packed: unknown = pairs[at + 1];
    if (!Buffer.isBuffer(packed)) continue;
    const hours = new Uint32Array(hoursOfDay);
    for (let from = 0; from + countBytes <= packed.length; from += countBytes)
      hours[packed[from] ?? 0] = packed.readUIntBE(from + 1, 3);
    found.set(String(pairs[at]), hours);
  }
  return found;
}

/** Calls of each value: for each kind of cell a count a step. */
function addedUp(
  days: readonly DayCounts[],
  range: CountRange,
  kinds: number,
): [value: string, counts: Uint32Array[]][] {
  const { since, until, step } = range;
  const firstHour = Math.floor(since / hourMs) * hourMs;
  const size = stepMs[step];
  const first = firstStep(range);
  const steps = Math.ceil((until - first) / size);
  const found = new Map<string, Uint32Array[]>();
  for (const { day, hash } of days) {
    const pairs = Array.isArray(hash) ? hash : [];
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      const packed: unknown = pairs[at + 1];
      if (!Buffer.isBuffer(packed)) continue;
      const value = String(pairs[at]);
      let counts = found.get(value);
      for (let from = 0; from + countBytes <= packed.length; from += countBytes) {
        const cell = packed[from] ?? 0;
        const kind = Math.floor(cell / hoursOfDay);
        const hour = day + (cell % hoursOfDay) * hourMs;
        if (kind >= kinds || hour < firstHour || hour >= until) continue;
        if (counts === undefined) {
          counts = Array.from({ length: kinds }, () => new Uint32Array(steps));
          found.set(value, counts);
        }
        const own = counts[kind];
        const place = Math.floor((hour - first) / size);
        if (own !== undefined) own[place] = (own[place] ?? 0) + packed.readUIntBE(from + 1, 3);
      }
    }
  }
  return [...found];
}

function rowsOf(value: string, counts: Uint32Array | undefined, range: CountRange): CountRow[] {
  const rows: CountRow[] = [];
  if (counts === undefined) return rows;
  const first = firstStep(range);
  for (let place = 0; place < counts.length; place++) {
    const calls = counts[place] ?? 0;
    if (calls > 0) rows.push({ at: first + place * stepMs[range.step], value, calls });
  }
  return rows;
}

function firstStep({ since, step }: CountRange): number {
  return Math.floor(since / stepMs[step]) * stepMs[step];
}
