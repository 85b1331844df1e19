import { days, hourMs, monthDays, robotHours } from './calendar.ts';
import type { Dice } from './dice.ts';
import { agent, playsMessage } from './manners.ts';
import { lineOf, type NetworkId, officeLine, privateLine, unsignedLine } from './networks.ts';
import {
  callerWith,
  departments,
  inArea,
  inExchange,
  localNumber,
  neighborNumber,
  numberAnywhere,
  persons,
  privateName,
  switchboard,
  tollFreeNumber,
  wholeBlock,
} from './numbers.ts';
import type { Planner } from './planner.ts';
import type { Caller, GroupId, Manner, Signing } from './truth.ts';

const minuteMs = 60_000;

/** One who calls in bouts, as dialers do, under numbers of which each day has its own. */
interface CallCenter {
  readonly group: GroupId;
  readonly callsADay: number;
  /** Left out: every day. */
  readonly onlyOn?: readonly number[];
  /** Of a working day's calls. */
  readonly onWeekends: number;
  readonly bouts: number;
  readonly boutMinutes: number;
  /** How many numbers it has on one day; null: a new one for each call. */
  readonly numbersADay: number | null;
  readonly number: (dice: Dice) => string;
  readonly name: (dice: Dice) => string;
  readonly signing: (dice: Dice) => Signing;
  readonly manner: (dice: Dice) => Manner;
  /** Takes our block number by number; else it has a list of published ones. */
  readonly walks: boolean;
}

const partly = (share: number, network: NetworkId, origid: number) => (dice: Dice) =>
  dice.chance(share) ? lineOf(network, dice, origid) : unsignedLine;
const hangsUp = (seconds: number) => (): Manner => ({
  kind: 'hangs-up',
  afterMs: seconds * 1000,
  spreadMs: 350,
});
const plays = (): Manner => playsMessage;

const callCenters: readonly CallCenter[] = [
  {
    ...{ group: 'warranty', callsADay: 170, onWeekends: 0.2, bouts: 3, boutMinutes: 55, walks: true },
    ...{ numbersADay: 140, number: numberAnywhere, name: privateName, manner: hangsUp(3) },
    signing: (dice) => lineOf('gateway-telco', dice, 0),
  },
  {
    ...{ group: 'medicare', callsADay: 90, onWeekends: 0.3, bouts: 2, boutMinutes: 180, walks: false },
    ...{ numbersADay: 15, number: tollFreeNumber, name: () => 'HEALTH BENEFITS', manner: plays },
    signing: partly(0.4, 'gateway-two', 1),
  },
  {
    ...{ group: 'solar', callsADay: 110, onWeekends: 0.4, bouts: 4, boutMinutes: 70, walks: false },
    ...{ numbersADay: 60, number: localNumber, name: privateName, manner: hangsUp(2) },
    signing: (dice) => lineOf('small-voip', dice, 0),
  },
  {
    ...{ group: 'it-support', callsADay: 60, onWeekends: 0, bouts: 2, boutMinutes: 200, walks: false },
    ...{ numbersADay: 20, number: numberAnywhere, name: () => 'TECH SUPPORT', manner: () => agent },
    signing: (dice) => lineOf('cloud-pbx', dice, 2),
  },
  {
    ...{ group: 'loans', callsADay: 80, onWeekends: 0.1, bouts: 3, boutMinutes: 90, walks: true },
    ...{ numbersADay: 25, number: numberAnywhere, name: () => 'BUSINESS FUNDING' },
    manner: () => ({ kind: 'presses', key: '1', afterMs: 8_000 }),
    signing: (dice) =>
      dice.weighted([
        [lineOf('gateway-two', dice, 4), 40],
        [lineOf('gateway-three', dice, 0), 30],
        [unsignedLine, 30],
      ]),
  },
  {
    ...{ group: 'charity', callsADay: 50, onlyOn: days.charity, onWeekends: 0, bouts: 1, boutMinutes: 240 },
    ...{ walks: false, numbersADay: 8, number: localNumber, manner: plays },
    name: (dice) => dice.pick(['POLICE CHARITY FUND', 'VETERANS RELIEF FUND']),
    signing: partly(0.5, 'gateway-three', 1),
  },
  {
    ...{
      group: 'tax-office',
      callsADay: 70,
      onlyOn: days.taxOffice,
      onWeekends: 0,
      bouts: 2,
      boutMinutes: 150,
    },
    ...{ walks: false, numbersADay: 12, number: (dice: Dice) => inArea(dice, '202'), manner: plays },
    name: (dice) => dice.pick(['IRS TAX OFFICE', 'TAX OFFICE', 'US TREASURY IRS']),
    signing: partly(0.5, 'gateway-two', 5),
  },
  {
    ...{ group: 'neighbor', callsADay: 50, onWeekends: 0.3, bouts: 5, boutMinutes: 100, walks: false },
    ...{ numbersADay: null, number: neighborNumber, name: privateName, manner: hangsUp(5) },
    signing: (dice) => partly(0.7, dice.pick(['gateway-telco', 'gateway-three'] as const), 2)(dice),
  },
  {
    ...{ group: 'own-number', callsADay: 10, onWeekends: 0.3, bouts: 2, boutMinutes: 120, walks: false },
    ...{ numbersADay: null, number: (dice: Dice) => dice.pick(wholeBlock), name: () => 'EXAMPLE HOSPITAL' },
    ...{ manner: plays, signing: partly(0.6, 'gateway-telco', 1) },
  },
];

