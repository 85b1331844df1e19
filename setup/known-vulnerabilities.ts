import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { z } from 'zod';

const limitMs = 20_000;
const severities = ['info', 'low', 'moderate', 'high', 'critical'] as const;

const answerShape = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.enum(severities), range: z.string() })),
});

export interface AuditResult {
  /** A line for each package with a known vulnerability, or one that says why nobody knows. */
  readonly lines: readonly string[];
  /** Null: the registry did not answer. */
  readonly vulnerable: boolean | null;
}

/** What `npm audit --json` printed. */
export function auditResult(stdout: string): AuditResult {
  let answer: unknown = null;
  try {
    answer = JSON.parse(stdout);
  } catch {
    // Broken off, or no answer at all.
  }
  const read = answerShape.safeParse(answer);
  if (!read.success)
    return { lines: ['known vulnerabilities: not checked, the registry does not answer'], vulnerable: null };
  const found = Object.entries(read.data.vulnerabilities)
    .toSorted(([, one], [, other]) => severities.indexOf(other.severity) - severities.indexOf(one.severity))
    .map(([name, { severity, range }]) => `${severity}: ${name} ${range}`);
  return {
    lines: found.length === 0 ? ['known vulnerabilities: none'] : found,
    vulnerable: found.length > 0,
  };
}

/** `npm run audit`: known vulnerabilities of the packages that run. Exit code 1 when there is one; 0 also when it cannot be known. */
if (import.meta.main) {
  const args = ['audit', '--json', '--omit=dev', '--fetch-retries=0', '--fetch-timeout=10000'];
  const cwd = resolve(import.meta.dirname, '..');
  execFile('npm', args, { cwd, timeout: limitMs, maxBuffer: 32e6 }, (_, stdout) => {
    const { lines, vulnerable } = auditResult(stdout);
    for (const line of lines) console.log(line);
    process.exitCode = vulnerable === true ? 1 : 0;
  });
}
