import { allHours, hourMs, monthDays, officeHours, patientHours } from './calendar.ts';
import type { Dice } from './dice.ts';
import { adult, elderlyManner, patientManner } from './manners.ts';
import { lineOf, officeLine, privateLine, unsignedLine } from './networks.ts';
import {
  callerWith,
  departments,
  foreignNumber,
  localNumber,
  numberAnywhere,
  persons,
  privateName,
  switchboard,
  tollFreeNumber,
  unusedNumbers,
  withheldCaller,
} from './numbers.ts';
import type { Planner } from './planner.ts';
import type { Caller, GroupId } from './truth.ts';

/** People of one kind: how many there are, how many calls they make on a working day, and when. */
interface Kind {
  readonly group: GroupId;
  readonly people: number;
  readonly callsADay: number;
  /** Of a working day's calls. */
  readonly onWeekends: number;
  readonly hours: readonly number[];
  readonly make: (dice: Dice) => Caller;
  readonly dials: (dice: Dice) => string;
}

const mobileOf = (number: string, dice: Dice): Caller => ({
  caller: callerWith(number, privateName(dice)),
  signing: privateLine(dice),
  manner: adult,
});

const kinds: readonly Kind[] = [
  {
    ...{ group: 'staff', people: 300, callsADay: 140, onWeekends: 0.6, hours: allHours },
    make: (dice) => mobileOf(dice.chance(0.25) ? numberAnywhere(dice) : localNumber(dice), dice),
    dials: staffDials,
  },
  {
    ...{ group: 'customers', people: 400, callsADay: 260, onWeekends: 0.05, hours: officeHours },
    make: office,
    dials: officeDials,
  },
  {
    ...{ group: 'emergency', people: 6, callsADay: 6, onWeekends: 1, hours: allHours },
    make: (dice) => ({ ...office(dice), caller: callerWith(localNumber(dice), 'COUNTY DISPATCH') }),
    dials: () => switchboard,
  },
  {
    ...{ group: 'patients', people: 15_000, callsADay: 1000, onWeekends: 0.18, hours: patientHours },
    make: patient,
    dials: patientDials,
  },
  {
    ...{ group: 'elderly', people: 2_200, callsADay: 150, onWeekends: 0.12, hours: patientHours },
    make: (dice) => ({ ...patient(dice), manner: elderlyManner(dice) }),
    dials: patientDials,
  },
  {
    ...{ group: 'newcomers', people: 60, callsADay: 24, onWeekends: 0.6, hours: allHours },
    make: (dice) => mobileOf(numberAnywhere(dice), dice),
    dials: staffDials,
  },
  {
    ...{ group: 'offices', people: 900, callsADay: 270, onWeekends: 0.06, hours: officeHours },
    make: office,
    dials: officeDials,
  },
  {
    ...{ group: 'withheld', people: 160, callsADay: 40, onWeekends: 0.5, hours: allHours },
    make: (dice) => ({ ...patient(dice), caller: withheldCaller }),
    dials: patientDials,
  },
  {
    ...{ group: 'overseas', people: 70, callsADay: 11, onWeekends: 0.8, hours: allHours },
    make: overseas,
    dials: patientDials,
  },
];

function office(dice: Dice): Caller {
  const number = dice.chance(0.05)
    ? tollFreeNumber(dice)
    : dice.chance(0.8)
      ? localNumber(dice)
      : numberAnywhere(dice);
  const name = `${dice.pick(['NORTHSIDE', 'LAKE', 'CIRCLE CITY', 'MIDWEST', 'HOOSIER'])} ${dice.pick(['CLINIC', 'LAB', 'PRACTICE', 'SUPPLY', 'DENTAL'])}`;
  return { caller: callerWith(number, name), signing: officeLine(dice), manner: adult };
}

/** Seven of ten live here and have a number of here. */
export function patient(dice: Dice): Caller {
  const number = dice.chance(0.7) ? localNumber(dice) : numberAnywhere(dice);
  const caller = dice.chance(0.02) ? withheldCaller : callerWith(number, privateName(dice));
  return { caller, signing: privateLine(dice), manner: patientManner(dice) };
}

/** Gateways sign C whatever comes, under the same origids as call centers; or not at all. */
function overseas(dice: Dice): Caller {
  const gateway = dice.pick(['gateway-telco', 'gateway-two', 'gateway-three'] as const);
  const signing = dice.chance(0.45) ? unsignedLine : lineOf(gateway, dice);
  return { caller: callerWith(foreignNumber(dice), ''), signing, manner: patientManner(dice) };
}

function patientDials(dice: Dice): string {
  if (dice.chance(0.0004)) return dice.pick(unusedNumbers);
  return dice.weighted([
    [switchboard, 50],
    [dice.pick(departments), 44],
    [dice.pick(persons), 6],
  ]);
}

function officeDials(dice: Dice): string {
  if (dice.chance(0.0004)) return dice.pick(unusedNumbers);
  return dice.weighted([
    [switchboard, 25],
    [dice.pick(departments), 45],
    [dice.pick(persons), 30],
  ]);
}

function staffDials(dice: Dice): string {
  return dice.weighted([
    [switchboard, 35],
    [dice.pick(departments), 35],
    [dice.pick(persons), 30],
  ]);
}

export function planGenuine(planner: Planner): void {
  for (const kind of kinds) planKind(planner, kind);
  planCallsBack(planner);
}

function planKind(planner: Planner, kind: Kind): void {
  const { group, people } = kind;
  const dice = planner.dice.of(group);
  const callers = Array.from({ length: people }, (_, at) => kind.make(dice.of(at)));
  for (const caller of callers)
    if (group === 'staff' || group === 'customers' || group === 'emergency')
      planner.list(group, caller, caller.caller.displayName || 'Somebody');
  const { calendar } = planner;
  for (let day = 0; day < monthDays; day++) {
    const count = dice.count(kind.callsADay * (calendar.isWeekend(day) ? kind.onWeekends : 1));
    for (let call = 0; call < count; call++) {
      const place = dice.below(people);
      const at = calendar.sometime(day, kind.hours, dice);
      planner.add(group, `${group} ${place}`, callers[place] as Caller, kind.dials(dice), at);
      // A laboratory reads results to one ward after the other.
      if (group === 'offices' && dice.chance(0.02))
        for (let more = 1; more < 6; more++)
          planner.add(
            group,
            `${group} ${place}`,
            callers[place] as Caller,
            dice.pick(departments),
            at + more * 170_000,
          );
    }
  }
}

const dialedADay = 400;
const callsBack = 0.12;

/** Patients and others whom our people dialed, on no list. */
function planCallsBack(planner: Planner): void {
  const dice = planner.dice.of('calls-back');
  const { calendar } = planner;
  for (let day = 0; day < monthDays - 1; day++) {
    const count = dice.count(dialedADay * (calendar.isWeekend(day) ? 0.1 : 1));
    for (let call = 0; call < count; call++) {
      const who = patient(dice);
      const at = calendar.sometime(day, officeHours, dice);
      if (who.caller.number === null) continue;
      planner.dials.push({ at, number: who.caller.number });
      if (!dice.chance(callsBack)) continue;
      const back = at + Math.floor(dice.next() ** 2 * 20 * hourMs) + 60_000;
      planner.add(
        'calls-back',
        `calls-back ${day}-${call}`,
        who,
        dice.chance(0.8) ? switchboard : dice.pick(departments),
        back,
      );
    }
  }
}
