import type { Finding } from '../doctor/finding.ts';
import { visibleText } from '../text/visible-text.ts';

const marks: Readonly<Record<Finding['level'], string>> = {
  ok: 'ok     ',
  warning: 'WARNING',
  error: 'ERROR  ',
  unknown: 'unknown',
};

/** One finding as it comes. `before`: the one before it. */
export function findingText(finding: Finding, before: Finding | null): string {
  const [group = ''] = finding.id.split('.');
  const heading = before?.id.startsWith(`${group}.`) ? '' : `${before === null ? '' : '\n'}${group}\n`;
  const { command } = finding;
  const words = finding.remedy === null || finding.remedy === command ? [] : [finding.remedy];
  // A line of its own, to be copied as it stands.
  const lines = [
    ...words.map((text) => `             -> ${visibleText(text)}`),
    ...(command === null ? [] : [visibleText(command)]),
  ];
  const remedy = lines.map((line) => `\n${line}`).join('');
  const id = finding.level === 'ok' ? '' : `  [${finding.id}]`;
  return `${heading}  ${marks[finding.level]}  ${visibleText(finding.found)}${visibleText(id)}${remedy}`;
}

/** The last line. */
export function doctorSummary(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((one) => one.level === level).length;
  const [errors, warnings, unknowns] = [count('error'), count('warning'), count('unknown')];
  const rest = unknowns > 0 ? `, ${unknowns} could not be checked` : '';
  return `\n${findings.length} checks: ${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}${rest}`;
}
