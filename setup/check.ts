import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runSteps, type Step } from './steps.ts';

const root = resolve(import.meta.dirname, '..');
const tool = (name: string) => join(root, 'node_modules', '.bin', name);
const cli = join(root, 'src', 'cli', 'gatehouse.ts');

const steps: Step[] = [
  {
    name: 'format, lint, circles',
    program: tool('biome'),
    args: ['check', '--colors=off', '.'],
  },
  {
    name: 'import rules, sizes',
    program: process.execPath,
    args: [join(root, 'setup', 'structure.ts')],
  },
  {
    name: 'licenses',
    program: process.execPath,
    args: [join(root, 'setup', 'license-problems.ts')],
  },
  { name: 'types', program: tool('tsc'), args: ['--noEmit', '-p', '.'] },
];
// `npm test` runs them among all tests.
if (!process.argv.includes('--without-unit-tests'))
  steps.push({
    name: 'unit tests',
    program: tool('vitest'),
    args: ['run', '--project', 'unit', '--reporter=dot'],
  });
if (existsSync(cli))
  steps.push({
    name: 'shipped rules',
    program: process.execPath,
    args: [cli, 'check', '--rules', join(root, 'rules')],
  });

process.chdir(root);
process.exitCode = (await runSteps(steps, (line) => console.log(line))) ? 0 : 1;
