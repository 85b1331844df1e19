import { expect, it } from 'vitest';
import { parseNumberPattern } from '../../src/numbers/number-pattern.ts';
import type { Region } from '../../src/numbers/phone-number.ts';
import { decide } from '../../src/policy/decide.ts';
import { calendarShape, compileCalendar } from '../../src/policy/time/calendar.ts';
import { dates, dayChooser } from '../../src/policy/time/time-words.ts';
import { callFrom, compileRules, policyAsking } from './policy-fixture.ts';

const at = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

it.each<[string | string[], string, boolean]>([
  ['11-01..12-15', '2026-11-01', true],
  ['11-01..12-15', '2031-12-15', true],
  ['11-01..12-15', '2026-12-16', false],
  ['11-01..12-15', '2026-10-31', false],
  ['12-20..01-06', '2026-12-31', true],
  ['12-20..01-06', '2027-01-06', true],
  ['12-20..01-06', '2027-01-07', false],
  ['12-24', '2029-12-24', true],
  ['12-24', '2029-12-25', false],
  ['02-29', '2028-02-29', true],
  ['02-29', '2027-03-01', false],
  ['02-20..02-29', '2027-02-28', true],
  [['2026-12-24', '07-04'], '2030-07-04', true],
  [['2026-12-24', '07-04'], '2030-12-24', false],
])('%s has %s: %s', (written, day, holds) => {
  const read = dates.parse(written);
  expect(dayChooser(read)(at(day))).toBe(holds);
});

it.each([
  '02-30',
  '13-01',
  '00-10',
  '11-31..12-15',
  '12-24..2026-12-31',
  '2026-12-24..12-31',
  '1-1',
  '11-01..',
  '11-01..12-15..12-20',
])('%s is refused', (written) => {
  expect(dates.safeParse(written).success).toBe(false);
});

it('calendars have days of every year; a day of one year comes before them', () => {
  const written = calendarShape.parse({
    open: [{ hours: ['08:00-17:00'] }],
    closed: '12-27..01-01',
    special: { '12-24': '08:00-12:00', '2027-12-24': '09:00-10:00' },
  });
  const { isOpen } = compileCalendar(written, 'UTC', null);
  const open = (time: string) => isOpen(Date.parse(`${time}:00Z`));
  expect(open('2026-12-24T11:59')).toBe(true);
  expect(open('2026-12-24T12:00')).toBe(false);
  expect(open('2028-12-24T12:00')).toBe(false);
  expect(open('2027-12-24T08:30')).toBe(false);
  expect(open('2027-12-24T09:30')).toBe(true);
  expect(open('2029-12-29T09:30')).toBe(false);
  expect(open('2030-01-01T09:30')).toBe(false);
  expect(open('2030-01-02T09:30')).toBe(true);
});

it('a rule holds on days of every year, and none of the proofs takes it for every day', () => {
  const when = '{ time: { date: 03-01..03-31, zone: UTC } }';
  const policy = policyAsking(when);
  expect(decide(callFrom('+12025550143'), policy).rule).toBe('asked');
  const later = callFrom('+12025550143', { now: Date.UTC(2027, 3, 1, 12) });
  expect(decide(later, policy).rule).toBe('everyone-else');
  const two = `  - { id: a, when: ${when}, then: voicemail }\n  - { id: b, when: { caller: { type: mobile } }, then: voicemail }\n`;
  expect(compileRules(two).problems).toEqual([]);
});

it.each<[string, Region, string]>([
  ['317555*', 'US', '+1317555'],
  ['1317555*', 'US', '+1317555'],
  ['(317) 555-*', 'US', '+1317555'],
  ['317-555-01*', 'US', '+131755501'],
  ['416*', 'CA', '+1416'],
  ['020 7946*', 'GB', '+44207946'],
  ['0317*', 'DE', '+49317'],
  ['06*', 'NL', '+316'],
  ['02 5550*', 'AU', '+6125550'],
  ['+39 06*', 'IT', '+3906'],
])('%s in %s is %s', (written, region, prefix) => {
  expect(parseNumberPattern(written, region)).toEqual({ pattern: { kind: 'prefix', prefix } });
});

/** Not sure what is meant, or no area code. */
it.each<[string, Region]>([
  ['31*', 'US'],
  ['1*', 'US'],
  ['911*', 'US'],
  ['117555*', 'US'],
  ['0317*', 'US'],
  ['06*', 'IT'],
  ['207946*', 'GB'],
  ['0*', 'GB'],
  ['00*', 'DE'],
  ['9317555*', 'GB'],
  ['612*', 'ES'],
  ['*', 'US'],
  ['317555**', 'US'],
])('%s in %s is refused', (written, region) => {
  expect(parseNumberPattern(written, region)).toMatchObject({
    message: expect.stringContaining('is not a prefix'),
  });
});
