import { Command } from 'commander';
import type { CompileResult } from '../policy/compile/compile.ts';
import { formatProblem } from '../policy/problem.ts';
import { loadRules } from '../rules/read-rules.ts';
import { StageProgress } from '../terminal/progress-line.ts';
import { wrapped } from '../terminal/screen.ts';
import { type JsonFields, picked, withJsonOption } from './command/json-option.ts';
import { rulesDir, withRulesOption } from './command/options.ts';

interface TestOptions {
  readonly rules?: string;
  readonly coverage?: boolean;
  readonly json?: JsonFields;
}

/**
 * `gatehouse test`: runs the cases of the rule directory. Exit code 1 when one fails or the rules are refused, with
 * `--coverage` also when no case reaches a rule.
 */
export function testCommand(): Command {
  const command = new Command('test').description(
    'run the cases of the rule files: calls and their expected results',
  );
  withRulesOption(command).option('--coverage', 'list the rules that no case reaches');
  return withJsonOption(command, 'one JSON object', [
    ...['ok', 'rules', 'version', 'cases', 'uncovered', 'problems'],
  ]).action(async (options: TestOptions) => {
    const dir = rulesDir(options.rules);
    const progress = new StageProgress('gatehouse test');
    const found = await loadRules(dir, undefined, progress.show);
    progress.end();
    const uncovered = unreachedRules(found);
    if (options.json) console.log(JSON.stringify(picked(testResult(dir, found, uncovered), options.json)));
    else
      for (const line of testLines(dir, found, options.coverage ? uncovered : null))
        console.log(wrapped(line));
    const isCovered = !options.coverage || uncovered.length === 0;
    if (found.policy === null || !isCovered) process.exitCode = 1;
  });
}

/** @param uncovered null: coverage was not asked for */
export function testLines(
  dir: string,
  found: CompileResult,
  uncovered: readonly Uncovered[] | null,
): string[] {
  const { cases, problems, policy } = found;
  const errors = problems.filter(({ severity, code }) => severity === 'error' && code !== 'case-failed');
  const lines = errors.map(formatProblem);
  for (const { name, place, result, why } of cases ?? []) {
    const where = `${place.file}:${place.line}`;
    if (result === 'passed') lines.push(`ok      ${name}`);
    else lines.push(`${result === 'failed' ? 'FAILED' : 'skipped'}  ${where}: ${name}`, `          ${why}`);
  }
  for (const { rule, file, line } of uncovered ?? []) lines.push(`no case reaches  ${file}:${line}: ${rule}`);
  const count = (wanted: string) => cases?.filter(({ result }) => result === wanted).length ?? 0;
  const parts = [`${count('passed')} passed`, `${count('failed')} failed`, `${count('skipped')} skipped`];
  if (uncovered && policy)
    parts.push(`${policy.rules.length - uncovered.length} of ${policy.rules.length} rules reached`);
  lines.push(cases ? `${dir}: ${parts.join(', ')}` : `${dir}: refused before any case was run`);
  return lines;
}

export interface Uncovered {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
}

/** Rules that no case reached; none when the rules were refused. */
export function unreachedRules({ policy, cases }: CompileResult): Uncovered[] {
  const reached = new Set(cases?.flatMap((one) => one.reached));
  const missed = policy?.rules.filter(({ id }) => !reached.has(id)) ?? [];
  return missed.map(({ id, place }) => ({ rule: id, file: place.file, line: place.line }));
}

function testResult(
  dir: string,
  { policy, problems, cases }: CompileResult,
  uncovered: readonly Uncovered[],
) {
  return {
    ok: policy !== null,
    rules: dir,
    version: policy?.version ?? null,
    cases: cases ?? [],
    uncovered,
    problems,
  };
}
