import { expect, it } from 'vitest';
import { declaredLists } from '../../src/policy/compile/declared-lists.ts';
import { compileFiles } from './policy-fixture.ts';

function policy(list: string): string {
  return `settings: { default-region: US, language: en, voicemail-box: general }
lists:
  one: ${list}
rules:
  - id: everyone
    then: connect
`;
}

it.each([
  ['{ about: nothing }', 'a list has a file or a url, and not both'],
  ['{ file: lists/a.csv, url: "https://feeds.example/a.csv" }', 'a list has a file or a url, and not both'],
  ['{ file: lists/a.csv, every: 1h }', 'every is for lists with a url'],
  ['{ url: "http://feeds.example/a.csv" }', 'the url cannot be used'],
  ['{ url: "https://feeds.example/a.csv", every: 1m }', 'every cannot be "1m"'],
  ['{ file: lists/a.csv, min-complaints: 3 }', 'min-complaints counts complaints'],
  ['{ file: lists/a.csv, format: xlsx }', 'format cannot be "xlsx"'],
  [
    '{ file: lists/a.txt, format: text, columns: { number: x } }',
    'columns are those of a csv, and the format is text',
  ],
])('%s is refused', (list, message) => {
  const { problems } = compileFiles({ 'policy.yaml': policy(list), 'prompts.yaml': 'languages: [en]' });
  expect(problems.map((problem) => problem.message)).toContain(message);
  expect(problems.find((problem) => problem.message === message)).toMatchObject({
    line: 3,
    file: 'rules/policy.yaml',
  });
});

it.each([
  ['{ file: lists/a.csv }', { format: 'csv', minComplaints: 3 }],
  ['{ file: lists/a.txt }', { format: 'text' }],
  ['{ url: "https://feeds.example/dno.CSV?x=1" }', { format: 'csv' }],
  ['{ url: "https://feeds.example/dno", format: do-not-originate }', { format: 'do-not-originate' }],
  [
    '{ url: "https://feeds.example/c", columns: { number: Phone } }',
    { format: 'csv', columns: { number: ['Phone'] } },
  ],
  [
    '{ file: lists/a.csv.gz, columns: { number: [Phone, Mobile], name: Who } }',
    { format: 'csv', columns: { number: ['Phone', 'Mobile'], name: 'Who' } },
  ],
  [
    '{ url: "https://f.example/c", format: ftc-complaints, min-complaints: 5, every: 6h }',
    { minComplaints: 5 },
  ],
])('%s is read as it should be', (list, reading) => {
  expect(declaredLists(policy(list)).lists).toMatchObject([{ id: 'one', reading }]);
});
