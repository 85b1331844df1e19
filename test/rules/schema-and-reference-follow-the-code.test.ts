import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../src/cli/schema.ts';
import { conditions } from '../../src/policy/conditions/registry.ts';
import { compileRules } from '../policy/policy-fixture.ts';

describe('what is made from the shapes is as they are now (gatehouse schema --write)', () => {
  it.each([...generatedFiles('rules', 'docs')])('%s', async (file, text) => {
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});

it.each([
  ['policy.yaml', './schema.json'],
  ['prompts.yaml', './prompts.schema.json'],
  ['claimed-names.yaml', './claimed-names.schema.json'],
  ['cases/callers.yaml', '../cases.schema.json'],
  ['calendars/office-hours.yaml', '../calendar.schema.json'],
])('editors complete %s by its first line', async (file, schema) => {
  const text = await readFile(`rules/${file}`, 'utf8');
  expect(text.split('\n', 1)[0]).toBe(`# yaml-language-server: $schema=${schema}`);
  const dir = `rules/${file}`.replace(/[^/]+$/, '');
  expect(JSON.parse(await readFile(`${dir}${schema}`, 'utf8'))).toMatchObject({ type: 'object' });
});

it('the schema knows every condition, with its meaning', async () => {
  const schema = JSON.stringify(JSON.parse(await readFile('rules/schema.json', 'utf8')));
  for (const { path, about } of conditions) {
    const isThere = schema.includes(`"description":${JSON.stringify(about)}`);
    expect([path.join('.'), isThere]).toEqual([path.join('.'), true]);
  }
});

it('every example of the reference is accepted', () => {
  for (const { example } of conditions) {
    const { problems } = compileRules(`  - id: asked\n    when: { ${example} }\n    then: voicemail`, {
      'staff.txt': '',
      'customers.txt': '',
      'departments.txt': '',
      'decoys.txt': '',
    });
    // Time zone and holidays are of the settings.
    const wrong = problems.filter(
      ({ code }) => !['no-time-zone', 'no-holidays', 'empty-list'].includes(code),
    );
    expect([example, wrong]).toEqual([example, []]);
  }
});
