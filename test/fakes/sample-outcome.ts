import type { CallFacts } from '../../src/call/facts.ts';
import type { Outcome } from '../../src/call/outcome.ts';

export const sampleArrival = Date.UTC(2026, 2, 2, 9, 30);

export function sampleFacts(callId: string, changes: Partial<CallFacts> = {}): CallFacts {
  return {
    callId,
    linkedId: callId.replace('n1/', ''),
    sipCallId: `${callId}@carrier.example`,
    now: sampleArrival,
    caller: {
      number: '+13175550123',
      reason: null,
      raw: '3175550123',
      displayName: 'ANN, "ACME" ${EXTEN} \ud83d\ude00',
    },
    called: { number: '+13175550000', raw: '3175550000' },
    trunk: 'carrier',
    verification: { result: 'none', attestation: null, signer: null, origid: null, source: null },
    history: { passUntil: null },
    noHistoryReason: null,
    ...changes,
  };
}

/** A caller who passed press-1 at the first attempt. */
export function sampleOutcome(callId: string, changes: Partial<Outcome> = {}): Outcome {
  const passed = { kind: 'connect', exit: 'operators', label: 'Passed: {caller}' } as const;
  return {
    schema: 1,
    callId,
    node: 'n1',
    facts: sampleFacts(callId),
    decision: {
      verdict: {
        kind: 'challenge',
        challenge: 'press-1',
        attempts: 2,
        digitTimeoutMs: 6000,
        language: 'en',
        passed,
        failed: { kind: 'voicemail', box: 'main' },
        silent: { kind: 'voicemail', box: 'main' },
        passForMs: 2_592_000_000,
        earlyMedia: false,
      },
      rule: 'everyone-else',
      reason: 'no rule above knows this caller',
      policyVersion: '5f2d7c1b9a3e',
      trace: ['emergency', 'blocked', 'staff', 'customers', 'anonymous', 'everyone-else'].map((rule) => ({
        rule,
        mode: 'enforce',
        matched: rule === 'everyone-else',
        because: rule === 'everyone-else' ? 'no condition' : `caller in ${rule}: no`,
      })),
      monitored: [],
      listedName: null,
    },
    challenge: {
      kind: 'press-1',
      language: 'en',
      attempts: [
        { wanted: '1', heard: '1', result: 'right', promptAtMs: 210, firstHeardAtMs: 4120, endedAtMs: 4125 },
      ],
      result: 'passed',
    },
    exit: { ...passed, label: 'Passed: 3175550123' },
    bypass: null,
    adopted: false,
    timings: { historyMs: 3, decidedMs: 4, answeredMs: 30, exitMs: 4130 },
    ...changes,
  };
}
