import { readFileSync } from 'node:fs';
import { comparePolicies } from '../../../src/policy/diff/compare-policies.ts';
import { type ComparedPolicy, comparedPolicy } from '../../../src/policy/diff/compared-policy.ts';
import type { PolicyDiff } from '../../../src/policy/diff/policy-diff.ts';
import { formatProblem } from '../../../src/policy/problem.ts';
import { holidayFinder } from '../../../src/rules/holiday-finder.ts';
import { compileFiles, shippedPrompts } from '../policy-fixture.ts';

const findHolidays = await holidayFinder();
/** 26 November 2026: dates in the sets are neither over nor far. */
export const now = Date.UTC(2026, 10, 26, 15);

export type Files = Readonly<Record<string, string>>;

/** A set of `test/rule-sets`, without its cases. */
export function ruleSet(name: string): Files {
  const text = readFileSync(new URL(`../../rule-sets/${name}.rules`, import.meta.url), 'utf8');
  const sections = text.split(/^### (.*)\n/m).slice(1);
  const entries = sections.flatMap((path, at) => (at % 2 === 0 ? [[path, sections[at + 1] ?? '']] : []));
  const { prompts = '', ...files } = Object.fromEntries(entries) as Record<string, string>;
  return { ...withoutCases(files), 'prompts.yaml': `${shippedPrompts.trimEnd()}\n${prompts}` };
}

/** A hospital's rules, as they were shipped once. */
export function hospitalRules(): Files {
  const read = (path: string) => [path, readFileSync(new URL(`hospital/${path}`, import.meta.url), 'utf8')];
  const lists = ['emergency.csv', 'blocked.txt', 'relay.csv', 'staff.csv', 'customers.csv'];
  return Object.fromEntries(
    ['policy.yaml', 'prompts.yaml', ...lists.map((file) => `lists/${file}`)].map(read),
  ) as Files;
}

/** Cases of a rule set want what it does; an edit may well change that. */
function withoutCases(files: Files): Files {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('cases/')));
}

export function compared(files: Files): ComparedPolicy {
  const compiled = compileFiles(files, { holidays: findHolidays, now });
  const found = comparedPolicy(compiled, findHolidays);
  if (found === null) throw new Error(compiled.problems.map(formatProblem).join('\n'));
  return found;
}

export function differences(before: ComparedPolicy, after: ComparedPolicy): PolicyDiff {
  return comparePolicies(before, after, { now });
}

/** `staff → everyone-else` */
export function pairsOf({ fates }: PolicyDiff): string[] {
  return fates.map(({ before, after }) => `${before.rule} → ${after.rule}`);
}
