import { toE164 } from '../../numbers/phone-number.ts';
import { formatProblem } from '../../policy/problem.ts';
import { loadRules } from '../../rules/read-rules.ts';
import { rulesDir } from './options.ts';
import { CommandError } from './run.ts';

/** Help of `--rules` where rules only read a number. */
export const regionRules = 'rules whose default-region applies to national numbers';

/**
 * A number as typed, in any format, as E.164; the default-region of `rules` applies to national numbers.
 * @throws CommandError `number` when it is none, or when the rules with its country cannot be read
 */
export async function wantedNumber(text: string, rules: string | undefined): Promise<string> {
  // A number with its country needs no readable rules.
  const region = text.trim().startsWith('+') ? 'US' : await defaultRegion(rules);
  const number = toE164(text, region);
  if (number === null)
    throw new CommandError('number', `${JSON.stringify(text.slice(0, 64))} is not a public number`);
  return number;
}

async function defaultRegion(rules: string | undefined) {
  const dir = rulesDir(rules);
  const { policy, problems } = await loadRules(dir);
  if (policy) return policy.settings.defaultRegion;
  const first = problems[0] === undefined ? dir : formatProblem(problems[0]).split('\n', 1)[0];
  throw new CommandError(
    'number',
    `write the number with + and its country: cannot read the rules (${first})`,
  );
}
