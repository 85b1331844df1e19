import type { Finding } from '../doctor/finding.ts';
import { visibleText } from '../text/visible-text.ts';
import { plainScreen, type Screen, textWidth, wrapped } from './screen.ts';

const marks: Readonly<Record<Finding['level'], string>> = {
  ok: 'ok     ',
  warning: 'WARNING',
  error: 'ERROR  ',
  unknown: 'unknown',
};

/** One finding as it comes. `before`: the one before it. */
export function findingText(
  finding: Finding,
  before: Finding | null,
  screen: Pick<Screen, 'width'> = plainScreen,
): string {
  const [group = ''] = finding.id.split('.');
  const heading = before?.id.startsWith(`${group}.`) ? '' : `${before === null ? '' : '\n'}${group}\n`;
  const { command } = finding;
  const words = finding.remedy === null || finding.remedy === command ? [] : [finding.remedy];
  // Lines of their own, to be copied as they stand.
  const lines = [
    ...words.map((text) => wrapped(`             -> ${visibleText(text)}`, screen)),
    ...(command === null ? [] : [shellLines(visibleText(command), screen.width)]),
  ];
  const remedy = lines.map((line) => `\n${line}`).join('');
  const id = finding.level === 'ok' ? '' : `  [${finding.id}]`;
  const found = `${heading}  ${marks[finding.level]}  ${visibleText(finding.found)}${visibleText(id)}`;
  return `${wrapped(found, screen)}${remedy}`;
}

/** A command that is longer than the screen goes on after a backslash: pasted, it is one command. What is quoted stays whole. */
function shellLines(command: string, width: number): string {
  if (textWidth(command) <= width) return command;
  const words = command.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g) ?? [];
  const lines: string[] = [];
  for (const word of words) {
    const next = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    // The backslash and the blank before it.
    if (lines.length > 0 && textWidth(next) <= width - 2) lines[lines.length - 1] = next;
    else lines.push(lines.length === 0 ? word : `  ${word}`);
  }
  return lines.join(' \\\n');
}

/** The last line. */
export function doctorSummary(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((one) => one.level === level).length;
  const [errors, warnings, unknowns] = [count('error'), count('warning'), count('unknown')];
  const rest = unknowns > 0 ? `, ${unknowns} could not be checked` : '';
  return `\n${findings.length} checks: ${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}${rest}`;
}
