import { DateTime } from 'luxon';
import type { Dice } from './dice.ts';

const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const monthDays = 30;
const zone = 'America/Indiana/Indianapolis';

/**
 * The days of a month that begins on a Monday. It is the next one: of what is older than a week Redis keeps no count, by its own
 * clock.
 */
export class Calendar {
  readonly #midnights: readonly number[];

  constructor(now = Date.now()) {
    const first = DateTime.fromMillis(now, { zone }).startOf('week').plus({ weeks: 1 });
    this.#midnights = Array.from({ length: monthDays + 3 }, (_, day) => first.plus({ days: day }).toMillis());
  }

  /** @returns epoch ms of that time of a day; hours and minutes past midnight */
  at(day: number, hour: number, minute = 0): number {
    const midnight = this.#midnights[day];
    if (midnight === undefined) throw new Error(`the month has no day ${day}`);
    return midnight + hour * hourMs + minute * minuteMs;
  }

  isWeekend(day: number): boolean {
    return day % 7 > 4;
  }

  /** Epoch ms, chosen by how much goes on in which hour. */
  sometime(day: number, hours: readonly number[], dice: Dice): number {
    const hour = dice.weighted(hours.map((weight, at) => [at, weight] as const));
    return this.at(day, hour) + Math.floor(dice.next() * hourMs);
  }
}

const profile = (night: number, day: readonly number[], evening: number) => [
  ...Array.from({ length: 7 }, () => night),
  ...day,
  ...Array.from({ length: 24 - 7 - day.length }, () => evening),
];
/** Weights of the hours from midnight on. */
export const officeHours = profile(0, [2, 9, 12, 12, 10, 7, 10, 11, 10, 7, 3], 0);
export const patientHours = profile(0.3, [3, 10, 13, 12, 10, 8, 10, 10, 9, 7, 4], 1.2);
export const allHours = profile(2, [7, 6, 5, 5, 5, 5, 5, 5, 6, 7, 6], 4);
export const robotHours = profile(0, [0, 4, 8, 8, 8, 8, 8, 8, 8, 6, 3], 0.2);

/** On which days what happens once. */
export const days = {
  charity: [3, 4, 7, 8, 9, 10],
  taxOffice: [7, 8, 9, 10, 11, 21, 22],
  outage: 10,
  victims: 15,
  clinic: 17,
  attack: 23,
  schools: [1, 8, 16, 24],
} as const;
export const outageMinutes = 20;
