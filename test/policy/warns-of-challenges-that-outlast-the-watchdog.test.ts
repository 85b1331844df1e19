import { expect, it } from 'vitest';
import { compileRules, policyOf } from './policy-fixture.ts';

const challenge = (said: string) =>
  compileRules(`  - id: asked\n    when: { caller: { is: withheld } }\n    then: { challenge: ${said} }`);
const warningsOf = (said: string) => {
  const result = challenge(said);
  policyOf(result);
  return result.problems.map(({ code, severity, line, message }) => ({ code, severity, line, message }));
};

it('a challenge that a silent caller would sit through beyond the watchdog is told of, at its rule, and comes into force', () => {
  expect(warningsOf('{ kind: two-digits, attempts: 3, timeout: 12s }')).toEqual([
    {
      code: 'long-challenge',
      severity: 'warning',
      line: 8,
      message: expect.stringMatching(
        /^the challenge of the rule "asked" lasts about (6|7)\d s for a caller who presses nothing \(es\); after 41 s/,
      ),
    },
  ]);
});

it('the longest that rules may write is about four minutes', () => {
  const [{ message } = { message: '' }] = warningsOf('{ kind: press-1, attempts: 5, timeout: 30s }');
  const seconds = Number(/about (\d+) s/.exec(message)?.[1]);
  expect(seconds).toBeGreaterThan(150);
  expect(seconds).toBeLessThan(240);
});

it('what is shipped, and three short attempts, end in time', () => {
  for (const said of ['press-1', 'two-digits', '{ kind: press-1, attempts: 3, timeout: 4s }'])
    expect(warningsOf(said), said).toEqual([]);
});
