import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { wholes } from '../../src/doctor/groups/dialplan.ts';

const dialplan = readFileSync(new URL('../../dialplan/gatehouse.conf', import.meta.url), 'utf8');

test('doctor doubts a setting of the dialplan when the dialplan does', () => {
  const checked = [...dialplan.matchAll(/Gosub\(whole,1\((GATEHOUSE_\w+),(\d+),(\d+),(\d+),/g)];
  expect(checked.map(([, name, ...range]) => [name, ...range.map(Number)])).toEqual(
    wholes.map((row) => [...row]),
  );
});

test('the head of the dialplan says the same', () => {
  const said = [...dialplan.matchAll(/^; {3}(GATEHOUSE_\w+) .*, (\d+) to (\d+) \((\d+)\)$/gm)];
  expect(said.map(([, name, ...range]) => [name, ...range.map(Number)])).toEqual(
    wholes.map((row) => [...row]),
  );
});
