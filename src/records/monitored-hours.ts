import type { Verdict } from '../policy/verdict.ts';
import { hoursOfDay } from './call-counts.ts';

export interface MonitoredCalls {
  readonly rule: string;
  readonly kind: Verdict['kind'];
  readonly calls: number;
}

const kinds: ReadonlySet<string> = new Set(['connect', 'challenge', 'voicemail', 'reject']);

/**
 * What was monitored in the hours of one day's shard, from its counts by rule and by verdict and rule. Where these differ (an
 * older Gatehouse counted by rule alone, a hash was full) only the records can tell.
 */
export class MonitoredHours {
  readonly #hours: readonly (readonly MonitoredCalls[] | null)[];

  constructor(rules: ReadonlyMap<string, Uint32Array>, verdicts: ReadonlyMap<string, Uint32Array>) {
    const parts = [...verdicts].map(([value, calls]) => ({ ...partsOf(value), calls }));
    this.#hours = Array.from({ length: hoursOfDay }, (_, hour) => {
      const rest = new Map([...rules].map(([rule, calls]) => [rule, calls[hour] ?? 0]));
      const found: MonitoredCalls[] = [];
      for (const { kind, rule, calls } of parts) {
        const inHour = calls[hour] ?? 0;
        if (inHour === 0) continue;
        rest.set(rule, (rest.get(rule) ?? 0) - inHour);
        if (kind === null) return null;
        found.push({ rule, kind, calls: inHour });
      }
      return [...rest.values()].every((left) => left === 0) ? found : null;
    });
  }

  /** Empty: nothing was monitored in that hour of the day. Null: only the records can tell. */
  in(hour: number): readonly MonitoredCalls[] | null {
    return this.#hours[hour] ?? null;
  }
}

function partsOf(value: string): { kind: Verdict['kind'] | null; rule: string } {
  const at = value.indexOf('|');
  const kind = value.slice(0, Math.max(0, at));
  return { kind: kinds.has(kind) ? (kind as Verdict['kind']) : null, rule: value.slice(at + 1) };
}
