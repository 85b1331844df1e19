import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedRules } from '../../lab/lab.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { ownBlock } from './numbers.ts';
import type { MonthPlan } from './plan.ts';

/** The shipped rules as this hospital would have them: its own block of numbers and its own lists, not a rule changed. */
export async function siteRules(plan: MonthPlan): Promise<AsyncDisposable & { readonly dir: string }> {
  const made = await mkdtemp(join(tmpdir(), 'gatehouse-month-'));
  const dir = join(made, 'rules');
  await cp(shippedRules, dir, { recursive: true });
  const file = join(dir, 'policy.yaml');
  const text = await readFile(file, 'utf8');
  const own = /^( {2}own-numbers: ).*$/m;
  if (!own.test(text)) throw new Error('the shipped rules do not say which numbers are ours');
  await writeFile(file, text.replace(own, `$1'${ownBlock.from}..${ownBlock.to}'`));
  for (const [name, rows] of Object.entries(plan.lists)) {
    if (rows.length === 0) continue;
    const list = join(dir, 'lists', `${name}.csv`);
    const lines = rows.map(({ number, name: who }) => `${number},${who},,`);
    const head = (await readFile(list, 'utf8')).split('\n').filter((line) => line !== '' && !isSample(line));
    await writeFile(list, `${[...head, ...lines].join('\n')}\n`);
  }
  return { dir, [Symbol.asyncDispose]: () => rm(made, { recursive: true, force: true }) };
}

/** The numbers of the shipped lists are fictitious, and a site puts its own in their place. */
function isSample(line: string): boolean {
  return /\b555\D?0\d/.test(line) || /\+1463555/.test(line);
}

export async function loadedRules(dir: string): Promise<Policy> {
  const { policy, problems } = await loadRules(dir);
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  if (policy === null) throw new Error(`the rules of the month are refused: ${errors.join('; ')}`);
  return policy;
}
