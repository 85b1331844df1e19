import { userInfo } from 'node:os';
import { join } from 'node:path';
import { patternWords } from '../../numbers/number-pattern.ts';
import { formatProblem } from '../../policy/problem.ts';
import { openToAll } from '../../process/open-to-all.ts';
import { error, type Finding, ok, warning } from '../finding.ts';
import { quoted } from '../pasted.ts';
import type { Site } from '../site.ts';

/** Numbers that nobody has: 555-0100 to 555-0199 of North America, in which the shipped rules are written. */
const fictitious = /^\+1\d{3}55501/;
const mostShown = 5;

export async function* rules({ settings, rules: { policy, problems } }: Site): AsyncGenerator<Finding> {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (policy === null || errors.length > 0)
    yield error(
      'rules.load',
      `the rules in ${settings.rules} are refused: ${errors.length === 0 ? 'they cannot be read' : formatProblem(errors[0] as (typeof errors)[number]).split('\n')[0]}`,
      'gatehouse check',
    );
  else yield ok('rules.load', `${policy.rules.length} rules, version ${policy.version}`);
  for (const problem of problems.filter(({ severity }) => severity === 'warning').slice(0, mostShown))
    yield warning(
      `rules.${problem.code}`,
      `${problem.file}:${problem.line}: ${problem.message}`,
      problem.remedy,
    );
  const open = await openToAll(settings.rules);
  yield open === null
    ? ok('rules.private', 'numbers and keys in the rules are not open to every user of this machine')
    : warning('rules.private', `every user of this machine can read ${open}`, {
        command: `chgrp -R "$(id -gn ${userInfo().username})" ${quoted(settings.rules)} && chmod -R g+rX,o= ${quoted(settings.rules)}`,
      });
  if (policy === null) return;
  const examples = policy.settings.ownPatterns.map(patternWords).filter((words) => fictitious.test(words));
  if (policy.settings.ownPatterns.length === 0)
    yield warning(
      'rules.own-numbers',
      'own-numbers is empty: a caller who shows one of your own numbers is not recognized',
      'write your numbers into the settings of policy.yaml, own-numbers',
    );
  else if (examples.length > 0)
    yield warning(
      'rules.own-numbers',
      `own-numbers still has the example ${examples[0]}`,
      'write your own numbers into the settings of policy.yaml, own-numbers',
    );
  else yield ok('rules.own-numbers', `own numbers: ${policy.settings.ownPatterns.length} patterns`);
  yield policy.settings.mode === 'monitor'
    ? warning(
        'rules.mode',
        'mode: monitor: every call is connected, and what the rules would do is only counted',
        {
          words: 'look at the page Rules; then take mode: monitor out of the settings of policy.yaml',
          command: `sed -i 's/^  mode: monitor/  mode: enforce/' ${quoted(join(settings.rules, 'policy.yaml'))}`,
        },
      )
    : ok('rules.mode', 'the rules are carried out');
}
