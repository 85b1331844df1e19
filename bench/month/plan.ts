import { type Calendar, days, outageMinutes } from './calendar.ts';
import { planGenuine } from './genuine.ts';
import { planMachines } from './machines.ts';
import { type ListedRow, type ListName, Planner } from './planner.ts';
import { planSpecialDays } from './special-days.ts';
import type { PlannedCall, PlannedDial } from './truth.ts';
import { planUnwanted } from './unwanted.ts';

export interface MonthPlan {
  readonly calendar: Calendar;
  /** By time. */
  readonly calls: readonly PlannedCall[];
  readonly dials: readonly PlannedDial[];
  /** When Redis is away, epoch ms; null: never. */
  readonly outage: { readonly from: number; readonly to: number } | null;
  readonly lists: Readonly<Record<ListName, readonly ListedRow[]>>;
}

/** The same for the same seed and day. */
export function planMonth(seed: number, now?: number): MonthPlan {
  const planner = new Planner(seed, now);
  planGenuine(planner);
  planMachines(planner);
  planSpecialDays(planner);
  planUnwanted(planner);
  const { calendar, calls, dials, lists } = planner;
  const outage = { from: calendar.at(days.outage, 10), to: calendar.at(days.outage, 10, outageMinutes) };
  return { calendar, calls: calls.toSorted((a, b) => a.at - b.at), dials, lists, outage };
}
