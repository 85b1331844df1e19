type Severity = 'error' | 'warning';

/** Something wrong in a rule set, where it stands, and what to do about it. */
export interface Problem {
  readonly severity: Severity;
  /** Path as the user typed it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
  readonly remedy: string;
  /** Stable, for programs: `unknown-list`. */
  readonly code: string;
}

/** A place in a rule file. */
export type Place = Pick<Problem, 'file' | 'line' | 'column'>;

/** Two lines: `file:line:column: error: message` and the remedy, indented. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, severity, message, remedy } = problem;
  return `${file}:${line}:${column}: ${severity}: ${message}\n  remedy: ${remedy}`;
}

/** True when the rule set must be refused. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** Errors before warnings, then by file and position, so that the same rule set always reads the same. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      Number(a.severity === 'warning') - Number(b.severity === 'warning') ||
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      a.line - b.line ||
      a.column - b.column,
  );
}
