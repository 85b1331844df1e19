import { expect, it } from 'vitest';
import { formatProblem } from '../../src/policy/problem.ts';
import { compileRules } from './policy-fixture.ts';

function warningsOf(lists: Record<string, string>): string[] {
  const rules = `  - { id: blocked, when: { caller: { in: blocked } }, then: { reject: {} } }
  - { id: staff, when: { caller: { in: staff } }, then: connect }`;
  return compileRules(rules, lists).problems.map((problem) => formatProblem(problem));
}

it('a number that is blocked and on another list is named with both lines and the rule that decides', () => {
  expect(
    warningsOf({
      'blocked.txt': '# ours\n+13175550180\n+1317555012*\n',
      'staff.csv': 'number,name\n+13175550119,Sam\n+13175550121,Avery\n+1 317 555 0180,Jo\n',
    }),
  ).toEqual([
    'rules/lists/blocked.txt:2:1: warning: +13175550180 is blocked, and stands on "staff" too (rules/lists/staff.csv:4)\n  remedy: take it off one of the two lists; now "blocked" (line 11) comes first',
    'rules/lists/blocked.txt:3:1: warning: +13175550121 is blocked, and stands on "staff" too (rules/lists/staff.csv:3)\n  remedy: take it off one of the two lists; now "blocked" (line 11) comes first',
  ]);
});

it('a number that stands twice on a list', () => {
  expect(
    warningsOf({
      'blocked.txt': '+13175550180\n',
      'staff.csv': 'number,name\n317 555 0120,A\n+13175550120,B\n',
    }),
  ).toEqual([
    'rules/lists/staff.csv:3:1: warning: +13175550120 stands in line 2 too\n  remedy: keep one of the two rows; of rows with a date the one that expires later holds',
  ]);
});

it('a row that has expired contradicts nothing, and an empty list is told of', () => {
  const lists = {
    'blocked.csv': 'number,expires\n+13175550120,1969-01-01\n',
    'staff.csv': 'number,name\n+13175550120,A\n',
  };
  expect(warningsOf(lists)).toEqual([]);
  expect(warningsOf({ 'blocked.txt': '', 'staff.txt': '+13175550120\n' })[0]).toContain(
    'warning: the rule "blocked" matches no call now: its list is empty',
  );
});

it('an emergency number on a block list', () => {
  const [warning] = warningsOf({ 'blocked.txt': '+13175550180\n911\n', 'staff.txt': '+13175550120\n' });
  expect(warning).toMatch(/blocked\.txt:2:1: warning: 911 is an emergency number/);
});
