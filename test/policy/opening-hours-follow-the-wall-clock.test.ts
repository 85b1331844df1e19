import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/policy/compile/compile.ts';
import { decide } from '../../src/policy/decide.ts';
import { formatProblem } from '../../src/policy/problem.ts';
import { holidayFinder } from '../../src/rules/holiday-finder.ts';
import { callFrom, shippedPrompts } from './policy-fixture.ts';

const holidays = await holidayFinder();

function compile(when: string, more = '', calendar?: string) {
  const policy = `settings:
  default-region: US
  language: en
  voicemail-box: general
  time-zone: America/Indiana/Indianapolis
  holidays: US-IN
${more}rules:
  - { id: asked, when: ${when}, then: connect }
  - { id: everyone-else, then: { challenge: press-1 } }
`;
  return compilePolicy({
    root: 'rules',
    holidays,
    files: [
      { path: 'policy.yaml', text: policy },
      { path: 'prompts.yaml', text: shippedPrompts },
      ...(calendar === undefined ? [] : [{ path: 'calendars/desk.yaml', text: calendar }]),
    ],
  });
}

/** @param at ISO with its offset */
function matcher(when: string, more = '', calendar?: string): (at: string) => boolean {
  const { policy, problems } = compile(when, more, calendar);
  if (!policy) throw new Error(problems.map(formatProblem).join('\n'));
  return (at) => decide(callFrom('2025550143', { now: Date.parse(at) }), policy).rule === 'asked';
}

describe('weekday, hours, date and holiday of the time zone', () => {
  it.each<[string, string, string]>([
    ['{ time: { weekday: mon-fri } }', '2026-03-13T23:59:59-04:00', '2026-03-14T00:00:00-04:00'],
    ['{ time: { weekday: [sat, sun] } }', '2026-03-14T00:00:00-04:00', '2026-03-13T23:59:59-04:00'],
    ['{ time: { weekday: sat-mon } }', '2026-03-16T12:00:00-04:00', '2026-03-17T12:00:00-04:00'],
    ['{ time: { hours: 08:00-17:00 } }', '2026-03-12T08:00:00-04:00', '2026-03-12T17:00:00-04:00'],
    ['{ time: { hours: 00:00-24:00 } }', '2026-03-12T23:59:59-04:00', ''],
    [
      '{ time: { hours: [08:00-12:00, 13:00-17:00] } }',
      '2026-03-12T13:00:00-04:00',
      '2026-03-12T12:30:00-04:00',
    ],
    ['{ time: { date: 2026-12-24..2026-12-26 } }', '2026-12-26T23:59:00-05:00', '2026-12-27T00:00:00-05:00'],
    ['{ time: { holiday: true } }', '2026-07-03T12:00:00-04:00', '2026-07-02T12:00:00-04:00'],
    ['{ time: { holiday: false, weekday: fri } }', '2026-07-10T12:00:00-04:00', '2026-07-03T12:00:00-04:00'],
    ['{ time: { weekday: fri, zone: Asia/Kathmandu } }', '2026-03-12T18:15:00Z', '2026-03-12T18:14:59Z'],
  ])('%s', (when, inside, outside) => {
    const matches = matcher(when);
    expect(matches(inside)).toBe(true);
    if (outside !== '') expect(matches(outside)).toBe(false);
  });

  it('hours over midnight belong to the day on which they begin', () => {
    const fridayNight = matcher('{ time: { weekday: fri, hours: 22:00-06:00 } }');
    expect(fridayNight('2026-03-13T22:00:00-04:00')).toBe(true);
    expect(fridayNight('2026-03-14T05:59:00-04:00')).toBe(true);
    expect(fridayNight('2026-03-14T06:00:00-04:00')).toBe(false);
    expect(fridayNight('2026-03-14T22:00:00-04:00')).toBe(false);
    // Friday morning is of Thursday night.
    expect(fridayNight('2026-03-13T05:00:00-04:00')).toBe(false);
  });
});

