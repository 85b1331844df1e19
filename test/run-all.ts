import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSetup } from '../lab/setup/ensure-setup.ts';

/** `npm test`: set-up, the checks without unit tests, then every test; closes with `N passed, N failed`. */
const started = Date.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const root = join(import.meta.dirname, '..');

await ensureSetup((line) => say(`set-up: ${line}`));
const checked = await run([join(root, 'setup/check.ts'), '--without-unit-tests']);
const dir = mkdtempSync(join(tmpdir(), 'gatehouse-tests-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const report = join(dir, 'report.json');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
// Vitest takes its own flags; everything after `npm test --` is handed on (a file name, `--project unit` …).
// What a test that was killed left behind goes with the folder.
const temporary = { TMPDIR: dir };
await run(
  [
    vitest,
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  temporary,
);
const counts = await readCounts();

if (checked !== 0) say('The checks (format, lint, imports, types, rules) FAILED; see above.');
say(`took ${((Date.now() - started) / 1000).toFixed(0)} s`);
const failed = counts.failed + (checked === 0 ? 0 : 1);
say(`${counts.passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && counts.passed > 0 ? 0 : 1;

function run(args: readonly string[], more: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...more };
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Tests that did not run (a suite that fell over) count as failed. */
async function readCounts(): Promise<{ passed: number; failed: number }> {
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numFailedTestSuites, success } = JSON.parse(text) as Record<
    string,
    number
  > & { success: boolean };
  const failed = Math.max(numFailedTests ?? 0, success ? 0 : Math.max(1, numFailedTestSuites ?? 0));
  return { passed: numPassedTests ?? 0, failed };
}
