import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedRules } from '../../lab/lab.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { ownBlock, unusedNumbers } from './numbers.ts';
import type { MonthPlan } from './plan.ts';

/** Below the lists, which it must not hold up. */
const decoyRule = `  - id: walks-our-numbers
    when: { history: { decoys: { over: 1, within: 24h } } }
    then: { challenge: { kind: two-digits, pass-for: 0s } }

`;

/**
 * The shipped rules as this hospital would have them: its own block of numbers and lists, its unused numbers as decoys with a rule
 * for them, its own name among the claimed ones. No other rule is changed.
 */
export async function siteRules(plan: MonthPlan): Promise<AsyncDisposable & { readonly dir: string }> {
  const made = await mkdtemp(join(tmpdir(), 'gatehouse-month-'));
  const dir = join(made, 'rules');
  await cp(shippedRules, dir, { recursive: true });
  const file = join(dir, 'policy.yaml');
  const text = await readFile(file, 'utf8');
  const own = /^( {2}own-numbers: ).*$/m;
  if (!own.test(text)) throw new Error('the shipped rules do not say which numbers are ours');
  const settings = `$1'${ownBlock.from}..${ownBlock.to}'\n  decoys: unused`;
  const list = 'lists:\n  unused: { file: lists/unused.txt, about: Numbers of ours that nobody has. }\n';
  const withRule = text.replace(/^ {2}- id: flagged-by-staff$/m, (next) => `${decoyRule}${next}`);
  if (withRule === text) throw new Error('the shipped rules have no place for a rule about decoys');
  await writeFile(file, withRule.replace(own, settings).replace(/^lists:\n/m, list));
  await writeFile(join(dir, 'lists', 'unused.txt'), `${unusedNumbers.join('\n')}\n`);
  const claimed = join(dir, 'claimed-names.yaml');
  const names = await readFile(claimed, 'utf8');
  await writeFile(claimed, names.replace(/^ {2}brand: \[\]$/m, '  brand: [Example Hospital]'));
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
