import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Policy } from '../../src/policy/policy.ts';
import { pseudonymNames } from '../../src/privacy/caller-names.ts';
import { ForgottenCaller } from '../../src/privacy/forgotten.ts';
import { backtestText } from '../../src/terminal/backtest-text.ts';
import { BacktestFixture, backtest, callFrom, recorded } from './backtest-fixture.ts';

const staff = '+13175550120';
const fixture = new BacktestFixture();
let policy: Policy;
beforeAll(async () => {
  policy = await fixture.policy();
});
afterAll(() => fixture.remove());

it('a forgotten caller and one who is kept by a pseudonym are neither a fault nor harm', async () => {
  const call = (id: string) => recorded(callFrom(id, staff), policy);
  expect(call('1').decision?.verdict.kind).toBe('connect');
  const names = pseudonymNames('a key of sixteen and more characters');
  const rows = [new ForgottenCaller(staff, []).outcome(call('1')), names.outcome(call('2')), call('3')];

  const report = await backtest(rows, fixture.rules);

  expect(report).toMatchObject({ calls: 1, withoutCaller: 2, same: 1, flips: 0, harmed: 0, mismatches: 0 });
  expect(backtestText(report)).toContain('2 more have an erased caller or a pseudonym: not decided again');
});

it('a caller who sends the word that stands for forgotten callers is decided again like anybody', async () => {
  const sent = callFrom('1', null);
  const hostile = { ...sent, caller: { ...sent.caller, reason: 'malformed' as const, raw: 'forgotten' } };
  expect(await backtest([recorded(hostile, policy)], fixture.rules)).toMatchObject({
    calls: 1,
    withoutCaller: 0,
  });
});
