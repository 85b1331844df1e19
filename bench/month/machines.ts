import { allHours, days, monthDays, officeHours } from './calendar.ts';
import type { Dice } from './dice.ts';
import { playsMessage, relayAssistant } from './manners.ts';
import { lineOf, officeLine, privateLine } from './networks.ts';
import {
  callerWith,
  departments,
  faxNumber,
  localNumber,
  persons,
  privateName,
  switchboard,
  tollFreeNumber,
} from './numbers.ts';
import type { Planner } from './planner.ts';
import type { Caller, GroupId, Manner } from './truth.ts';

/** Callers who cannot press keys, and robots that are wanted. Some stand on a list, as a real site knows some. */
export function planMachines(planner: Planner): void {
  planFew(
    planner,
    'relay',
    { lines: 9, listed: 4, callsADay: 17, hours: allHours, to: patientsLine },
    (dice) => ({
      caller: callerWith(dice.chance(0.5) ? tollFreeNumber(dice) : localNumber(dice), 'RELAY SERVICE'),
      signing: officeLine(dice),
      manner: relayAssistant,
    }),
  );
  planFew(
    planner,
    'tty',
    { lines: 25, listed: 0, callsADay: 4, hours: allHours, to: patientsLine },
    (dice) => ({
      caller: callerWith(localNumber(dice), privateName(dice)),
      signing: privateLine(dice),
      manner: { kind: 'tone', tone: 'tty', heard: 0.97 },
    }),
  );
  planFew(
    planner,
    'fax',
    { lines: 45, listed: 8, callsADay: 28, hours: officeHours, to: () => faxNumber },
    (dice) => ({
      caller: callerWith(localNumber(dice), ''),
      signing: officeLine(dice),
      manner: { kind: 'tone', tone: 'fax', heard: 0.97 },
    }),
  );
  planFew(
    planner,
    'pharmacy',
    { lines: 6, listed: 3, callsADay: 60, hours: officeHours, to: anyLine },
    (dice) => robot(dice, 'PHARMACY', playsMessage),
  );
  planFew(
    planner,
    'reminders',
    { lines: 8, listed: 3, callsADay: 25, hours: officeHours, to: anyLine },
    (dice) => robot(dice, dice.pick(['HEALTH REMINDER', 'RIDE SERVICE', 'EYE CLINIC']), playsMessage),
  );
  planSchools(planner);
}

interface Few {
  readonly lines: number;
  /** How many of them stand on a list. */
  readonly listed: number;
  readonly callsADay: number;
  readonly hours: readonly number[];
  readonly to: (dice: Dice) => string;
}

function planFew(planner: Planner, group: GroupId, few: Few, make: (dice: Dice) => Caller): void {
  const dice = planner.dice.of(group);
  const callers = Array.from({ length: few.lines }, (_, at) => make(dice.of(at)));
  for (const caller of callers.slice(0, few.listed))
    planner.list(group === 'relay' ? 'relay' : 'customers', caller, group);
  for (let day = 0; day < monthDays; day++) {
    const count = dice.count(few.callsADay * (planner.calendar.isWeekend(day) ? 0.3 : 1));
    for (let call = 0; call < count; call++) {
      const place = dice.below(few.lines);
      const at = planner.calendar.sometime(day, few.hours, dice);
      planner.add(group, `${group} ${place}`, callers[place] as Caller, few.to(dice), at);
    }
  }
}

function robot(dice: Dice, name: string, manner: Manner): Caller {
  const number = dice.chance(0.5) ? tollFreeNumber(dice) : localNumber(dice);
  return { caller: callerWith(number, name), signing: lineOf('business-trunks', dice), manner };
}

function patientsLine(dice: Dice): string {
  return dice.chance(0.5) ? switchboard : dice.pick(departments);
}

function anyLine(dice: Dice): string {
  return dice.chance(0.7) ? dice.pick(departments) : dice.pick(persons);
}

/** Snow, a lock-down drill: the robot of a school calls many of our people, who are parents, within minutes. */
function planSchools(planner: Planner): void {
  const dice = planner.dice.of('schools');
  const schools = Array.from({ length: 3 }, (_, at) => robot(dice.of(at), 'PUBLIC SCHOOLS', playsMessage));
  planner.list('customers', schools[0] as Caller, 'Public schools');
  for (const day of days.schools)
    for (const [place, school] of schools.entries()) {
      const from = planner.calendar.at(day, 6, 10 + 25 * place);
      for (let call = 0; call < 30; call++)
        planner.add('schools', `schools ${place}`, school, dice.pick(persons), from + dice.below(8 * 60_000));
    }
}
