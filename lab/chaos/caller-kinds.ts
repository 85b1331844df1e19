import type { CallerScript, CallerStep } from '../caller-scenario.ts';
import { numbers, switchboard } from '../demo/morning.ts';

/** Where a caller may end. */
export type CallerEnd = 'person' | 'mailbox' | 'rejected';

export interface CallerKind {
  readonly id: string;
  /** Share of all calls. */
  readonly weight: number;
  /** On a list that needs no history: never challenged. */
  readonly isKnown: boolean;
  /** Where such a caller may end; who hangs up first ends nowhere. */
  readonly ends: readonly CallerEnd[];
  /** Hangs up by its own script, sooner than anybody could call it lost. */
  readonly isImpatient: boolean;
  /** Presses what is asked, again and again until somebody talks. */
  readonly pressesRight: boolean;
  /** `from` is left to the numbers. */
  readonly script: Omit<CallerScript, 'from' | 'to'>;
  /** Caller numbers for so many calls, in the order in which they ring. `unknown` gives one that never rang before. */
  readonly numbers: (calls: number, unknown: () => string) => readonly string[];
}

/** A person waits for somebody to talk this long. */
export const patienceMs = 52_000;

const talk: CallerStep = { hold: patienceMs };
const same =
  (number: string): CallerKind['numbers'] =>
  (calls) =>
    Array(calls).fill(number);
const inTurn =
  (...many: readonly string[]): CallerKind['numbers'] =>
  (calls) =>
    Array.from({ length: calls }, (_, index) => many[index % many.length] ?? '');
const alwaysNew: CallerKind['numbers'] = (calls, unknown) => Array.from({ length: calls }, unknown);
/** Every number twice: the second call while the first one is still inside. */
const inPairs: CallerKind['numbers'] = (calls, unknown) => {
  const firsts = Array.from({ length: Math.ceil(calls / 2) }, unknown);
  return firsts.flatMap((number) => [number, number]).slice(0, calls);
};

/** Presses, and presses again for as long as nobody talks, as people do. */
function pressing(first: readonly CallerStep[], how: 'press' | 'pressInfo' = 'press'): CallerStep[] {
  const press = (digit: string): CallerStep => (how === 'press' ? { press: digit } : { pressInfo: digit });
  const again = [{ hold: 7000 }, press('1')];
  return [...first, press('1'), ...again, ...again, ...again, { hold: patienceMs - 24_000 }];
}

const patient = { cancelAfterMs: patienceMs };
const known = { isKnown: true, ends: ['person'], isImpatient: false, pressesRight: false } as const;
const unknown = {
  isKnown: false,
  ends: ['person', 'mailbox'],
  isImpatient: false,
  pressesRight: false,
  numbers: alwaysNew,
} as const;

