import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DecisionText, recordedCall } from '../../src/backtest/recorded-call.ts';
import type { CallFacts } from '../../src/call/facts.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { BacktestFixture, backtest, callFrom, recorded } from './backtest-fixture.ts';

const fixture = new BacktestFixture();
let policy: Policy;
beforeAll(async () => {
  policy = await fixture.policy();
});
afterAll(() => fixture.remove());

const hostile = fc.oneof(
  fc.constantFrom(
    ',"trace":[',
    '],"monitored":',
    ',"decision":{"verdict":',
    '","facts":{"now":1',
    ',"bypass":{',
    '\n{"schema":1}\n',
    'null',
    '\\',
    '\u2028 "quoted" \u0000',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const facts: fc.Arbitrary<CallFacts> = fc.record({
  callId: hostile,
  linkedId: hostile,
  sipCallId: hostile,
  now: fc.integer({ min: Date.UTC(2024), max: Date.UTC(2030) }),
  caller: fc.oneof(
    fc.record({
      number: fc.constantFrom(
        '+13175550140',
        '+13175550120',
        '+13175550180',
        '+13175550101',
        '+12125550160',
        '+4915112345678',
      ),
      reason: fc.constant(null),
      raw: hostile,
      displayName: hostile,
    }),
    fc.record({
      number: fc.constant(null),
      reason: fc.constantFrom('withheld', 'unavailable', 'malformed'),
      raw: hostile,
      displayName: hostile,
    }),
  ),
  called: fc.record({ number: fc.constantFrom('+13175550100', '+13175550105', null), raw: hostile }),
  trunk: hostile,
  verification: fc.record({
    result: fc.constantFrom('passed', 'failed', 'none'),
    attestation: fc.constantFrom('A', 'B', 'C', null),
    signer: fc.option(hostile),
    origid: fc.option(hostile),
    source: fc.constantFrom('asterisk', 'verstat', null),
  }),
  history: fc.option(fc.record({ passUntil: fc.option(fc.integer({ min: 0, max: Date.UTC(2035) })) })),
  noHistoryReason: fc.constantFrom('deadline', 'no-number', null),
});

const texts = new DecisionText();

it('whatever callers sent, the record of a call is decided as the call was, and reads back as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(facts, { minLength: 1, maxLength: 40 }), async (calls) => {
      const rows = calls.map((one) => recorded(one, policy));
      const report = await backtest(rows, fixture.rules);
      expect(report).toMatchObject({ calls: calls.length, same: calls.length, flips: 0, mismatches: 0 });
      expect(report.unreadable.lines).toBe(0);
      for (const row of rows) {
        const stored = JSON.parse(JSON.stringify(row));
        const read = recordedCall(Buffer.from(JSON.stringify(row)));
        expect(read?.facts).toEqual(stored.facts);
        expect(read?.bypassed).toBe(false);
        expect(read?.decision()?.verdict).toEqual(stored.decision.verdict);
        const { rule, verdict } = decide(row.facts, policy);
        expect(read?.wasDecided(rule, verdict, texts)).toBe(true);
      }
    }),
    { numRuns: 20 },
  );
});

it('a record in which only the verdict was altered is found to differ though the rules are the same', async () => {
  const row = recorded(callFrom('1', '+13175550140'), policy);
  const altered = {
    ...row,
    decision: { ...JSON.parse(JSON.stringify(row.decision)), verdict: { kind: 'voicemail', box: 'x' } },
  };
  const report = await backtest([row, altered], fixture.rules);
  expect(report).toMatchObject({ compared: 2, same: 1, flips: 1, mismatches: 1, harmed: 0 });
});

it('keys in another order and blanks change nothing', async () => {
  const row = JSON.parse(JSON.stringify(recorded(callFrom('1', '+12125550160'), policy)));
  const turned = JSON.stringify(Object.fromEntries(Object.entries(row).reverse()));
  const spaced = turned.replaceAll('":', '" : ');
  expect(await backtest([turned, spaced], fixture.rules)).toMatchObject({
    compared: 2,
    same: 2,
    mismatches: 0,
  });
});

it('threads count as one thread does', async () => {
  const numbers = ['+13175550140', '+12125550160', null, '+13175550180', '+13175550101'];
  const rows = Array.from({ length: 500 }, (_, at) =>
    recorded(callFrom(String(at), numbers[at % numbers.length] ?? null), policy),
  );
  const edited = fixture.edited('threads', 'policy.yaml', (text) =>
    text.replaceAll('kind: press-1', 'kind: two-digits'),
  );
  const mixed = [...rows.slice(0, 250), 'not a record', ...rows.slice(250)];
  const alone = await backtest(mixed, edited);
  const together = await backtest(mixed, edited, { threads: 2, perChunk: 40 });
  expect(together).toEqual(alone);
  expect(alone.flips).toBe(200);
  expect(alone.unreadable).toEqual({ lines: 1, first: [251] });
});

it('rules that are refused are not tried, on any thread', async () => {
  const broken = fixture.edited('broken', 'policy.yaml', (text) => text.replace('rules:', 'rulez:'));
  const rows = [recorded(callFrom('1', null), policy), recorded(callFrom('2', null), policy), 'x'];
  for (const options of [{}, { threads: 2, perChunk: 1 }])
    await expect(backtest(rows, broken, options)).rejects.toMatchObject({
      code: 'rules-refused',
      message: expect.stringMatching(/policy\.yaml:\d+:\d+: error: .*rulez/),
    });
});
