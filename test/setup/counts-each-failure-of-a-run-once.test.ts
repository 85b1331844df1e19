import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { countsLine, filesToRepeat, testCounts, type VitestReport, withRepeated } from '../test-counts.ts';

const root = join(import.meta.dirname, '../..');

/** Runs Vitest on these files: what `npm test` would close with. */
function countsOf(files: Record<string, string>): string {
  const dir = join(root, 'node_modules/.cache', `counted-${process.pid}-${performance.now()}`);
  mkdirSync(dir, { recursive: true });
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  const args = [
    'run',
    '--root',
    dir,
    '--config',
    'none.config.mjs',
    '--reporter=json',
    '--outputFile=report.json',
  ];
  writeFileSync(join(dir, 'none.config.mjs'), 'export default { test: { include: ["*.case.mjs"] } };\n');
  const env = { ...process.env, VITEST: '', VITEST_WORKER_ID: '', VITEST_POOL_ID: '' };
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: dir,
    env,
    encoding: 'utf8',
  });
  return countsLine(testCounts(JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8')), status ?? 1));
}

const imports = "import { beforeAll, describe, expect, test } from 'vitest';\n";
const good = `${imports}test('good', () => {});\n`;

test('a failed test counts once, however many groups it stands in, and one that was left out is named', () => {
  const bad = `${imports}
describe('outer', () => describe('inner', () => {
  test('bad', () => expect(1).toBe(2));
  test('good', () => {});
}));
test('bad too', () => expect(1).toBe(2));
test.skip('left out', () => {});
`;
  expect(countsOf({ 'a.case.mjs': bad, 'b.case.mjs': good })).toBe('2 passed, 2 failed, 1 skipped');
}, 60_000);

test('files that cannot be loaded, set-ups that fail and errors outside of every test are failures', () => {
  const broken = 'import "./not-there.mjs";\n';
  const unready = `${imports}beforeAll(() => { throw new Error('no'); });\ntest('never runs', () => {});\n`;
  expect(countsOf({ 'a.case.mjs': broken, 'b.case.mjs': good, 'c.case.mjs': unready })).toMatch(
    /^1 passed, 2 failed/,
  );
  const stray = `${imports}test('good', () => void Promise.reject(new Error('stray')));\n`;
  expect(countsOf({ 'a.case.mjs': stray })).toBe('1 passed, 1 failed');
}, 60_000);

test('a run without a report has failed, whatever it says', () => {
  expect(countsLine(testCounts(null, 0))).toBe('0 passed, 1 failed');
});

/** A report of these files: the states of their tests. */
function reportOf(files: Record<string, readonly string[]>): VitestReport {
  const results = Object.entries(files).map(([name, states]) => ({
    name,
    status: states.includes('failed') ? 'failed' : 'passed',
    assertionResults: states.map((status) => ({ status })),
  }));
  const count = (state: string): number =>
    Object.values(files)
      .flat()
      .filter((each) => each === state).length;
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('skipped'),
    testResults: results,
  };
}

test('a few failures on real parts run again alone; failures of pure code, or many, do not', () => {
  const [real, other] = ['/gatehouse/test/e2e/a.test.ts', '/gatehouse/test/integration/b.test.ts'];
  const passed = { '/gatehouse/test/policy/c.test.ts': ['passed'] };
  expect(filesToRepeat(reportOf({ ...passed, [real]: ['failed', 'passed'], [other]: ['failed'] }))).toEqual([
    real,
    other,
  ]);
  expect(
    filesToRepeat(reportOf({ '/gatehouse/test/policy/c.test.ts': ['failed'], [real]: ['failed'] })),
  ).toEqual([]);
  const many = Object.fromEntries(
    Array.from({ length: 11 }, (_, at) => [`/test/e2e/${at}.test.ts`, ['failed']]),
  );
  expect(filesToRepeat(reportOf(many))).toEqual([]);
  expect(filesToRepeat(null)).toEqual([]);
});

test('what failed alone, too, has failed; what passed alone has passed', () => {
  const first = reportOf({ a: ['passed', 'failed'], b: ['failed'], c: ['passed', 'skipped'] });
  const second = reportOf({ a: ['passed', 'passed'], b: ['failed'] });
  expect(countsLine(testCounts(withRepeated(first, second), 1))).toBe('3 passed, 1 failed, 1 skipped');
  const mended = reportOf({ a: ['passed', 'passed'], b: ['passed'] });
  expect(countsLine(testCounts(withRepeated(first, mended), 0))).toBe('4 passed, 0 failed, 1 skipped');
});
