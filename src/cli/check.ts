import { Command, Option } from 'commander';
import type { CompileResult } from '../policy/compile/compile.ts';
import type { Policy } from '../policy/policy.ts';
import { formatProblem, hasErrors, type Problem } from '../policy/problem.ts';
import { loadRules } from '../rules/read-rules.ts';
import { StageProgress } from '../terminal/progress-line.ts';
import { wrapped } from '../terminal/screen.ts';
import { rulesDir, withRulesOption } from './command/options.ts';

const formats = ['text', 'json', 'github'] as const;
type Format = (typeof formats)[number];

/** `gatehouse check`: every problem as file:line:column with its remedy. Exit code 1 when the rules are refused. */
export function checkCommand(): Command {
  const command = new Command('check').description(
    'check the rule files and prove them: every problem with its place and remedy',
  );
  return withRulesOption(command)
    .addOption(
      new Option('--format <format>', 'json: one object; github: annotations of a workflow run')
        .choices(formats)
        .default('text'),
    )
    .action(async (options: { rules?: string; format: Format }) => {
      const dir = rulesDir(options.rules);
      const progress = new StageProgress('gatehouse check');
      const found = await loadRules(dir, undefined, progress.show);
      progress.end();
      for (const line of checkLines(dir, found, options.format))
        console.log(options.format === 'json' ? line : wrapped(line));
      if (isRefused(found)) process.exitCode = 1;
    });
}

/** What `gatehouse check` prints. */
export function checkLines(dir: string, found: CompileResult, format: Format): string[] {
  const { policy, problems } = found;
  if (format === 'json') {
    const result = { ok: !isRefused(found), rules: dir, version: policy?.version ?? null, problems };
    return [JSON.stringify(result)];
  }
  if (format === 'github') return problems.map(annotation);
  return [...problems.map(formatProblem), summaryLine(dir, found)];
}

function isRefused({ policy, problems }: CompileResult): boolean {
  return policy === null || hasErrors(problems);
}

function summaryLine(dir: string, { policy, problems, cases }: CompileResult): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = count(problems.length - errors, 'warning');
  if (policy === null || errors > 0) return `${dir}: refused, ${count(errors, 'error')}, ${warnings}`;
  const passed = cases?.filter(({ result }) => result === 'passed').length ?? 0;
  return `${dir}: ${summaryOf(policy)}, ${count(passed, 'case')} passed, ${warnings}; version ${policy.version}`;
}

/** A workflow command: the problem is shown at its line in the change that is reviewed. */
function annotation({ severity, file, line, column, message, remedy, code }: Problem): string {
  const properties = { file, line, col: column, title: `gatehouse: ${code}` };
  const said = Object.entries(properties).map(([key, value]) => `${key}=${escaped(String(value), true)}`);
  return `::${severity} ${said.join(',')}::${escaped(`${message}\nremedy: ${remedy}`, false)}`;
}

/** https://docs.github.com/actions: data and properties of workflow commands are percent-encoded. */
function escaped(text: string, isProperty: boolean): string {
  const data = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return isProperty ? data.replaceAll(':', '%3A').replaceAll(',', '%2C') : data;
}

function summaryOf({ rules, lists, prompts }: Policy): string {
  const rows = [...lists.values()].reduce((sum, list) => sum + list.size, 0);
  return [
    count(rules.length, 'rule'),
    `${count(lists.size, 'list')} with ${count(rows, 'row')}`,
    `${count(prompts.ids.length, 'prompt')} in ${prompts.languages.join(', ')}`,
  ].join(', ');
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