describe('the days on which clocks change', () => {
  it('the hour that is left out in spring never comes, and the day is not shifted', () => {
    const twoToThree = matcher('{ time: { hours: 02:00-03:00 } }');
    for (let minute = 0; minute < 24 * 60; minute += 15) {
      expect(twoToThree(new Date(Date.parse('2026-03-08T05:00:00Z') + minute * 60_000).toISOString())).toBe(
        false,
      );
    }
    const opens = matcher('{ time: { hours: 08:00-17:00 } }');
    expect(opens('2026-03-08T07:59:59-04:00')).toBe(false);
    expect(opens('2026-03-08T08:00:00-04:00')).toBe(true);
  });

  it('the hour that is repeated in autumn holds twice', () => {
    const oneToTwo = matcher('{ time: { hours: 01:00-02:00 } }');
    expect(oneToTwo('2026-11-01T01:30:00-04:00')).toBe(true);
    expect(oneToTwo('2026-11-01T01:30:00-05:00')).toBe(true);
    expect(oneToTwo('2026-11-01T02:00:00-05:00')).toBe(false);
  });

  it('a night shift over the change ends by the wall clock', () => {
    const night = matcher('{ time: { hours: 22:00-06:00 } }');
    expect(night('2026-03-08T05:59:00-04:00')).toBe(true);
    expect(night('2026-03-08T06:00:00-04:00')).toBe(false);
    expect(night('2026-11-01T05:59:00-05:00')).toBe(true);
    expect(night('2026-11-01T06:00:00-05:00')).toBe(false);
  });

  it('zones that change by half an hour, or at midnight', () => {
    const lordHowe = matcher('{ time: { hours: 02:00-02:30, zone: Australia/Lord_Howe } }');
    expect(lordHowe('2026-10-03T15:29:59Z')).toBe(false);
    expect(lordHowe('2026-10-03T15:30:00Z')).toBe(false);
    expect(lordHowe('2026-04-04T15:15:00Z')).toBe(false);
    const cairo = matcher('{ time: { hours: 00:00-01:00, weekday: fri, zone: Africa/Cairo } }');
    expect(cairo('2026-04-23T22:00:00Z')).toBe(false);
  });
});

describe('calendars', () => {
  const desk = `holidays: { region: US-IN, except: [Columbus Day] }
open:
  - { weekday: mon-fri, hours: 08:00-17:00 }
  - { weekday: fri, hours: 20:00-02:00 }
closed: 2026-08-03..2026-08-07
special: { 2026-12-24: 08:00-12:00, 2026-12-25: 10:00-11:00 }
`;
  const isOpen = matcher('{ time: { calendar: desk } }', '', desk);

  it.each<[string, string, boolean]>([
    ['a working day', '2026-03-12T12:00:00-04:00', true],
    ['after hours', '2026-03-12T17:00:00-04:00', false],
    ['the late shift of a Friday, on Saturday', '2026-03-14T01:30:00-04:00', true],
    ['a public holiday', '2026-11-26T12:00:00-05:00', false],
    ['a public holiday on which we work', '2026-10-12T12:00:00-04:00', true],
    ['a week that is closed', '2026-08-05T12:00:00-04:00', false],
    ['special hours', '2026-12-24T11:59:00-05:00', true],
    ['after special hours', '2026-12-24T12:00:00-05:00', false],
    ['special hours on a holiday', '2026-12-25T10:30:00-05:00', true],
  ])('%s', (_what, at, open) => {
    expect(isOpen(at)).toBe(open);
  });

  it('in policy.yaml, and together with a weekday', () => {
    const matches = matcher(
      '{ time: { calendar: desk, weekday: tue } }',
      'calendars:\n  desk: { open: [{ hours: 08:00-17:00 }], zone: Europe/London }\n',
    );
    expect(matches('2026-03-10T08:00:00Z')).toBe(true);
    expect(matches('2026-03-11T08:00:00Z')).toBe(false);
  });

  it.each<[string, string, string]>([
    ['{ time: { calendar: dest } }', 'there is no calendar "dest"', 'did you mean "desk"?'],
    ['{ time: { hours: 8-17 } }', 'hours cannot be "8-17"', '08:00-17:30'],
    ['{ time: { weekday: friday } }', 'the weekday cannot be "friday"', 'mon-fri'],
    ['{ time: { hours: 08:00-08:00 } }', 'have no length', '00:00-24:00'],
    ['{ time: { date: 2026-02-30 } }', 'there is no day "2026-02-30"', '2026-12-24'],
    ['{ time: { weekday: mon, zone: America/Indianapolic } }', 'there is no time zone', 'IANA'],
    ['{ time: { zone: UTC } }', 'time asks nothing', 'write calendar'],
  ])('refuses %s', (when, message, remedy) => {
    const { problems } = compile(when, '', desk);
    expect(problems[0]?.message).toContain(message);
    expect(problems[0]?.remedy).toContain(remedy);
  });

  it('names a holiday that the region does not have', () => {
    const { problems } = compile('{ time: { calendar: desk } }', '', desk.replace('Columbus', 'Columbs'));
    expect(problems.map(formatProblem)[0]).toMatch(
      /^rules\/calendars\/desk\.yaml:1:37: error: US-IN has no holiday "Columbs Day"\n {2}remedy: did you mean "Columbus Day"\?/,
    );
  });
});
