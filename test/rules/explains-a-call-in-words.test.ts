import { expect, it } from 'vitest';
import { runGatehouse } from './run-gatehouse.ts';

it('tells the verdict, the rule with its place, and why each earlier rule did not decide', async () => {
  const { exitCode, stdout } = await runGatehouse([
    ...['explain', '--from', '(317) 555-0140', '--to', '3175550100'],
    ...['--name', 'Acme\u001b[2J', '--verification', 'passed-B'],
  ]);
  expect(exitCode).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('Call from +13175550140 "Acme\uFFFD[2J" to +13175550100');
  expect(lines[1]).toBe('Verdict: connect to operators as “Customer Acme Medical Supply”');
  expect(lines[2]).toMatch(/^Rule: {4}customers \(rules\/policy\.yaml:\d+:5\)$/);
  expect(lines[3]).toBe('Because: caller in customers: yes; verification not failed (it is passed-B): yes');
  expect(stdout).toMatch(/- emergency-call-backs \(rules\/policy\.yaml:\d+:5\): caller in emergency: no\n/);
  expect(stdout).toMatch(/- staff \(.*\): caller in staff: no\n/);
});

it('gives programs the decision with the places of the rules', async () => {
  const { stdout } = await runGatehouse(['explain', '--to', '3175550105', '--withheld', '--json']);
  const explained = JSON.parse(stdout);
  expect(explained).toMatchObject({
    rule: 'withheld',
    verdict: { kind: 'challenge', challenge: 'press-1', language: 'es' },
    place: { file: 'rules/policy.yaml', column: 5 },
    facts: { caller: { number: null, reason: 'withheld' }, called: { number: '+13175550105' } },
  });
  expect(explained.trace.at(0)).toMatchObject({ rule: 'emergency-call-backs', matched: false });
  expect(explained.trace.at(-1).place.line).toBe(explained.place.line);
});

it('a caller who passed before is connected', async () => {
  const args = ['explain', '--from', '3175550199', '--to', '3175550100', '--passed-before', '--json'];
  const { stdout } = await runGatehouse(args);
  expect(JSON.parse(stdout)).toMatchObject({ rule: 'caller-with-pass', verdict: { kind: 'connect' } });
});

it('an attestation without a passed signature is refused', async () => {
  const { exitCode, stderr } = await runGatehouse(['explain', '--to', '1', '--verification', 'failed-A']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('allowed: passed-A');
});

it('broken rules explain nothing and are named', async () => {
  const rules = 'test/fixtures/broken-rules/unknown-list';
  const { exitCode, stderr } = await runGatehouse(['explain', '--to', '3175550100', '--rules', rules]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${rules}/policy.yaml:10:21: error: there is no list "custmers"`);
});
