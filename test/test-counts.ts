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

/** In the form that machines look for. */
export function countsLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
