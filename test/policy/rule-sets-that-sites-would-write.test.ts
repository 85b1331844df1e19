import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/policy/problem.ts';
import { holidayFinder } from '../../src/rules/holiday-finder.ts';
import { compileFiles, shippedPrompts } from './policy-fixture.ts';

const folder = new URL('../rule-sets/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.rules'));
const holidays = await holidayFinder();
/** 26 November 2026: dates in the sets are neither over nor far. */
const now = Date.UTC(2026, 10, 26);

/** The files of a set: each begins with `### path`; prompts are added to those that are shipped. */
function filesOf(name: string): Record<string, string> {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const sections = text.split(/^### (.*)\n/m).slice(1);
  const { prompts = '', ...files } = Object.fromEntries(
    sections.flatMap((path, at) => (at % 2 === 0 ? [[path, sections[at + 1] ?? '']] : [])),
  ) as Record<string, string>;
  return { ...files, 'prompts.yaml': `${shippedPrompts.trimEnd()}\n${prompts}` };
}

it('there are thirty', () => {
  expect(names.length).toBeGreaterThanOrEqual(30);
});

describe('loads without a word, nobody is stranded, and every rule decides a case', () => {
  it.each(names)('%s', (name) => {
    const { policy, problems, cases = [] } = compileFiles(filesOf(name), { holidays, now });
    expect(problems.map(formatProblem)).toEqual([]);
    const reached = new Set(cases.flatMap((one) => one.reached));
    expect(policy?.rules.filter(({ id }) => !reached.has(id)).map(({ id }) => id)).toEqual([]);
    expect(cases.every(({ result }) => result === 'passed')).toBe(true);
  });
});
