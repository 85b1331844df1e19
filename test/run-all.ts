import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensureSetup } from '../lab/setup/ensure-setup.ts';
import { countsLine, filesToRepeat, testCounts, type VitestReport, withRepeated } from './test-counts.ts';

/** `npm test`: set-up, the checks without unit tests, then every test; closes with `N passed, N failed[, N skipped]`. */
const started = Date.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const root = join(import.meta.dirname, '..');

await ensureSetup((line) => say(`set-up: ${line}`));
const checked = await run([join(root, 'setup/check.ts'), '--without-unit-tests']);
const dir = mkdtempSync(join(tmpdir(), 'gatehouse-tests-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

// Everything after `npm test --` is handed on (a file name, `--project unit` …).
const first = await vitest(process.argv.slice(2));
const repeated = first.strayErrors ? [] : filesToRepeat(first.report).map((path) => relative(root, path));
let counts = testCounts(first.report, first.exitCode);
if (first.report !== null && repeated.length > 0) {
  say(`Failed beside other tests, each runs once more alone: ${repeated.join(', ')}`);
  const second = await vitest(['--maxWorkers=1', ...repeated]);
  if (second.report !== null) counts = testCounts(withRepeated(first.report, second.report), second.exitCode);
}

if (checked !== 0) say('The checks (format, lint, imports, types, rules) FAILED; see above.');
if (repeated.length > 0)
  say(`Test files that ran a second time: ${repeated.length}. Please report their first failure, above.`);
say(`took ${((Date.now() - started) / 1000).toFixed(0)} s`);
const failed = counts.failed + (checked === 0 ? 0 : 1);
say(countsLine({ ...counts, failed }));
process.exitCode = failed === 0 && counts.passed > 0 ? 0 : 1;

interface TestRun {
  readonly report: VitestReport | null;
  readonly strayErrors: boolean;
  readonly exitCode: number;
}

async function vitest(args: readonly string[]): Promise<TestRun> {
  const [path, strayPath] = [join(dir, 'report.json'), join(dir, 'stray-errors')];
  for (const old of [path, strayPath]) rmSync(old, { force: true });
  const reporters = ['default', 'json', join(root, 'test/stray-errors-reporter.ts')];
  const own = ['run', ...reporters.map((name) => `--reporter=${name}`), `--outputFile.json=${path}`];
  // What a test that was killed left behind goes with the folder. Hundreds of tests start the program from its sources.
  const env = {
    TMPDIR: dir,
    NODE_COMPILE_CACHE: join(dir, 'compiled'),
    GATEHOUSE_STRAY_ERRORS: strayPath,
  };
  const exitCode = await run([join(root, 'node_modules/vitest/vitest.mjs'), ...own, ...args], env);
  const text = await readFile(path, 'utf8').catch(() => null);
  const strayErrors = (await readFile(strayPath, 'utf8').catch(() => 'unknown')) !== '0';
  return { report: text === null ? null : (JSON.parse(text) as VitestReport), strayErrors, exitCode };
}

function run(args: readonly string[], more: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...more };
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
