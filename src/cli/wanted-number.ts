import { toE164 } from '../policy/phone-number.ts';
import { formatProblem } from '../policy/problem.ts';
import { loadRules } from '../rules/load-rules.ts';
import { rulesDir } from '../rules/rules-dir.ts';

/** `number`: it is none, or the rules that would say its country cannot be read. */
export class WantedNumberError extends Error {
  readonly code = 'number';
}

/**
 * A number that somebody typed, in any writing, as E.164. `rules`: directory whose default-region reads national numbers.
 * @throws WantedNumberError
 */
export async function wantedNumber(text: string, rules: string | undefined): Promise<string> {
  // The rules need not be readable for a number that names its country.
  const region = text.trim().startsWith('+') ? 'US' : await defaultRegion(rules);
  const number = toE164(text, region);
  if (number === null)
    throw new WantedNumberError(`${JSON.stringify(text.slice(0, 64))} is no public number`);
  return number;
}

async function defaultRegion(rules: string | undefined) {
  const dir = rulesDir(rules, process.env);
  const { policy, problems } = await loadRules(dir);
  if (policy) return policy.settings.defaultRegion;
  const first = problems[0] === undefined ? dir : formatProblem(problems[0]).split('\n', 1)[0];
  throw new WantedNumberError(`write the number with + and its country: the rules cannot be read (${first})`);
}
