import { describe, expect, it } from 'vitest';
import type { CallFacts } from '../../src/call/facts.ts';
import { hypotheticalHistory, readCount, readFlag } from '../../src/cli/command/hypothetical-history.ts';
import { decide } from '../../src/policy/decide.ts';
import { NumberView } from '../../src/report/access/number-view.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import {
  decisionLines,
  explanationJson,
  explanationText,
  pastCallJson,
  pastCallText,
} from '../../src/terminal/explanation-text.ts';
import { visibleJson } from '../../src/text/visible-text.ts';
import { callFrom, recorded } from '../backtest/backtest-fixture.ts';
import { compileRules } from '../policy/policy-fixture.ts';

const { policy } = compileRules(
  `  - id: known
    when: { caller: { in: customers }, verification: { not: failed } }
    then: { connect: { label: 'Customer {name}' } }
  - id: war-dialing
    when: { history: { called-numbers: { over: 4, within: 10m } }, trunk: carrier }
    then: { challenge: two-digits }
  - id: only-one
    when: { caller: { is: withheld } }
    then: voicemail
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
const forged = callFrom('1', '+13175550140', { verification: failed });

const masked = new NumberView(null);
const shown = new NumberView({ name: 'command', role: 'analyst', how: 'local', csrf: null });

describe('what nearly matched and what was not known', () => {
  it('is told with the one condition that failed; a rule of one condition is no near miss', () => {
    const decision = decide(forged, policy);
    const told = explanationJson(forged, decision, policy);
    expect(told.rule).toBe('everyone-else');
    expect(told.nearMisses.map(({ rule, holds }) => [rule, holds])).toEqual([
      ['known', 'no'],
      ['war-dialing', 'unknown'],
    ]);
    expect(told.nearMisses[0]?.failed).toContain('verification not failed');
    expect(told.nearMisses[0]?.place).toMatchObject({ file: 'rules/policy.yaml', column: 5 });
    expect(told.missingFacts.map(({ rule }) => rule)).toEqual(['war-dialing']);
    const text = explanationText(forged, decision, policy);
    expect(text).toMatch(
      /Near misses .*:\n {2}- known \(rules\/policy\.yaml:\d+:5\): verification not failed/,
    );
    expect(text).toMatch(/Facts missing.*:\n {2}- war-dialing .*not known/);
  });

  it('is not that a stranger is on no list of ours', () => {
    const stranger = callFrom('1', '+12125550160');
    const told = explanationJson(stranger, decide(stranger, policy), policy);
    expect(told.trace.find(({ rule }) => rule === 'known')?.because).toContain('caller in customers: no');
    expect(told.nearMisses.map(({ rule }) => rule)).toEqual(['war-dialing']);
  });

  it('is nothing above the deciding rule only', () => {
    const facts = callFrom('1', '+13175550140');
    expect(explanationJson(facts, decide(facts, policy), policy)).toMatchObject({
      ...{ rule: 'known', nearMisses: [], missingFacts: [] },
    });
  });
});

describe('a history that is made up', () => {
  const history = (...counts: string[]) => {
    const count = counts.reduce<ReturnType<typeof readCount>>((all, one) => readCount(one, all), []);
    return hypotheticalHistory({ count }, true, 0).history;
  };
  const decided = (facts: Partial<CallFacts>) =>
    decide({ ...callFrom('1', '+12125550160'), ...facts }, policy).rule;

  it('has what the options say in that window and longer ones, and nothing else', () => {
    expect(history('called-numbers=7/10m', 'called-numbers=9/24h')?.calledNumbers).toEqual([
      0, 7, 7, 7, 7, 9, 9, 9,
    ]);
    expect(decided({ history: history('called-numbers=5/10m') })).toBe('war-dialing');
    expect(decided({ history: history('called-numbers=5/1h') })).toBe('everyone-else');
    expect(hypotheticalHistory({ flagged: readFlag('scam=2') }, true, 0).history?.flags).toEqual({ scam: 2 });
    expect(hypotheticalHistory({ missingHistory: true }, true, 0)).toEqual({
      history: null,
      noHistoryReason: 'unavailable',
    });
  });

  it.each(['calls', 'calls=3', 'cals=3/10m', 'calls=3/61m', 'toString=3/10m'])('%s is refused', (text) => {
    expect(() => readCount(text)).toThrow('write what=count/window');
  });
});

describe('a past call', () => {
  it('under the same rules: how it ended, the rule with its place, numbers masked', () => {
    const outcome = recorded(forged, policy);
    const text = pastCallText(outcome, policy, masked);
    expect(text).toContain('Result:  connected to operators');
    expect(text).toMatch(/Rule: {4}everyone-else \(rules\/policy\.yaml:\d+:5\)/);
    expect(text).toContain('Near misses');
    expect(text).not.toContain('3175550140');
    expect(pastCallText(outcome, policy, shown)).toContain('+13175550140');
    const json = pastCallJson(outcome, policy, masked);
    expect(json).toMatchObject({
      sameRules: true,
      recorded: { rule: 'everyone-else' },
      now: { rule: 'everyone-else' },
    });
    expect(JSON.stringify(json)).not.toContain('3175550140');
  });

  it('under other rules: the recorded trace, and what the rules of now say', async () => {
    const outcome = recorded(callFrom('1', '+13175550140'), policy);
    const { policy: now } = await loadRules('rules');
    const text = pastCallText(JSON.parse(JSON.stringify(outcome)), now, masked);
    expect(text).toContain(`Rule:    known of policy ${policy.version}, which is no longer in force`);
    expect(text).toMatch(
      /By the current rules:\nVerdict: connect to operators as “Customer Acme Medical Supply”/,
    );
    expect(pastCallText(outcome, null, masked)).toContain('The current rules are refused');
  });

  it('whatever is said by others holds no number, and nothing that moves a terminal’s cursor', () => {
    const number = '3175550177';
    const facts = callFrom('1', null, {
      ...{ sipCallId: `${number}@carrier`, trunk: `to ${number}` },
      caller: { number: null, reason: 'malformed', raw: `x${number}`, displayName: `\u009b31m ${number}` },
      verification: { ...failed, signer: `call ${number}`, origid: `from ${number}` },
      history: { passUntil: null, expected: { until: 1, called: null, why: `Ann, ${number}` } },
    });
    const bypass = { reason: 'exception', detail: `no answer of ${number}` } as const;
    const outcome = recorded(facts, policy, { bypass });
    for (const text of [
      pastCallText(outcome, policy, masked),
      visibleJson(pastCallJson(outcome, policy, masked)),
    ]) {
      expect(text).not.toContain(number);
      expect(text).not.toContain('\u009b');
    }
  });

  it('that went round the screener says so', () => {
    const bypass = { reason: 'watchdog', detail: '' } as const;
    const text = pastCallText(recorded(forged, policy, { decision: null, bypass }), policy, masked);
    expect(text).toContain('bypassed screening: watchdog');
    expect(text).toContain('No rule was evaluated.');
    expect(decisionLines(forged, decide(forged, policy), policy).at(-1)).toBe(
      `Policy version ${policy.version}`,
    );
  });
});
