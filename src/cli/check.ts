import { Command } from 'commander';
import type { Policy } from '../policy/policy.ts';
import { formatProblem, hasErrors } from '../policy/problem.ts';
import { loadRules } from '../rules/load-rules.ts';
import { rulesDir } from '../rules/rules-dir.ts';

/** `gatehouse check`: every problem as file:line:column with its remedy. Exit code 1 when the rules are refused. */
export function checkCommand(): Command {
  return new Command('check')
    .description('check the rule files: every problem with its place and its remedy')
    .option('--rules <dir>', 'directory of the rule files (default: $GATEHOUSE_RULES, else rules)')
    .action(async (options: { rules?: string }) => {
      const dir = rulesDir(options.rules, process.env);
      const { policy, problems } = await loadRules(dir);
      for (const problem of problems) console.log(formatProblem(problem));
      const errors = problems.filter(({ severity }) => severity === 'error').length;
      const warnings = count(problems.length - errors, 'warning');
      if (policy && !hasErrors(problems)) {
        console.log(`${dir}: ${summaryOf(policy)}, ${warnings}; version ${policy.version}`);
        return;
      }
      console.log(`${dir}: refused, ${count(errors, 'error')}, ${warnings}`);
      process.exitCode = 1;
    });
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
