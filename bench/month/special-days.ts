import { days, hourMs, officeHours, patientHours } from './calendar.ts';
import { patient } from './genuine.ts';
import { elderlyManner, upset } from './manners.ts';
import { privateLine } from './networks.ts';
import { callerWith, clinicNumber, numberAnywhere, privateName, switchboard } from './numbers.ts';
import type { Planner } from './planner.ts';

const minuteMs = 60_000;

/** Floods of genuine calls. */
export function planSpecialDays(planner: Planner): void {
  clinicOpening(planner);
  forgedNumber(planner);
}

/** Announced on television: new patients call one number all morning, many of them for the first time, a fifth elderly. */
function clinicOpening(planner: Planner): void {
  const dice = planner.dice.of('clinic-opening');
  const people = 1_300;
  for (let place = 0; place < people; place++) {
    const someone = patient(dice);
    const caller = dice.chance(0.2) ? { ...someone, manner: elderlyManner(dice) } : someone;
    const isFirstMorning = dice.chance(0.8);
    // The most right after it opens.
    const at = isFirstMorning
      ? planner.calendar.at(days.clinic, 8, 30) + dice.next() ** 1.6 * 2.5 * hourMs
      : planner.calendar.sometime(days.clinic + 1, patientHours, dice);
    planner.add('clinic-opening', `clinic-opening ${place}`, caller, clinicNumber, at);
    // Families have one telephone.
    if (dice.chance(0.08))
      planner.add(
        'clinic-opening',
        `clinic-opening ${place}`,
        caller,
        clinicNumber,
        at + dice.between(5, 60) * minuteMs,
      );
  }
}

/** Somebody called thousands of people all over the country with our number: some call back within minutes, some in the afternoon. */
function forgedNumber(planner: Planner): void {
  const dice = planner.dice.of('victims');
  for (let place = 0; place < 750; place++) {
    const caller = {
      caller: callerWith(numberAnywhere(dice), privateName(dice)),
      signing: privateLine(dice),
      manner: upset,
    };
    const at = dice.chance(0.85)
      ? planner.calendar.at(days.victims, 10) + dice.next() * 3 * hourMs
      : planner.calendar.sometime(days.victims, officeHours, dice);
    planner.add('victims', `victims ${place}`, caller, switchboard, at);
  }
}
