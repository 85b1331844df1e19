import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { challengeResults, dispositions } from '../../../src/call/vocabulary.ts';

const folder = 'src/report/web/assets/style';
const css = readdirSync(folder)
  .map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
  .join('\n');

it.each([...dispositions.words, ...challengeResults.words])('pictures have a color for %s', (word) => {
  expect(css).toMatch(new RegExp(`\\.s-${word}\\b`));
});
