import { execFile } from 'node:child_process';
import { chmodSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { morning } from '../../lab/demo/morning.ts';
import { ringCaller } from '../../lab/demo/ring-caller.ts';
import { gatehouseEntry } from '../../lab/gatehouse.ts';
import { Lab } from '../../lab/lab.ts';
import { guides, readByUsers, shellLines } from '../guides/guide.ts';
import { outcomeOf } from './outcomes.ts';

/** Not run: the journal of systemd, and what asks a registry. */
const elsewhere = /^(journalctl|docker) /;

let lab: Lab;
let bin: string;

beforeAll(async () => {
  lab = await Lab.up();
  const customer = morning.find(({ id }) => id === 'customer');
  if (customer === undefined) throw new Error('no customer calls in the morning');
  await outcomeOf(lab, (await ringCaller(lab, customer)).sipCallId);
  bin = join(lab.dir, 'bin');
  mkdirSync(bin, { recursive: true });
  command('gatehouse', [process.execPath, gatehouseEntry]);
  command('asterisk', lab.asterisk.consoleCommand);
});
afterAll(async () => lab?.down());

function command(name: string, words: readonly string[]): void {
  writeFileSync(join(bin, name), `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(join(bin, name), 0o755);
}

interface Ran {
  readonly exitCode: number | string;
  readonly output: string;
}

function run(line: string): Promise<Ran> {
  const env = { ...lab.gatehouse.environment, PATH: bin + delimiter + process.env.PATH };
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], { env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ exitCode: error === null ? 0 : (error.code ?? -1), output: stdout + stderr }),
    );
  });
}

/** Recipes need no lab, and have a test of their own. */
const withSite = guides.filter((path) => path !== 'docs/recipes.md');

const lines = withSite.flatMap((path) =>
  shellLines(path)
    .filter((line) => !elsewhere.test(line))
    .map((line) => [path, line]),
);

it.each(lines)('%s: %s', async (_, line) => {
  expect(line).toMatch(/^(gatehouse|asterisk) /);
  const { exitCode, output } = await run(line);
  // The lab's site keeps the example numbers; what doctor finds there is the matter of other tests.
  expect(output).not.toMatch(/^error|No such command|Unable to find/m);
  expect(output).not.toBe('');
  if (!line.startsWith('gatehouse doctor')) expect(exitCode).toBe(0);
});

it('every command for Asterisk’s console exists that a guide, a remedy or a deployed file names', async () => {
  const files = [...readByUsers, ...globSync(['src/**/*.ts', 'deploy/**/*.{yml,yaml,sample,conf,service}'])];
  const named = files.flatMap((file) => readFileSync(file, 'utf8').match(/asterisk -rx '[^'$]+'/g) ?? []);
  expect(new Set(named).size).toBeGreaterThan(7);
  for (const line of new Set(named)) {
    const { exitCode, output } = await run(line);
    expect([line, exitCode, /No such command/.test(output)]).toEqual([line, 0, false]);
  }
});
