import { describe, expect, it } from 'vitest';
import type { CallFacts, CallHistory } from '../../src/call/facts.ts';
import { decide } from '../../src/policy/decide.ts';
import { callFrom, noon, noVerification, passed, policyAsking } from './policy-fixture.ts';

/** Windows: 5m, 10m, 30m, 1h, 6h, 24h, 7d, 30d. */
const counts = [0, 5, 5, 6, 7, 8, 9, null];
const failed = { ...noVerification, result: 'failed', source: 'asterisk' } as const;

function calling(history: Partial<CallHistory>, changes: Partial<CallFacts> = {}): CallFacts {
  return callFrom('3175550199', { history: { passUntil: null, ...history }, ...changes });
}

function asked(when: string, facts: CallFacts) {
  const decision = decide(facts, policyAsking(when, { 'decoys.txt': '+13175550109\n' }));
  return { matches: decision.rule === 'asked', because: decision.trace[0]?.because ?? '' };
}

describe('a condition on the history matches exactly what it asks for', () => {
  const later = { until: noon + 1, why: 'results' };
  it.each<[string, CallFacts, CallFacts]>([
    ['{ history: { dialed: true } }', calling({ dialedUntil: noon + 1 }), calling({ dialedUntil: noon })],
    ['{ history: { dialed: false } }', calling({ dialedUntil: null }), calling({ dialedUntil: noon + 1 })],
    [
      '{ history: { expected: true } }',
      calling({ expected: { ...later, called: '+13175550100' } }),
      calling({ expected: { ...later, called: '+13175550101' } }),
    ],
    [
      '{ history: { expected: true } }',
      calling({ expected: { ...later, called: null } }),
      calling({ expected: { ...later, called: null } }, { verification: failed }),
    ],
    [
      '{ history: { expected: true } }',
      calling({ expected: { ...later, called: null } }),
      calling({ expected: { ...later, called: null, until: noon } }),
    ],
    [
      '{ history: { calls: { over: 4, within: 10m } } }',
      calling({ calls: counts }),
      calling({ calls: [5, 4, 4, 4] }),
    ],
    [
      '{ history: { failed-challenges: { over: 5, within: 1h } } }',
      calling({ failedChallenges: counts }),
      calling({ failedChallenges: [0, 0, 0, 5] }),
    ],
    [
      '{ history: { called-numbers: { over: 4, within: 10m } } }',
      calling({ calledNumbers: counts }),
      calling({ calledNumbers: [4, 4] }),
    ],
    [
      '{ history: { exchange-calls: { over: 0, within: 30m } } }',
      calling({ exchangeCalls: counts }),
      calling({ exchangeCalls: [0, 0, 0] }),
    ],
    [
      '{ history: { signer-calls: { over: 8, within: 7d } } }',
      calling({ signerCalls: counts }),
      calling({ signerCalls: [0, 0, 0, 0, 0, 0, 8] }),
    ],
    [
      '{ surge: { called-number: { over: 4, within: 10m } } }',
      calling({ calledNumberCalls: counts }),
      calling({ calledNumberCalls: [0, 0] }),
    ],
    [
      '{ surge: { board: { over: 6, within: 6h } } }',
      calling({ boardCalls: counts }),
      calling({ boardCalls: [9, 9, 9, 9, 6] }),
    ],
    ['{ history: { flagged: scam } }', calling({ flags: { scam: 1 } }), calling({ flags: { sales: 9 } })],
    [
      '{ history: { flagged: { as: [sales, scam], over: 2 } } }',
      calling({ flags: { scam: 1, sales: 2 } }),
      calling({ flags: { scam: 2 } }),
    ],
    ['{ history: { opted-out: true } }', calling({ optedOut: true }), calling({ optedOut: false })],
    ['{ history: { opted-out: false } }', calling({ optedOut: false }), calling({ optedOut: true })],
    [
      '{ history: { decoys: { over: 1, within: 24h } } }',
      calling({ decoys: [0, 0, 0, 0, 0, 2] }),
      calling({ decoys: [0, 0, 0, 0, 0, 1] }),
    ],
    ...(
      [
        ['exchange-failed', 'exchangeFailed'],
        ['exchange-passed', 'exchangePassed'],
        ['exchange-decoy-calls', 'exchangeDecoyCalls'],
        ['signer-failed', 'signerFailed'],
        ['signer-passed', 'signerPassed'],
        ['signer-decoy-calls', 'signerDecoyCalls'],
        ['origid-failed', 'origidFailed'],
        ['origid-passed', 'origidPassed'],
      ] as const
    ).map(([key, field]): [string, CallFacts, CallFacts] => [
      `{ history: { ${key}: { over: 5, within: 1h } } }`,
      calling({ [field]: counts }),
      calling({ [field]: [9, 9, 9, 5] }),
    ]),
    [
      '{ history: { weaker-verification: true } }',
      calling({ verified: { A: 41, none: 2 } }),
      calling({ verified: { A: 41, none: 2 } }, { verification: passed('A') }),
    ],
    [
      '{ history: { weaker-verification: false } }',
      calling({ verified: { none: 43 } }),
      calling({ verified: { B: 43 } }, { verification: failed }),
    ],
    ['{ history: { heard: tty } }', calling({ heard: { tty: 1 } }), calling({ heard: { fax: 3 } })],
    ['{ history: { heard: [tty, fax] } }', calling({ heard: { fax: 1 } }), calling({ heard: {} })],
    ['{ campaign: true }', calling({ campaign: 'c1' }), calling({ campaign: null })],
    ['{ campaign: false }', calling({ campaign: null }), calling({ campaign: 'c1' })],
    ['{ campaign: [c1, c2] }', calling({ campaign: 'c2' }), calling({ campaign: 'c3' })],
    [
      '{ not: { history: { calls: { over: 4, within: 10m } } }, trunk: carrier }',
      calling({ calls: [0, 4] }),
      calling({ calls: [0, 5] }),
    ],
  ])('%s', (when, matching, other) => {
    expect(asked(when, matching).matches).toBe(true);
    expect(asked(when, other).matches).toBe(false);
  });
});

