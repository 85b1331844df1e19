import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { compilePolicy } from '../../src/policy/compile/compile.ts';
import { declaredLists } from '../../src/policy/compile/declared-lists.ts';
import { holidayFinder } from '../../src/rules/holiday-finder.ts';
import { compileList } from '../lists/compile-list.ts';
import { shippedPrompts } from './policy-fixture.ts';

const holidays = await holidayFinder();
const now = Date.UTC(2026, 10, 26, 12);

interface Set {
  /** Lines under settings. */
  readonly settings?: string;
  /** By file name. */
  readonly lists?: Record<string, string>;
  readonly calendars?: string;
  readonly trunks?: string;
  /** Rules before the one for everyone. */
  readonly rules?: string;
}

/** `code line` of every problem; `!` before an error. */
function found({ settings = '', lists = {}, calendars = '', trunks = '', rules = '' }: Set): string[] {
  const declared = Object.keys(lists).map(
    (file) => `  ${file.replace(/\..*/, '')}: { file: lists/${file} }\n`,
  );
  const own = settings.includes('own-numbers') ? '' : '  own-numbers: "+13175550100..+13175550109"\n';
  const policy = [
    'settings:\n  default-region: US\n  language: en\n  voicemail-box: general\n  time-zone: UTC\n',
    own,
    settings,
    declared.length > 0 ? `lists:\n${declared.join('')}` : '',
    calendars && `calendars:\n${calendars}`,
    trunks && `trunks:\n${trunks}`,
    `rules:\n${rules}  - { id: everyone-else, then: { challenge: press-1 } }\n`,
  ].join('');
  const { lists: all, region } = declaredLists(policy);
  const ready = all.map(({ id, source, reading }) => {
    const text = source.kind === 'file' ? (lists[source.path.slice(6)] ?? '') : '';
    const list = compileList({ id, file: `rules/lists/${id}`, text, ...reading }, region ?? 'US');
    return [id, { ...list, digest: createHash('sha256').update(text).digest('hex') }] as const;
  });
  const { problems } = compilePolicy({
    root: 'rules',
    files: [
      { path: 'policy.yaml', text: policy },
      { path: 'prompts.yaml', text: shippedPrompts },
    ],
    ...{ lists: new Map(ready), holidays, now },
  });
  for (const { message, remedy, line, column } of problems) {
    expect(message).not.toMatch(/zod|YAML\.|undefined|NaN|\[object/);
    expect(remedy.length).toBeGreaterThan(8);
    expect(line * column).toBeGreaterThan(0);
  }
  return problems.map(({ severity, code }) => `${severity === 'error' ? '!' : ''}${code}`);
}

const rule = (when: string, then = 'voicemail', id = 'asked') =>
  `  - { id: ${id}, when: ${when}, then: ${then} }\n`;
const site =
  '  site: { trunks: [carrier-a, carrier-b], exits: [security-desk], mailboxes: [general, "4000"] }\n';
const blocked = rule('{ caller: { in: blocked } }', '{ reject: {} }', 'blocked');

it.each<[string, Set, string[]]>([
  [
    'a challenge before the answer',
    {
      settings: site,
      rules: rule('{ trunk: carrier-a }', '{ challenge: { kind: press-1, early-media: true } }'),
    },
    ['early-media'],
  ],
  [
    'challenges before the answer everywhere: said once',
    {
      settings: `${site}  challenge: { early-media: true }\n`,
      rules: rule('{ trunk: carrier-a }', '{ challenge: press-1 }'),
    },
    ['early-media'],
  ],
  [
    'a challenge after the answer',
    {
      settings: site,
      rules: rule('{ trunk: carrier-a }', '{ challenge: { kind: two-digits, early-media: false } }'),
    },
    [],
  ],
  ['a misspelled trunk', { settings: site, rules: rule('{ trunk: carier-a }') }, ['!unknown-trunk']],
  [
    'a trunk behind a not',
    { settings: site, rules: rule('{ not: { trunk: [carrier-a, carrier-c] } }') },
    ['!unknown-trunk'],
  ],
  [
    'a misspelled exit',
    { settings: site, rules: rule('{ trunk: carrier-a }', '{ connect: { exit: securty-desk } }') },
    ['!unknown-exit'],
  ],
  [
    'an exit after a challenge',
    {
      settings: site,
      rules: rule('{ trunk: carrier-a }', '{ challenge: { kind: press-1, passed: { exit: nurse } } }'),
    },
    ['!unknown-exit'],
  ],
  [
    'a misspelled mailbox',
    { settings: site, rules: rule('{ trunk: carrier-a }', '{ voicemail: { box: "400" } }') },
    ['!unknown-mailbox'],
  ],
  ['the mailbox of the settings', { settings: site.replace('general, ', '') }, ['!unknown-mailbox']],
  ['the exit of the settings', { settings: `${site}  operators-exit: operatos\n` }, ['!unknown-exit']],
  [
    'the fallback of the settings',
    { settings: `${site}  challenge: { silent: { connect: { exit: front } } }\n` },
    ['!unknown-exit'],
  ],
  [
    'a site that is not described',
    { rules: rule('{ trunk: carrier-a }', '{ connect: { exit: nurse } }') },
    ['unchecked-trunks', 'unchecked-exits'],
  ],
  [
    'two spellings of one exit',
    {
      rules:
        rule('{ caller: { country: GB } }', '{ connect: { exit: security-desk } }') +
        rule('{ caller: { country: FR } }', '{ connect: { exit: securty-desk } }', 'b'),
    },
    ['similar-exits'],
  ],
  [
    'numbered trunks are no misspelling',
    { rules: rule('{ trunk: [carrier-1, carrier-2] }') },
    ['unchecked-trunks'],
  ],
  ['an undescribed trunk', { trunks: '  b: {}\n', rules: rule('{ trunk: a }') }, ['unknown-trunk']],
  [
    'a described site',
    { settings: site, rules: rule('{ trunk: carrier-b }', '{ connect: { exit: security-desk } }') },
    [],
  ],
  [
    'a called number that is not ours',
    { rules: rule('{ called: { number: "+13175550190" } }') },
    ['not-our-number'],
  ],
  [
    'a called range next to ours',
    { rules: rule('{ called: { number: "+13175550110..+13175550119" } }') },
    ['not-our-number'],
  ],
  ['a called prefix that has ours', { rules: rule('{ called: { number: "+1317555*" } }') }, []],
  [
    'a language of a number that is not ours',
    { settings: '  called-languages: { "+13175550199": es }\n' },
    ['not-our-number'],
  ],
  [
    'a called list without ours',
    { lists: { 'desks.txt': '+13175550191\n' }, rules: rule('{ called: { in: desks } }') },
    ['not-our-number'],
  ],
  [
    'a called list with one of ours',
    { lists: { 'desks.txt': '+13175550191\n+13175550101\n' }, rules: rule('{ called: { in: desks } }') },
    [],
  ],
  ['an unused list', { lists: { 'staff.txt': '+13175550120\n' } }, ['unused-list']],
  ['an unused calendar', { calendars: '  day: { open: [{ hours: 08:00-17:00 }] }\n' }, ['unused-calendar']],
  [
    'a calendar kept for later',
    { calendars: '  day: { in-use: false, open: [{ hours: 08:00-17:00 }] }\n' },
    [],
  ],
  [
    'not in an empty list',
    { lists: { 'staff.txt': '' }, rules: rule('{ not: { caller: { in: staff } }, trunk: a }') },
    ['not-in-empty-list', 'unchecked-trunks'],
  ],
  [
    'a list whose rows are over',
    {
      lists: { 'staff.csv': 'number,expires\n+13175550120,2025-01-31\n' },
      rules: rule('{ caller: { in: staff } }'),
    },
    ['expired-list'],
  ],
  ['own numbers that are a country', { settings: "  own-numbers: '+1*'\n" }, ['!broad-own-numbers']],
  ['own numbers that are an area code', { settings: "  own-numbers: '+1317*'\n" }, ['!broad-own-numbers']],
  [
    'own numbers that are a hundred exchanges',
    { settings: "  own-numbers: '+13175*'\n" },
    ['broad-own-numbers'],
  ],
  ['own numbers that are an exchange', { settings: "  own-numbers: '+1317555*'\n" }, []],
  [
    'a block list that has our country',
    { lists: { 'blocked.txt': '+1*\n' }, rules: blocked },
    ['!broad-row'],
  ],
  [
    'a block list that has another country',
    { lists: { 'blocked.txt': '+44*\n' }, rules: blocked },
    ['broad-row'],
  ],
  [
    'a block list that has a small country',
    { lists: { 'blocked.txt': '+354*\n' }, rules: blocked },
    ['broad-row'],
  ],
  [
    'a block list that has an area code',
    { lists: { 'blocked.txt': '+1202*\n' }, rules: blocked },
    ['broad-row'],
  ],
  ['a block list that has an exchange', { lists: { 'blocked.txt': '+1202555*\n' }, rules: blocked }, []],
  [
    'a must-pass row that cannot be read',
    {
      settings: '  must-pass: [emergency]\n',
      lists: { 'emergency.txt': '+13175550120\n555\n' },
      rules: rule('{ caller: { in: emergency } }', 'connect'),
    },
    ['!must-pass-row'],
  ],
  [
    'not from our country takes withheld callers',
    { rules: rule('{ not: { caller: { country: US } } }') },
    ['not-takes-withheld'],
  ],
  [
    'not a mobile takes withheld callers',
    { rules: rule('{ not: { caller: { type: mobile } } }') },
    ['not-takes-withheld'],
  ],
  [
    'not an area code, deep below',
    {
      rules: rule(
        '{ any: [{ caller: { is: own-number } }, { not: { any: [{ caller: { region: 317 } }] } }] }',
      ),
    },
    ['not-takes-withheld'],
  ],
  [
    'withheld callers are spoken of',
    { rules: rule('{ any: [{ not: { caller: { country: US } } }, { caller: { is: withheld } }] }') },
    [],
  ],
  [
    'withheld callers are taken by a rule above',
    {
      rules:
        rule('{ caller: { is: withheld } }', 'connect', 'w') + rule('{ not: { caller: { country: US } } }'),
    },
    [],
  ],
  ['a day that is over', { rules: rule('{ time: { date: 2025-12-24 } }') }, ['past-date']],
  [
    'days that are over behind a not',
    { rules: rule('{ not: { time: { date: [2025-12-24, 2025-12-31] } } }') },
    ['past-date'],
  ],
  ['a day to come', { rules: rule('{ time: { date: [2025-12-24, 2026-12-24] } }') }, []],
  [
    'a day that cannot be',
    {
      calendars: '  day: { open: [{}], special: { 2026-02-30: 08:00-12:00 } }\n',
      rules: rule('{ time: { calendar: day } }'),
    },
    ['!wrong-value'],
  ],
  [
    'the 29th of a common year',
    {
      calendars: '  day: { open: [{}], special: { 2027-02-29: 08:00-12:00 } }\n',
      rules: rule('{ time: { calendar: day } }'),
    },
    ['!wrong-value'],
  ],
  [
    'closed until 2090',
    {
      calendars: '  day: { open: [{}], closed: 2026-11-01..2090-01-01 }\n',
      rules: rule('{ time: { calendar: day } }'),
    },
    ['long-closed'],
  ],
  [
    'closed over Christmas',
    {
      calendars: '  day: { open: [{}], closed: 2026-11-20..2027-01-06 }\n',
      rules: rule('{ time: { calendar: day } }'),
    },
    [],
  ],
  [
    'a Monday that is a Thursday',
    { rules: rule('{ time: { weekday: mon, date: 2026-12-24 } }') },
    ['!never-a-day'],
  ],
  [
    'a holiday that is none',
    { settings: '  holidays: US\n', rules: rule('{ time: { holiday: true, date: 2026-12-23 } }') },
    ['!never-a-day'],
  ],
  ['an area code of two digits', { rules: rule('{ caller: { region: 31 } }') }, ['!bad-area-code']],
  ['an N11 as area code', { rules: rule('{ caller: { region: 911 } }') }, ['!bad-area-code']],
  ['an area code that begins with 1', { rules: rule('{ caller: { region: 131 } }') }, ['!bad-area-code']],
])('%s', (_, set, codes) => {
  expect(found(set)).toEqual(codes);
});
