import { expect, onTestFinished, test } from 'vitest';
import { type GivenAnswers, readAnswers } from '../../src/init/answers.ts';
import { formatProblem } from '../../src/policy/problem.ts';
import { plainFiles, Site } from './site.ts';

test('a file of answers', () => {
  const { given, problems } = readAnswers(
    'a.yaml',
    "trunks: carrier\nown-numbers: ['+1 317 274 0100', +13172740101]\noperators: { queue: desk }\nmonitor: no\n".replace(
      'no\n',
      'false\n',
    ),
  );
  expect(problems).toEqual([]);
  expect(given).toEqual({
    ...{ trunks: ['carrier'], 'own-numbers': ['+1 317 274 0100', '+13172740101'] },
    ...{ operators: { queue: 'desk' }, monitor: false },
  });
});

test.each([
  ['operatrs: x', 'a.yaml:1:1'],
  ['\noperators: { queu: desk }', 'a.yaml:2:14'],
  ["own-numbers:\n  - '+13172740100'\n  - '12'", 'a.yaml:3:5'],
  ['time-zone: Mars/Base', 'a.yaml:1:12'],
  ['operators: { dial: "PJSIP/x,30)" }', 'a.yaml:1:20'],
  ['mailbox: "a,b"', 'a.yaml:1:10'],
  ['a: [', 'a.yaml:1'],
])('what is wrong in %j is said at its place', (text, place) => {
  const { problems } = readAnswers('a.yaml', text);
  expect(problems.map(formatProblem).join('\n')).toContain(place);
});

async function site(files: Readonly<Record<string, string>> = {}): Promise<Site> {
  const one = await Site.of({ ...plainFiles, ...files });
  onTestFinished(() => one.close());
  return one;
}

test('at a terminal only what cannot be found is asked, and a wrong answer is asked again', async () => {
  const one = await site();
  const questions: string[] = [];
  const replies = ['', '12', '+13172740100', 'desk', 'queue desk', '', 'Mars', 'America/Chicago', '', 'n'];
  const ask = (question: string, usual: string | null): Promise<string> => {
    questions.push(question);
    return Promise.resolve(replies.shift() || (usual ?? ''));
  };
  await one.init({ 'own-numbers': undefined, 'time-zone': undefined }, { ask });
  expect(replies).toEqual([]);
  expect(questions).toHaveLength(10);
  expect(questions[2]).toMatch(/^"12" is not a phone number/);
  expect(questions[4]).toMatch(/^"desk" is not possible here\.\nWhere to connect/);
  expect(one.read('gatehouse/gatehouse-site.conf')).toContain('Queue(desk');
});

test('who declines changes nothing', async () => {
  const one = await site();
  const before = one.snapshot();
  expect((await one.init({}, { confirm: () => Promise.resolve(false) })).did).toBe('declined');
  expect(one.snapshot()).toEqual(before);
});

test.each([
  ['no own numbers', {}, { 'own-numbers': undefined }, 'your own numbers are missing'],
  ['an endpoint that is not there', { 'pjsip.conf': '' }, { trunks: ['nobody'] }, 'no PJSIP endpoint nobody'],
  ['no trunk', { 'pjsip.conf': '' }, {}, "no carrier's endpoint"],
  [
    'trunks of two contexts',
    { 'pjsip.conf': `${plainFiles['pjsip.conf']}[b]\ntype=endpoint\noutbound_auth=x\ncontext=other\n` },
    {},
    'different contexts (from-carrier, other)',
  ],
  [
    'a trunk that leads to us by hand',
    { 'pjsip.conf': (plainFiles['pjsip.conf'] ?? '').replace('from-carrier', 'gatehouse-in') },
    {},
    'leads to gatehouse-in already',
  ],
] satisfies readonly (readonly [string, Record<string, string>, GivenAnswers, string])[])(
  'without anybody to ask: %s',
  async (_, files, given, message) => {
    const one = await site(files);
    one.console.refuses = /endpoint nobody/;
    const before = one.snapshot();
    await expect(one.init(given)).rejects.toThrow(message);
    expect(one.snapshot()).toEqual(before);
  },
);