describe('what the history does not tell is neither yes nor no, and the trace names it', () => {
  it.each<[string, string]>([
    ['history: { dialed: true }', 'we dialed the caller: not in the history'],
    ['history: { expected: false }', 'caller is expected: not in the history'],
    ['history: { calls: { over: 0, within: 30d } }', 'calls of this number: not in the history'],
    ['history: { called-numbers: { over: 4, within: 10m } }', 'different numbers called by this number'],
    ['history: { flagged: wanted }', 'flags of this number: not in the history'],
    ['history: { opted-out: false }', 'opting out of this number: not in the history'],
    ['surge: { board: { over: 1, within: 5m } }', 'calls to the whole board: not in the history'],
    ['campaign: false', 'campaign of this call: not in the history'],
    ['history: { weaker-verification: true }', 'usual verification of this number: not in the history'],
    ['history: { weaker-verification: false }', 'usual verification of this number: not in the history'],
    ['history: { heard: [fax, tty] }', 'tones heard of this number: not in the history'],
    ['history: { decoys: { over: 1, within: 24h } }', 'different decoys called by this number'],
    ['history: { origid-failed: { over: 1, within: 1h } }', 'failed challenges of this signer and origid'],
  ])('%s', (when, missing) => {
    const empty = calling({ calls: counts, flags: null, optedOut: null });
    for (const written of [`{ ${when} }`, `{ not: { ${when} } }`]) {
      const { matches, because } = asked(written, empty);
      expect(matches).toBe(false);
      expect(because).toContain('not known');
      expect(because).toContain(missing);
    }
    const lost = callFrom('3175550199', { history: null, noHistoryReason: 'deadline' });
    expect(asked(`{ ${when} }`, lost)).toMatchObject({ matches: false });
    expect(asked(`{ ${when} }`, lost).because).toContain('the history was not read in time');
  });

  it('a caller without a number was not dialed and is not expected; its calls are not known', () => {
    const nobody = { ...callFrom('anonymous'), history: { passUntil: null } };
    expect(asked('{ history: { dialed: false, expected: false } }', nobody).matches).toBe(true);
    expect(asked('{ history: { calls: { over: 0, within: 1h } } }', nobody).because).toContain(
      'there is no caller number',
    );
  });

  it('the count stands in the trace', () => {
    expect(
      asked('{ history: { calls: { over: 4, within: 10m } } }', calling({ calls: counts })).because,
    ).toBe('calls of this number over 4 within 10m: yes (it is 5)');
  });
});

it('`yes` is no campaign: YAML 1.2 reads it as a word, which would match nothing', () => {
  for (const word of ['yes', 'No', 'on'])
    expect(() => policyAsking(`{ campaign: ${word} }`)).toThrow('campaign');
});
