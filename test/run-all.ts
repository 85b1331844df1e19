import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSetup } from '../lab/setup/ensure-setup.ts';
import { countsLine, type TestCounts, testCounts, type VitestReport } from './test-counts.ts';

/** `npm test`: set-up, the checks without unit tests, then every test; closes with `N passed, N failed[, N skipped]`. */
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
const tested = await run(
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
const counts = await readCounts(tested);

if (checked !== 0) say('The checks (format, lint, imports, types, rules) FAILED; see above.');
say(`took ${((Date.now() - started) / 1000).toFixed(0)} s`);
const failed = counts.failed + (checked === 0 ? 0 : 1);
say(countsLine({ ...counts, failed }));
process.exitCode = failed === 0 && counts.passed > 0 ? 0 : 1;

function run(args: readonly string[], more: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...more };
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function readCounts(exitCode: number): Promise<TestCounts> {
  const text = await readFile(report, 'utf8').catch(() => null);
  return testCounts(text === null ? null : (JSON.parse(text) as VitestReport), exitCode);
}
