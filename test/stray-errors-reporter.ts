import { writeFileSync } from 'node:fs';

/** Vitest reporter: writes how many errors happened outside of every test, which Vitest's JSON report does not tell. */
export default class StrayErrorsReporter {
  onTestRunEnd(_files: unknown, errors: readonly unknown[]): void {
    const path = process.env.GATEHOUSE_STRAY_ERRORS;
    if (path !== undefined) writeFileSync(path, String(errors.length));
  }
}
