import { stat } from 'node:fs/promises';
import { ListLibrary } from '../../lists/list-library.ts';
import { type ComparedPolicy, comparedPolicy } from '../../policy/diff/compared-policy.ts';
import { formatProblem, type Problem } from '../../policy/problem.ts';
import { compileRead, holidaysOf, type Progress, readRules } from '../../rules/read-rules.ts';
import { CommandError } from '../command/run.ts';

/**
 * The rules of a directory, as they are compared. Cases may fail: an edit may well change what they want, and they decide
 * nothing.
 * @param lists where the running Gatehouse keeps lists, for feeds; null: feeds are empty
 * @throws CommandError `rules-refused`
 */
export async function comparedRulesDir(
  dir: string,
  lists: string | null,
  progress: Progress,
): Promise<ComparedPolicy> {
  if (!(await isDirectory(dir))) throw new CommandError('no-rules', `${dir} is no directory`);
  const read = await readRules(dir);
  const library = new ListLibrary({ dir: lists, serving: false });
  const ready = read.region === null ? null : await library.open(read.lists, read.region, dir, read.from);
  const compiled = await compileRead(read, ready ?? new Map(), { progress, wasAccepted: true });
  const found = comparedPolicy(compiled, await holidaysOf(read));
  if (found !== null) return found;
  const errors = compiled.problems.filter(({ severity }: Problem) => severity === 'error');
  throw new CommandError('rules-refused', [`${dir} is refused`, ...errors.map(formatProblem)].join('\n'));
}

export async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
