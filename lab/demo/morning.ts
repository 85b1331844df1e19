import type { CallerScript } from '../caller-scenario.ts';

/** How a call of the demo ends. `none`: the caller hung up before an exit. */
export type MorningEnd = 'operators' | 'voicemail' | 'rejected' | 'none';

export interface MorningCaller {
  readonly id: string;
  /** Who it is and what they do, for people. */
  readonly who: string;
  readonly script: CallerScript;
  readonly end: MorningEnd;
  /** What the operator's phone shows; null where no operator is reached. */
  readonly phoneShows: string | null;
  /** Listens for the two digits and presses them. */
  readonly listens?: boolean;
}

/** The number of the switchboard, in the lab's own block of the shipped rules. */
export const switchboard = '+13175550100';
/** A number of the same block where callers are spoken to in Spanish. */
export const spanishLine = '+13175550105';

/** Numbers on the shipped lists, and some that nobody knows. */
export const numbers = {
  customer: '+13175550140',
  staff: '+13175550120',
  emergency: '+13175550190',
  blocked: '+13175550180',
  pressesOne: '+12125550131',
  wrongThenRight: '+12125550132',
  silent: '+12125550133',
  givesUp: '+12125550134',
  duringCrash: '+12125550135',
  whileAway: '+12125550136',
  wrongTwice: '+12125550137',
} as const;

const talk = { hold: 2500 };
/** Long enough into the prompt that it is surely heard, short enough that it still plays. */
const listenABit = { hold: 2500 };

/** A morning of callers, in the order in which they first ring. */
export const morning: readonly MorningCaller[] = [
  {
    id: 'emergency',
    who: 'County dispatch calls back',
    script: { from: numbers.emergency, displayName: 'DISPATCH', to: switchboard, steps: [talk] },
    end: 'operators',
    phoneShows: 'Emergency County dispatch',
  },
  {
    id: 'customer',
    who: 'A customer',
    script: { from: numbers.customer, displayName: 'ACME', to: switchboard, steps: [talk] },
    end: 'operators',
    phoneShows: 'Customer Acme Medical Supply',
  },
  {
    id: 'staff',
    who: 'A surgeon on her own mobile',
    script: { from: numbers.staff, to: switchboard, steps: [talk] },
    end: 'operators',
    phoneShows: 'Staff Avery Lane',
  },
  {
    id: 'presses-one',
    who: 'A patient nobody knows; presses 1',
    script: {
      from: numbers.pressesOne,
      displayName: 'Jo Patient',
      to: switchboard,
      steps: [listenABit, { press: '1' }, talk],
    },
    end: 'operators',
    phoneShows: 'Passed: Jo Patient',
  },
  {
    id: 'wrong-then-right',
    who: 'Presses 5, then 1 (Spanish line)',
    script: {
      from: numbers.wrongThenRight,
      displayName: 'Ana García',
      to: spanishLine,
      steps: [listenABit, { press: '5' }, listenABit, { press: '1' }, talk],
    },
    end: 'operators',
    phoneShows: 'Passed: Ana García',
  },
  {
    id: 'silent',
    who: 'A robot that talks and presses nothing',
    script: { from: numbers.silent, displayName: 'TAX OFFICE', to: switchboard, steps: [{ speak: 42_000 }] },
    end: 'voicemail',
    phoneShows: null,
  },
  {
    id: 'gives-up',
    who: 'Hangs up in the middle of the prompt',
    script: { from: numbers.givesUp, to: switchboard, steps: [{ hold: 1500 }] },
    end: 'none',
    phoneShows: null,
  },
  {
    id: 'withheld',
    who: 'Number withheld; presses 1 (SIP INFO)',
    script: {
      from: 'anonymous',
      fromHost: 'anonymous.invalid',
      displayName: 'Anonymous',
      headers: ['Privacy: id'],
      to: switchboard,
      steps: [listenABit, { pressInfo: '1' }, talk],
    },
    end: 'operators',
    phoneShows: 'Passed: number withheld',
  },
  {
    id: 'malformed',
    who: 'An impossible number; repeats the two digits',
    script: { from: '0999', displayName: 'V-Desk', to: switchboard, steps: [{ pressTold: true }, talk] },
    end: 'operators',
    phoneShows: 'Passed, odd number: V-Desk',
    listens: true,
  },
  {
    id: 'blocked',
    who: 'A number on the blocked list',
    script: { from: numbers.blocked, displayName: 'Warranty', to: switchboard, steps: [{ hold: 60_000 }] },
    end: 'rejected',
    phoneShows: null,
  },
];

/** Rings after `presses-one` has passed. */
export const returningPasser: MorningCaller = {
  id: 'returning-passer',
  who: 'The same patient again, an hour later',
  script: { from: numbers.pressesOne, displayName: 'Jo Patient', to: switchboard, steps: [talk] },
  end: 'operators',
  phoneShows: 'Passed before: Jo Patient',
};

/** Is in the prompt when the app is killed. */
export const duringCrash: MorningCaller = {
  id: 'during-crash',
  who: 'Listens to the prompt when Gatehouse is killed (kill -9)',
  script: { from: numbers.duringCrash, displayName: 'Unlucky', to: switchboard, steps: [{ hold: 44_000 }] },
  end: 'operators',
  phoneShows: 'Not screened: Unlucky',
};

/** Rings while the app is dead. */
export const whileAway: MorningCaller = {
  id: 'while-away',
  who: 'Rings while Gatehouse is dead',
  script: { from: numbers.whileAway, displayName: 'Lucky', to: switchboard, steps: [talk] },
  end: 'operators',
  phoneShows: 'Not screened: Lucky',
};
