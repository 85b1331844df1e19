import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sentNames, stagesOf, wordsOf } from '../../setup/package/image/dockerfile.ts';

test('stages, their instructions, and lines that go on', () => {
  const text = '# syntax\nFROM a:1 AS build\nRUN one \\\n # between\n && two\nfrom build\nCMD ["x", "y"]\n';
  expect(stagesOf(text)).toEqual([
    { base: 'a:1', name: 'build', instructions: [{ line: 3, name: 'RUN', rest: 'one && two' }] },
    { base: 'build', name: null, instructions: [{ line: 7, name: 'CMD', rest: '["x", "y"]' }] },
  ]);
  expect(wordsOf('["x", "y"]')).toEqual(['x', 'y']);
  expect(() => wordsOf('x y')).toThrow();
  expect(() => stagesOf('RUN x\n')).toThrow('line 1: RUN before FROM');
});

test('a builder is sent all that the Dockerfile copies, and nothing that is not there', () => {
  const sent = sentNames(readFileSync('.dockerignore', 'utf8'));
  const stages = stagesOf(readFileSync('Dockerfile', 'utf8'));
  const copied = stages
    .flatMap(({ instructions }) => instructions)
    .filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from='))
    .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1));
  expect(copied.length).toBeGreaterThan(5);
  for (const name of copied) {
    expect(sent, name).toContain(name);
    expect(existsSync(name), name).toBe(true);
  }
  expect(() => sentNames('node_modules\n')).toThrow('must leave out everything');
});