export const callerKinds: readonly CallerKind[] = [
  {
    id: 'staff',
    weight: 8,
    ...known,
    numbers: inTurn(numbers.staff, '+13175550121'),
    script: { ...patient, steps: [talk] },
  },
  {
    id: 'customer',
    weight: 10,
    ...known,
    numbers: inTurn(numbers.customer, '+14635550141', '+14635550152'),
    script: { ...patient, displayName: 'ACME', steps: [talk] },
  },
  {
    id: 'emergency',
    weight: 4,
    ...known,
    numbers: same(numbers.emergency),
    script: { ...patient, steps: [talk] },
  },
  {
    id: 'known-hangs-up-after-connect',
    weight: 4,
    ...known,
    isImpatient: true,
    numbers: same(numbers.customer),
    script: { ...patient, steps: [{ hold: 700 }] },
  },
  {
    id: 'known-cancels-ringing',
    weight: 4,
    ...known,
    isImpatient: true,
    numbers: same(numbers.staff),
    script: { steps: [talk], cancelAfterMs: 150 },
  },
  {
    id: 'presses-at-once',
    weight: 8,
    ...unknown,
    pressesRight: true,
    script: { ...patient, displayName: 'At Once', steps: pressing([{ hold: 300 }]) },
  },
  {
    id: 'presses-in-prompt',
    weight: 12,
    ...unknown,
    pressesRight: true,
    script: { ...patient, displayName: 'Jo Patient', steps: pressing([{ hold: 2500 }]) },
  },
  {
    id: 'presses-late',
    weight: 6,
    ...unknown,
    pressesRight: true,
    script: { ...patient, steps: pressing([{ hold: 9000 }], 'pressInfo') },
  },
  {
    id: 'wrong-then-right',
    weight: 6,
    ...unknown,
    pressesRight: true,
    script: { ...patient, steps: pressing([{ hold: 2500 }, { press: '5' }, { hold: 2500 }]) },
  },
  {
    id: 'two-at-once',
    weight: 8,
    ...unknown,
    pressesRight: true,
    numbers: inPairs,
    script: { ...patient, displayName: 'Twice', steps: pressing([{ hold: 6000 }]) },
  },
  {
    id: 'passed-before',
    weight: 4,
    ...unknown,
    pressesRight: true,
    numbers: (calls, next) => Array(calls).fill(next()),
    script: { ...patient, displayName: 'Again', steps: pressing([{ hold: 2500 }]) },
  },
  {
    id: 'expected',
    weight: 4,
    ...unknown,
    pressesRight: true,
    numbers: same('+12125550199'),
    script: { ...patient, displayName: 'Call Back', steps: pressing([{ hold: 2500 }]) },
  },
  {
    id: 'withheld',
    weight: 4,
    ...unknown,
    pressesRight: true,
    numbers: same('anonymous'),
    script: {
      ...patient,
      fromHost: 'anonymous.invalid',
      displayName: 'Anonymous',
      headers: ['Privacy: id'],
      steps: pressing([{ hold: 2500 }], 'pressInfo'),
    },
  },
  {
    id: 'silent',
    weight: 6,
    ...unknown,
    script: { ...patient, displayName: 'TAX OFFICE', steps: [{ speak: patienceMs }] },
  },
  {
    id: 'hangs-up-in-prompt',
    weight: 4,
    ...unknown,
    isImpatient: true,
    script: { ...patient, steps: [{ hold: 1500 }] },
  },
  {
    id: 'unknown-cancels-ringing',
    weight: 2,
    ...unknown,
    isImpatient: true,
    script: { steps: [{ hold: 200 }], cancelAfterMs: 400 },
  },
  {
    id: 'presses-and-is-gone',
    weight: 3,
    ...unknown,
    isImpatient: true,
    script: { ...patient, steps: [{ hold: 2500 }, { press: '1' }] },
  },
  {
    id: 'forges-our-number',
    weight: 3,
    ...unknown,
    numbers: same('+13175550103'),
    script: {
      ...patient,
      displayName: 'Own Number',
      steps: [
        { hold: 9000 },
        { press: '00' },
        { hold: 9000 },
        { press: '00' },
        { hold: patienceMs - 18_000 },
      ],
    },
  },
  {
    id: 'blocked',
    weight: 4,
    ...unknown,
    ends: ['rejected', 'person'],
    numbers: same(numbers.blocked),
    script: { ...patient, displayName: 'Warranty', steps: [talk] },
  },
];

export const calledNumber = switchboard;
export const expectedNumber = '+12125550199';

/** Fictitious numbers (555-0100 to 555-0189) that are on no list. */
export function unknownNumbers(): () => string {
  const areas = [212, 310, 312, 415, 617, 702, 713, 718, 206, 303, 404, 512, 602, 503, 216, 314];
  let next = 0;
  return () => {
    const area = areas[Math.floor(next / 90) % areas.length];
    return `+1${area}55501${String(next++ % 90).padStart(2, '0')}`;
  };
}

/** How many calls each kind makes of `calls` in all; every kind makes at least one. */
export function sharesOf(calls: number): ReadonlyMap<CallerKind, number> {
  const total = callerKinds.reduce((sum, { weight }) => sum + weight, 0);
  const shares = new Map(
    callerKinds.map((kind) => [kind, Math.max(1, Math.floor((kind.weight * calls) / total))]),
  );
  const byWeight = [...callerKinds].sort((a, b) => b.weight - a.weight);
  let missing = calls - [...shares.values()].reduce((sum, count) => sum + count, 0);
  for (let index = 0; missing !== 0; index++) {
    const kind = byWeight[index % byWeight.length];
    if (kind === undefined) break;
    const share = shares.get(kind) ?? 0;
    if (missing < 0 && share <= 1) continue;
    shares.set(kind, share + Math.sign(missing));
    missing -= Math.sign(missing);
  }
  return shares;
}