export function planUnwanted(planner: Planner): void {
  for (const center of callCenters) planCenter(planner, center);
  planAttack(planner);
  planLone(planner);
}

function planCenter(planner: Planner, center: CallCenter): void {
  const { group, numbersADay } = center;
  const dice = planner.dice.of(group);
  const { calendar } = planner;
  let walked = dice.below(wholeBlock.length);
  const called = () => {
    if (center.walks) return wholeBlock[walked++ % wholeBlock.length] as string;
    return dice.weighted([
      [switchboard, 30],
      [dice.pick(departments), 40],
      [dice.pick(persons), 30],
    ]);
  };
  const make = (from: Dice): Caller => ({
    caller: callerWith(center.number(from), center.name(from)),
    signing: center.signing(from),
    manner: center.manner(from),
  });
  const isOn = (day: number) => center.onlyOn === undefined || center.onlyOn.includes(day);
  for (let day = 0; day < monthDays; day++) {
    const count = isOn(day)
      ? dice.count(center.callsADay * (calendar.isWeekend(day) ? center.onWeekends : 1))
      : 0;
    const numbers = Array.from({ length: numbersADay ?? 0 }, (_, at) => make(dice.of(`${day}/${at}`)));
    const bouts = Array.from({ length: center.bouts }, () =>
      Math.min(calendar.sometime(day, robotHours, dice), calendar.at(day, 19)),
    );
    const ats = Array.from(
      { length: count },
      () => dice.pick(bouts) + dice.next() * center.boutMinutes * minuteMs,
    );
    for (const at of ats.sort((a, b) => a - b)) {
      const number = numbers.length > 0 ? dice.pick(numbers) : make(dice);
      // The line is signed alike, but each call may come by another way.
      const caller = {
        ...number,
        signing: numbers.length > 0 && dice.chance(0.3) ? center.signing(dice) : number.signing,
      };
      planner.add(group, group, caller, called(), at);
    }
  }
}

/** One exchange, one carrier, one origid: every second or third second a call, all over the block. */
function planAttack(planner: Planner): void {
  const dice = planner.dice.of('attack-day');
  const from = planner.calendar.at(days.attack, 13, 10);
  for (let call = 0; call < 1_400; call++) {
    const caller: Caller = {
      caller: callerWith(inExchange(dice, '202730'), privateName(dice)),
      signing: lineOf('gateway-three', dice, 2),
      manner: { kind: 'hangs-up', afterMs: 5_000, spreadMs: 400 },
    };
    const called = dice.chance(0.4) ? switchboard : dice.pick(wholeBlock);
    planner.add(
      'attack-day',
      'attack-day',
      caller,
      called,
      from + (call * 40 * minuteMs) / 1_400 + dice.below(1_500),
    );
  }
}

/** Of these nobody could make a campaign: each has numbers and ways of its own. */
function planLone(planner: Planner): void {
  const dice = planner.dice.of('lone');
  const robots: Manner[] = [
    playsMessage,
    playsMessage,
    { kind: 'hangs-up', afterMs: 6_000, spreadMs: 3_000 },
  ];
  robots.push({ kind: 'presses', key: '1', afterMs: 5_000 });
  const anyNetwork = (from: Dice) =>
    from.weighted([
      [unsignedLine, 40],
      [lineOf(from.pick(['gateway-two', 'gateway-three', 'cloud-pbx'] as const), from), 35],
      [officeLine(from), 25],
    ]);
  for (let day = 0; day < monthDays; day++) {
    const share = planner.calendar.isWeekend(day) ? 0.3 : 1;
    for (const [group, callsADay] of [
      ['lone-robots', 42],
      ['lone-sales', 14],
    ] as const)
      for (let left = dice.count(callsADay * share); left > 0; left--) {
        const caller: Caller =
          group === 'lone-robots'
            ? {
                caller: callerWith(numberAnywhere(dice), privateName(dice)),
                signing: anyNetwork(dice),
                manner: dice.pick(robots),
              }
            : {
                caller: callerWith(localNumber(dice), privateName(dice)),
                signing: dice.chance(0.6) ? officeLine(dice) : privateLine(dice),
                manner: agent,
              };
        const at = planner.calendar.sometime(day, robotHours, dice);
        const who = `${group} ${day}-${left}`;
        for (let again = dice.below(3); again >= 0; again--)
          planner.add(
            group,
            who,
            caller,
            dice.chance(0.5) ? switchboard : dice.pick(departments),
            at + again * dice.next() * 2 * hourMs,
          );
      }
  }
}
