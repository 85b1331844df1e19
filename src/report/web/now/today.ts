import { DateTime } from 'luxon';
import type { CallRange, StepCount } from '../../../call/call-records.ts';
import { operatorSecondsPerCall } from '../../../call/impact/minutes-saved.ts';

const quarterMs = 900_000;
/** A day of 25 hours has a hundred. */
const quartersADay = 100;
const hoursADay = 24;
/** Same weekdays that a day is compared with, and the fewest of them that say what is usual. */
export const weeksCompared = 8;
const fewestWeeks = 3;
/** Over which calls are judged. */
const judgedQuarters = 4;

/** `calls`: all of them. `people`: who were possibly harmed. `minutes`: of staff, saved. */
export const figureWords = ['calls', 'stopped', 'reached', 'people', 'minutes'] as const;
export type FigureWord = (typeof figureWords)[number];

export interface Figure {
  /** Today so far. */
  readonly now: number;
  /** Median of the same weekdays up to this time of day; null: too few weeks are recorded. */
  readonly usual: number | null;
  /** Today by hour of the day; those to come are 0. */
  readonly hours: readonly number[];
  /** Medians of the whole day. */
  readonly usualHours: readonly number[] | null;
}

/**
 * Calls of the last hour against the same hour of the same weekdays. `high`: more than two and a half times the median, than one and a
 * half times the busiest of them, and than forty above the median. `low`: less than a seventh of the median, than half of the quietest,
 * where forty are usual. A busy Monday is neither.
 */
export interface LastHour {
  readonly calls: number;
  readonly missed: number;
  /** Null: too few weeks are recorded. */
  readonly usual: { readonly median: number; readonly least: number; readonly most: number } | null;
  readonly verdict: 'ordinary' | 'high' | 'low' | 'unknown';
  readonly since: number;
}

export interface Today {
  /** Midnight, epoch ms. */
  readonly start: number;
  /** `Monday`. */
  readonly weekday: string;
  /** How many such days are compared. */
  readonly weeks: number;
  readonly figures: Readonly<Record<FigureWord, Figure>>;
  readonly lastHour: LastHour;
}

export function todayRange(now: number): CallRange {
  return { since: startOfDay(now), until: now + 60_000 };
}

/** The same weekday of the weeks before, the latest first. */
export function daysBefore(now: number): CallRange[] {
  const start = DateTime.fromMillis(startOfDay(now));
  return Array.from({ length: weeksCompared }, (_, at) => {
    const day = start.minus({ weeks: at + 1 });
    return { since: day.toMillis(), until: day.plus({ days: 1 }).toMillis() };
  });
}

/** What is counted; `harmed`: calls of people possibly harmed. */
const countedWords = [...figureWords, 'harmed'] as const;
type Day = Readonly<Record<(typeof countedWords)[number], readonly number[]>>;

/** @param counted calls of today by quarter  @param before of `daysBefore`; null: not known yet */
export function todayOf(
  counted: readonly StepCount[],
  before: readonly StepCount[] | null,
  now: number,
): Today {
  const start = startOfDay(now);
  const place = (now - start) / quarterMs;
  const day = dayOf(counted, { since: start, until: now + 60_000 });
  // A day without any call says nothing of what is usual: nothing was recorded then, or nobody worked.
  const days =
    before === null
      ? []
      : daysBefore(now)
          .map((range) => dayOf(before, range))
          .filter(isRecorded);
  const isKnown = days.length >= fewestWeeks;
  const figure = (word: FigureWord): Figure => ({
    now: sum(day[word]),
    usual: isKnown ? median(days.map((one) => upTo(one[word], place))) : null,
    hours: byHour(day[word]),
    usualHours: isKnown
      ? Array.from({ length: hoursADay }, (_, hour) =>
          median(days.map((one) => byHour(one[word])[hour] ?? 0)),
        )
      : null,
  });
  return {
    ...{
      start,
      weekday: DateTime.fromMillis(now).setLocale('en-GB').weekdayLong ?? 'day',
      weeks: days.length,
    },
    figures: Object.fromEntries(figureWords.map((word) => [word, figure(word)])) as Today['figures'],
    lastHour: lastHourOf(day, isKnown ? days : null, place, start),
  };
}

function lastHourOf(day: Day, days: readonly Day[] | null, place: number, start: number): LastHour {
  const from = Math.max(0, Math.floor(place) - judgedQuarters + 1);
  const within = (quarters: readonly number[]) => upTo(quarters, place) - upTo(quarters, from);
  const calls = sum(day.calls.slice(from));
  const missed = sum(day.stopped.slice(from)) + sum(day.harmed.slice(from));
  const since = start + from * quarterMs;
  if (days === null) return { calls, missed, usual: null, verdict: 'unknown', since };
  const such = days.map((one) => within(one.calls));
  const usual = { median: median(such), least: Math.min(...such), most: Math.max(...such) };
  return { calls, missed, usual, verdict: verdictOf(calls, usual), since };
}

function verdictOf(calls: number, usual: NonNullable<LastHour['usual']>): LastHour['verdict'] {
  if (calls > Math.max(2.5 * usual.median, 1.5 * usual.most, usual.median + 40)) return 'high';
  return usual.median >= 40 && calls < usual.median / 7 && calls < usual.least / 2 ? 'low' : 'ordinary';
}

function dayOf(rows: readonly StepCount[], { since, until }: CallRange): Day {
  const day = Object.fromEntries(
    countedWords.map((word) => [word, new Array<number>(quartersADay).fill(0)]),
  ) as Record<keyof Day, number[]>;
  for (const { at, value, calls } of rows) {
    if (at < since || at >= until) continue;
    const quarter = Math.min(quartersADay - 1, Math.floor((at - since) / quarterMs));
    const add = (word: keyof Day, many: number) => {
      day[word][quarter] = (day[word][quarter] ?? 0) + many;
    };
    // People are beside the calls, not among them.
    if (value !== 'people') add('calls', calls);
    if (value === 'stopped' || value === 'reached' || value === 'harmed' || value === 'people')
      add(value, calls);
    if (value === 'stopped') add('minutes', (calls * operatorSecondsPerCall) / 60);
  }
  return day;
}

/** Whole quarters, and of the one that is not over its part. */
function upTo(quarters: readonly number[], place: number): number {
  const whole = Math.floor(place);
  return sum(quarters.slice(0, whole)) + (quarters[whole] ?? 0) * (place - whole);
}

function byHour(quarters: readonly number[]): number[] {
  return Array.from({ length: hoursADay }, (_, hour) => sum(quarters.slice(hour * 4, hour * 4 + 4)));
}

function isRecorded(day: Day): boolean {
  return sum(day.calls) > 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}

function startOfDay(now: number): number {
  return DateTime.fromMillis(now).startOf('day').toMillis();
}
