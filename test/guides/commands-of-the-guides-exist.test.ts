import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { gatehouseProgram } from '../../src/cli/gatehouse.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { fencesOf, readByUsers, recipes, shellLines } from './guide.ts';
import { writeRecipe } from './write-recipe.ts';

/** Every `gatehouse …` of a text: in `sh` blocks, and within a line between backticks. */
function commandsIn(text: string): string[] {
  const blocks = fencesOf(text)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ body }) => body.split('\n'))
    .map((line) => line.replace(/^npm run -s gatehouse -- /, 'gatehouse ').replace(/ +#.*/, ''));
  const inline = [...text.replace(/^```.*?^```/gms, '').matchAll(/`(gatehouse [^`]+)`/g)];
  return [...blocks, ...inline.map(([, command = '']) => command.replace(/\s+/g, ' '))].filter((line) =>
    /^gatehouse [a-z]/.test(line),
  );
}

/** What of it does not exist; null: nothing. */
function unknownPart(program: Command, line: string): string | null {
  const [, name = '', ...words] = line.split(' ');
  let command = program.commands.find((one) => one.name() === name);
  // `gatehouse report|calls` names several at once.
  if (command === undefined) return /[|,]/.test(name) ? null : name;
  const below = command.commands.find((one) => one.name() === words[0]);
  const options = [...command.options, ...(below?.options ?? [])].flatMap(({ long, short }) => [long, short]);
  command = below ?? command;
  const flags = words.map((word) => word.replace(/[=,.;].*/, '')).filter((word) => /^--?[a-z]/.test(word));
  return flags.find((flag) => !options.includes(flag) && flag !== '--help') ?? null;
}

it('every command that a guide names exists, with its options', async () => {
  const program = await gatehouseProgram('');
  const unknown: string[] = [];
  let count = 0;
  for (const path of readByUsers)
    for (const line of commandsIn(readFileSync(path, 'utf8'))) {
      count++;
      const part = unknownPart(program, line);
      if (part !== null) unknown.push(`${path}: ${line}: ${part}`);
    }
  expect(unknown).toEqual([]);
  expect(count).toBeGreaterThan(60);
});

/** Runs lines as a reader does, with `gatehouse` in the path; what each prints. Rejects when one fails. */
async function typed(lines: readonly string[], cwd: string): Promise<string[]> {
  const bin = temporaryFolder();
  const program = join(bin, 'gatehouse');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${resolve('src/cli/gatehouse.ts')}' "$@"\n`);
  chmodSync(program, 0o755);
  const path = bin + delimiter + process.env.PATH;
  const env = { ...process.env, GATEHOUSE_STRAY_ERRORS: undefined, PATH: path };
  const said: string[] = [];
  for (const line of lines)
    said.push((await promisify(execFile)('sh', ['-c', line], { cwd, env, timeout: 60_000 })).stdout);
  return said;
}

it('the commands of the recipes do what they say', async () => {
  const folder = temporaryFolder();
  const [recipe] = recipes();
  if (recipe === undefined) throw new Error('there is no recipe');
  await writeRecipe(join(folder, 'my-rules'), recipe);
  expect(await typed(shellLines('docs/recipes.md'), folder)).toEqual([
    expect.stringMatching(/^my-rules: 5 rules, .* 0 warnings/),
    expect.stringContaining('6 passed, 0 failed'),
    expect.stringMatching(/by-day|at-night/),
  ]);
});

it('the commands of the README do what they say, on the shipped rules', async () => {
  const lines = shellLines('README.md').filter((line) => line.includes('gatehouse -- '));
  const said = await typed(
    lines.map((line) => line.replace('npm run -s gatehouse -- ', 'gatehouse ')),
    process.cwd(),
  );
  expect(said).toEqual([
    expect.stringContaining(' 0 warnings'),
    expect.stringContaining(' 0 failed'),
    expect.stringContaining('everyone-else'),
  ]);
});
