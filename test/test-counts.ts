/** What is read of Vitest's JSON report. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * What `npm test` closes with. A failure counts once: not again for the file and the groups around it. A file that failed
 * without a failed test in it (it could not be loaded, its worker died) counts as one, and so does what Vitest's exit code
 * alone tells (an error outside of every test). `report`: null when there is none.
 */
export function testCounts(report: VitestReport | null, exitCode: number): TestCounts {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  const fellOver = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = report.numFailedTests + fellOver.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests,
  };
}

/** More failed files than this are not chance. */
const mostToRepeat = 10;

/** Tests of what asks no clock, starts no process and waits for nothing: they fail for a reason. */
const ofPureCode = /[/\\]test[/\\](call|numbers|policy|text|privacy|setup)[/\\]/;

/**
 * Paths of the test files worth a second run, each alone: a few that failed on a real Redis, Asterisk or process, where another
 * program on this machine can take the time that a caller is promised. None when anything else failed, too: that is no chance.
 */
export function filesToRepeat(report: VitestReport | null): readonly string[] {
  const failed =
    report?.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name) ?? [];
  return failed.length <= mostToRepeat && !failed.some((name) => ofPureCode.test(name)) ? failed : [];
}

/** The first run's report, with the results of these files as the second run has them. */
export function withRepeated(first: VitestReport, second: VitestReport): VitestReport {
  const repeated = new Set(second.testResults.map(({ name }) => name));
  const testResults = [...first.testResults.filter(({ name }) => !repeated.has(name)), ...second.testResults];
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const count = (...states: string[]): number => all.filter(({ status }) => states.includes(status)).length;
  return {
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('pending', 'skipped', 'todo'),
    testResults,
  };
}

/** In the form that machines look for. */
export function countsLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
