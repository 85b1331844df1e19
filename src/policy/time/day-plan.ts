import { IANAZone } from 'luxon';

/** Minutes of a day, the end not included; an end above 1440 lies in the next day, which the span still belongs to. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Spans on certain weekdays; `certain`: on every such day, whatever its date. */
interface PlannedSpan extends Span {
  /** 0 Monday to 6 Sunday. */
  readonly weekdays: ReadonlySet<number>;
  readonly certain: boolean;
}

/** When something holds, by local days. */
export interface DayPlan {
  readonly zone: string;
  /** @param day local, days since 1 January 1970 */
  spansOn(day: number): readonly Span[];
  /** Every span that can be, for those who reason without a date. */
  readonly planned: readonly PlannedSpan[];
}

export const dayMinutes = 1440;
export const everyWeekday: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6]);
export const wholeDay: Span = { from: 0, to: dayMinutes };
const dayMs = 86_400_000;
const minuteMs = 60_000;

/** 1 January 1970 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/**
 * Whether the plan holds at an instant (epoch ms). Wall-clock time decides: an hour that a clock change leaves out never
 * comes, an hour that it repeats holds twice.
 */
export function compilePlan(plan: DayPlan): (now: number) => boolean {
  const local = localTime(plan.zone);
  return (now) => {
    const at = local(now);
    const day = Math.floor(at / dayMs);
    const minute = Math.floor((at - day * dayMs) / minuteMs);
    return (
      plan.spansOn(day).some(({ from, to }) => minute >= from && minute < to) ||
      plan.spansOn(day - 1).some(({ to }) => minute + dayMinutes < to)
    );
  };
}

/** What the plan can say at a minute of a weekday when the date is not known. */
export function possibleAt(plan: DayPlan) {
  return (weekday: number, minute: number) => {
    const there = plan.planned.filter(
      ({ weekdays, from, to }) =>
        (weekdays.has(weekday) && minute >= from && minute < to) ||
        (weekdays.has((weekday + 6) % 7) && minute + dayMinutes < to),
    );
    return { yes: there.length > 0, no: !there.some(({ certain }) => certain) };
  };
}

/** Minutes at which the plan's answer may change. */
export function boundariesOf(plan: DayPlan): number[] {
  return [...new Set([0, ...plan.planned.flatMap(({ from, to }) => [from % dayMinutes, to % dayMinutes])])];
}

/** Offsets of time zones change at quarters of an hour. */
const slotMs = 900_000;

/** Wall-clock time as ms since 1 January 1970 00:00 local. */
type LocalTime = (now: number) => number;

export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** Epoch ms to local ms in an IANA zone. The offset is looked up once a quarter of an hour: it takes microseconds. */
function localTime(zone: string): LocalTime {
  const found = IANAZone.create(zone);
  let slot = Number.NaN;
  let offsetMs = 0;
  return (now) => {
    const wanted = Math.floor(now / slotMs);
    if (wanted !== slot) {
      offsetMs = found.offset(wanted * slotMs) * 60_000;
      slot = wanted;
    }
    return now + offsetMs;
  };
}
