import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatProblem } from '../../src/policy/problem.ts';
import { holidayDays } from '../../src/policy/time/holidays.ts';
import { readYaml } from '../../src/policy/yaml/yaml-source.ts';
import { holidayFinder } from '../../src/rules/holiday-finder.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { compileRules } from '../policy/policy-fixture.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-messages-'));
  cpSync('rules', dir, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Words of programs, that say nothing to anybody else. */
const jargon = /YAML\.|call stack|parseAll|implicit|scalar|flow collection|token|zod|undefined|NaN|\[object/i;

it.each<[string, string, string]>([
  [
    'two documents',
    'a: 1\n---\nb: 2\n',
    '2: not valid YAML: a line with --- or ... begins a second document',
  ],
  ['brackets without end', '['.repeat(20_000), '1: too many brackets'],
  ['brackets with an end', `a: ${'['.repeat(40_000)}${']'.repeat(40_000)}`, '1: too many brackets'],
  ['thirty brackets', `a: ${'['.repeat(30)}${']'.repeat(30)}`, '1: nested too deep'],
  ['hyphens without end', '- '.repeat(20_000), '1: too many brackets'],
  [
    'a merge that was left',
    'a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> main\n',
    '2: an unfinished git merge',
  ],
  ['the end of a merge', 'a: 1\nb: 2\n>>>>>>> feature\n', '3: an unfinished git merge'],
  ['curly quotes', 'a: 1\nb: “two”\n', '2: the curly quotes in “two”'],
  ['curly quotes around a brace', 'a: { label: “Customer {name}” }\n', '1:'],
  ['angle quotes', 'a: «two»\n', '1: the curly quotes'],
  ['a curly apostrophe at the beginning', 'a: ‘two’\n', '1: the curly quotes'],
  [
    'a no-break space after the colon',
    'a: \u00a0two\n',
    '1: there is an invisible character before or after "two"',
  ],
  ['a key with a zero-width space', 'a: 1\n\u200bmode: enforce\n', '2: there is an invisible character'],
  ['a dash of a word processor', 'rules:\n  – id: a\n', '2: this line begins with a dash'],
  ['a bullet', 'rules:\n • id: a\n', '2: this line begins with a dash or bullet'],
  ['a wide colon', 'a: 1\nmode：enforce\n', '2: there is a wide colon'],
  ['a tab', 'a:\n\tb: 1\n', '2: not valid YAML: '],
  ['a quote that stays open', 'a: "b\nc: 1\n', '3: not valid YAML: a quote'],
  ['a bracket that stays open', 'a: [1, 2\nb: 3\n', '2: not valid YAML: '],
  ['a colon within a text', 'a: to: somebody\n', '1: not valid YAML: there are two values'],
  ['an address', 'a: @home\n', '1: not valid YAML: this text begins with a character'],
  ['an exclamation', 'a: !now\n', '1: not valid YAML: '],
  ['a backslash', 'a: "\\d"\n', '1: not valid YAML: a backslash'],
  [
    'a comma in the name of a case, between braces',
    'cases:\n  - { case: Jones, from abroad, call: { from: own-number } }\n',
    '2: the comma before "from abroad" ends the text, because it stands between { and }',
  ],
  [
    'a comma at the end of a text',
    'a: { label: Sorry, }\nb: { about: Fine, really }\n',
    '2: the comma before "really"',
  ],
  [
    'a label without quotes',
    'a: { label: VIP {name} }\n',
    '1: not valid YAML: a label with { } stands here without quotes',
  ],
  ['a label with a colon', 'a:\n  label: VIP: {name}\n', '2: not valid YAML: a label with { }'],
  ['letters of a web page', 'a: &quot;two&quot;\n', '1: "&quot;two&quot;" is not read'],
  ['a name with &', 'a: { about: &Sons }\n', '1: "&Sons" is not read'],
  ['a return alone at the end of lines', 'a: 1\rb: 2\r', '1: the lines of this file end as on computers'],
  [
    'no-break spaces at the beginning',
    'a:\n\u00a0\u00a0b: 1\n',
    '2: this line begins with blanks that only look like',
  ],
  ['colors of a terminal', 'a:\n\u001b[0m  b: 1\n', '2: this line begins with blanks'],
  ['a line that stands askew', 'a:\n    b: 1\n  c: 2\n', '3: not valid YAML: '],
])('%s', (_, text, said) => {
  const { problems } = readYaml('policy.yaml', text);
  const [first] = problems;
  expect(`${first?.line}: ${first?.message}`).toContain(said);
  expect(problems.map(formatProblem).join('\n')).not.toMatch(jargon);
});

it.each([
  'naïve: it’s “fine” in the middle',
  "a: '“quoted on purpose”'",
  'a: Jo’s office',
  'a: 10–12',
  'a: "=======  x"',
])('%s is taken as it is', (text) => {
  expect(readYaml('policy.yaml', text).problems).toEqual([]);
});

it.each([
  ['reject', 'then: reject does not say enough', '{ reject: { reason: … } }'],
  ['challenge', 'then: challenge does not say enough', '{ challenge: press-1 }'],
  ['two-digits', 'then: two-digits does not say enough', '{ challenge: two-digits }'],
  ['Reject', 'then cannot be "Reject"', 'did you mean "reject"'],
  ['conect', 'then cannot be "conect"', 'did you mean "connect"'],
])('then: %s', (then, message, remedy) => {
  const [first] = compileRules(`  - { id: a, when: { trunk: x }, then: ${then} }\n`).problems;
  expect(first?.message).toBe(message);
  expect(first?.remedy).toContain(remedy);
});

async function problems(): Promise<string> {
  return (await loadRules(dir)).problems.map(formatProblem).join('\n').replaceAll(dir, 'rules');
}

it('a link to a list that is not there says so', async () => {
  rmSync(join(dir, 'lists/customers.csv'));
  symlinkSync('/nowhere/customers.csv', join(dir, 'lists/customers.csv'));
  const said = await problems();
  expect(said).toContain('lists/customers.csv is a link to a file that is not there');
  expect(said).not.toContain('did you mean');
});

it('a link to a policy that is not there says so', async () => {
  rmSync(join(dir, 'policy.yaml'));
  symlinkSync('/nowhere/policy.yaml', join(dir, 'policy.yaml'));
  expect(await problems()).toContain(
    'policy.yaml:1:1: error: the file is a link to a file that is not there',
  );
});

it('files that nothing reads are named; declared lists and what is for people are not', async () => {
  for (const name of [
    'calendars/closed.ics',
    'cases/more.txt',
    'lists/people.xlsx',
    'lists/old.csv.gz',
    'lists/NEW.CSV',
    'lists/new.csv',
  ])
    writeFileSync(join(dir, name), '');
  for (const name of ['lists/README', 'cases/notes.md', 'lists/.keep', 'lists/blocked.txt~'])
    writeFileSync(join(dir, name), '');
  const { problems: found } = await loadRules(dir);
  const ignored = found
    .filter(({ code }) => code === 'ignored-file')
    .map(({ file }) => file.slice(dir.length + 1));
  expect(ignored.sort()).toEqual([
    'calendars/closed.ics',
    'cases/more.txt',
    'lists/NEW.CSV',
    'lists/new.csv',
    'lists/old.csv.gz',
    'lists/people.xlsx',
  ]);
});

it('of rules that cannot be read it is not said which lists they leave out', async () => {
  writeFileSync(join(dir, 'policy.yaml'), 'settings: { default-region: 7 }\n');
  expect(await problems()).not.toContain('no list in policy.yaml names it');
});

it('lists in gzip may be links; one that leads nowhere says so, and what is elsewhere is not shown', async () => {
  const place = join(dir, 'lists', 'customers.csv');
  const elsewhere = mkdtempSync(join(tmpdir(), 'gatehouse-elsewhere-'));
  try {
    for (const [target, said] of [
      [join(dir, 'packed.gz'), null],
      [join(elsewhere, 'packed.gz'), null],
      ['/nowhere/packed.gz', 'lists/customers.csv is a link to a file that is not there'],
    ] as const) {
      if (said === null) writeFileSync(target, gzipSync('number,name\n+13175550140,Jo\nhunter2,x\n'));
      rmSync(place, { force: true });
      symlinkSync(target, place);
      const found = await problems();
      expect(found).toContain(said ?? 'lists/customers.csv:3');
      expect(found.includes('hunter2')).toBe(target.startsWith(dir));
    }
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

it('what a link outside of the directory points to is not shown', async () => {
  const secret = join(dir, '..', `secret-${process.pid}.csv`);
  try {
    writeFileSync(secret, 'root:hunter2,salt\nalice:hunter3,x\n');
    for (const name of ['customers.csv', 'blocked.txt']) {
      rmSync(join(dir, 'lists', name));
      symlinkSync(secret, join(dir, 'lists', name));
    }
    const said = await problems();
    expect(said).toContain('lists/customers.csv:1');
    expect(said).not.toMatch(/hunter|alice|root|salt/);
  } finally {
    rmSync(secret);
  }
});

it.each([
  ['utf16le', '\ufeff'],
  ['utf16le', ''],
] as const)('a file in %s%s says so', async (encoding, mark) => {
  writeFileSync(join(dir, 'policy.yaml'), Buffer.from(`${mark}settings:\n`, encoding));
  const said = await problems();
  expect(said).toContain('policy.yaml:1:1: error: the file is saved as UTF-16');
  expect(said).toContain('save it again as UTF-8');
});

it('a must-pass rule that expires says so', async () => {
  appendFileSync(join(dir, 'lists/emergency.csv'), '');
  const policy = (await import('node:fs')).readFileSync(join(dir, 'policy.yaml'), 'utf8');
  writeFileSync(
    join(dir, 'policy.yaml'),
    policy.replace("label: 'Emergency {name}' } }", "label: 'Emergency {name}' } }\n    expires: 2099-03-31"),
  );
  const said = await problems();
  expect(said).toContain('are connected by "emergency-call-backs"');
  expect(said).toContain('only until that rule expires');
  expect(said).toContain('take "expires" away from "emergency-call-backs"');
});

/** Federal holidays of 5 U.S.C. 6103 and their observed days; bank holidays of England by gov.uk. */
it.each([
  ['US-IN', 'Independence Day', '2026-07-03', '2026-07-04'],
  ['US', 'Independence Day', '2027-07-05', '2027-07-04'],
  ['US', 'Juneteenth', '2027-06-18', '2027-06-19'],
  ['US', 'Juneteenth', '2022-06-20', '2022-06-19'],
  ['US', "New Year's Day", '2021-12-31', '2022-01-01'],
  ['US', "New Year's Day", '2027-12-31', '2028-01-01'],
  ['US', 'Christmas Day', '2027-12-24', '2027-12-25'],
  ['US', 'Christmas Day', '2022-12-26', '2022-12-25'],
  ['GB', 'Christmas Day', '2027-12-27', '2027-12-27'],
  ['AU', 'Boxing Day', '2027-12-28', '2027-12-26'],
  ['NZ', 'ANZAC Day', '2027-04-26', '2027-04-25'],
])('%s: without %s its observed day %s is open too', async (region, name, observed, day) => {
  const find = await holidayFinder();
  const at = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
  const isHoliday = (except: string[], date: string) =>
    holidayDays(find, { region, types: ['public'], except })(at(date));
  expect([isHoliday([], observed), isHoliday([], day)]).toEqual([true, true]);
  expect([isHoliday([name], observed), isHoliday([name], day)]).toEqual([false, false]);
});
