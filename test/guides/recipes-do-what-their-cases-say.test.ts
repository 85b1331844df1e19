import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkLines } from '../../src/cli/check.ts';
import { testLines, unreachedRules } from '../../src/cli/test.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { recipes } from './guide.ts';
import { writeRecipe } from './write-recipe.ts';

it('there are ten, each with cases', () => {
  expect(recipes().map(({ title }) => Number.parseInt(title, 10))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const { files } of recipes()) {
    expect(Object.keys(files)).toContain('policy.yaml');
    expect(Object.keys(files).some((path) => path.startsWith('cases/'))).toBe(true);
  }
});

it.each(recipes())(
  '$title: loads without a warning, every case passes, every rule decides one',
  async (recipe) => {
    const dir = join(temporaryFolder(), 'rules');
    await writeRecipe(dir, recipe);
    const found = await loadRules(dir);
    const [summary, ...problems] = checkLines(dir, found, 'text').toReversed();
    expect(problems).toEqual([]);
    expect(summary).toContain(', 0 warnings;');
    const uncovered = unreachedRules(found);
    const lines = testLines(dir, found, uncovered);
    const rules = found.policy?.rules.length;
    expect(lines.at(-1)).toMatch(
      new RegExp(`: \\d+ passed, 0 failed, 0 skipped, ${rules} of ${rules} rules reached$`),
    );
  },
);
