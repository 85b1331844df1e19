import { Command } from 'commander';
import { formatProblem, hasErrors } from '../policy/problem.ts';
import { type RenderReport, renderPrompts } from '../prompts/render-prompts.ts';
import { loadRules } from '../rules/load-rules.ts';
import { rulesDir } from '../rules/rules-dir.ts';

interface PromptsOptions {
  readonly rules?: string;
  readonly out: string;
  readonly voice?: readonly string[];
  readonly json?: boolean;
}

/** `gatehouse prompts`: the words of the rule files as sound files. Exit code 1 when the rules are refused or a tool fails. */
export function promptsCommand(): Command {
  return new Command('prompts')
    .description('render the words of the prompts to sound files (needs espeak-ng and sox)')
    .option('--rules <dir>', 'directory of the rule files (default: $GATEHOUSE_RULES, else rules)')
    .requiredOption('--out <dir>', 'directory for <language>/<prompt>.wav')
    .option('--voice <language=voice...>', 'espeak-ng voice of a language, for example es=es-419')
    .option('--json', 'print what was done as one JSON object')
    .action(async (options: PromptsOptions) => {
      const { policy, problems } = await loadRules(rulesDir(options.rules, process.env));
      if (policy === null || hasErrors(problems)) {
        for (const problem of problems) console.error(formatProblem(problem));
        process.exitCode = 1;
        return;
      }
      const voices = voicesOf(options.voice ?? []);
      const report = await renderPrompts({ texts: policy.prompts, out: options.out, voices });
      console.log(options.json ? JSON.stringify(report) : inWords(options.out, report));
    });
}

function voicesOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [language, voice, ...rest] = pair.split('=');
      if (!language || !voice || rest.length > 0)
        throw new Error(`--voice ${JSON.stringify(pair)}: write language=voice, for example es=es-419`);
      return [language, voice];
    }),
  );
}

function inWords(out: string, { rendered, unchanged, kept, removed }: RenderReport): string {
  const counts = `${rendered.length} rendered, ${unchanged.length} unchanged, ${removed.length} removed`;
  const own = kept.length === 0 ? '' : `, ${kept.length} own recordings kept (${kept.join(', ')})`;
  return `${out}: ${counts}${own}`;
}
