import { afterEach, beforeEach, expect, test } from 'vitest';
import { decide } from '../../../src/policy/decide.ts';
import { explained } from '../../../src/policy/explanation.ts';
import { maskedNumbers, PageNumbers } from '../../../src/report/web/page-numbers.ts';
import { explainCallPage } from '../../../src/report/web/pages/explain-call.ts';
import { callFrom, recorded } from '../../backtest/backtest-fixture.ts';
import { sampleOutcome } from '../../fakes/sample-outcome.ts';
import { compileRules } from '../../policy/policy-fixture.ts';
import { type PageFixture, pageFixture, record } from './page-fixture.ts';

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture([record('one')]);
});
afterEach(() => fixture.app.close());

const text = (body: string) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const page = async (id: string) => fixture.get(`/calls/explain?id=${encodeURIComponent(id)}`);

test('the page of a call leads to it, and back', async () => {
  const { body } = await fixture.get('/calls/n1/one');
  const [, address = ''] = /href="(\/calls\/explain\?[^"]+)"/.exec(body) ?? [];
  const explanation = await fixture.get(address);
  expect(explanation.status).toBe(200);
  expect(explanation.body).toContain('href="/calls/n1/one"');
});

test('under the policy that decided it: verdict with its ways, the rule with its place, each rule with its reason', async () => {
  const said = text((await page('n1/one')).body);
  expect(said).toContain('Decided by policy 5f2d7c1b9a3e, which is still in force');
  expect(said).toContain('Rule everyone-else policy.yaml:42 Reason no rule above knows this caller');
  expect(said).toContain('If failed take a message in mailbox main');
  expect(said).toContain('customers policy.yaml:42 no caller in customers: no');
  expect(said).toContain('None: every other rule had several conditions');
});

test('under another: what was said then, and what the policy in force makes of it', async () => {
  const { decision } = sampleOutcome('n1/old');
  fixture.records.add(
    record('old', { decision: decision && { ...decision, policyVersion: 'aaaaaaaaaaaa' } }),
  );
  fixture.records.add(record('round', { decision: null }));
  const old = text((await page('n1/old')).body);
  expect(old).toContain('rule everyone-else of policy aaaaaaaaaaaa decided: challenge with press 1');
  expect(old).toContain('Rule decided-today');
  expect(text((await page('n1/round')).body)).toContain('No rule was evaluated when the call arrived.');
});

test('a rule that nearly matched is told with what it wanted, and what nobody knew, by real rules', () => {
  const { policy } = compileRules(
    `  - id: known
    about: Customers whose number is not forged.
    when: { caller: { in: customers }, verification: { not: failed } }
    then: connect
  - id: war-dialing
    when: { history: { called-numbers: { over: 4, within: 10m } }, trunk: carrier }
    then: { challenge: two-digits }
`,
    { 'customers.csv': 'number,name\n+1 317 555 0140,Acme\n' },
  );
  if (policy === null) throw new Error('the rules of this test are refused');
  const failed = {
    result: 'failed',
    attestation: null,
    signer: null,
    origid: null,
    source: 'asterisk',
  } as const;
  const facts = callFrom('1', '+13175550140', { verification: failed });
  const explanation = explained(facts, decide(facts, policy), policy);
  const shown = explainCallPage(
    recorded(facts, policy),
    explanation,
    new PageNumbers(maskedNumbers),
  ).toString();
  expect(text(shown)).toMatch(/known policy\.yaml:\d+ verification not failed \(it is failed\): no/);
  expect(text(shown)).toMatch(/Missing information .*war-dialing .*not known/);
  expect(shown).not.toContain('3175550140');
});

test('who knows no such call, or names none, is told so', async () => {
  expect((await page('n1/none')).status).toBe(404);
  const none = await fixture.app.inject('/calls/explain');
  expect([none.statusCode, none.headers.location]).toEqual([302, '/calls']);
});

test('a caller by pseudonym: what the number is asked for is said not to hold', async () => {
  const { facts } = sampleOutcome('n1/p');
  const number = 'p_abcdefghijklmnopqrstuv';
  fixture.records.add(record('p', { facts: { ...facts, caller: { ...facts.caller, number } } }));
  expect(text((await page('n1/p')).body)).toContain('number is stored as a pseudonym');
});
