import type { CallFacts } from '../../src/call/facts.ts';
import type { ChallengeOutcome, Exit, Outcome } from '../../src/call/outcome.ts';
import { sampleFacts, sampleOutcome } from './sample-outcome.ts';

const pick = <T>(random: () => number, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;

const displayNames = ['', 'ANN BAKER', '=cmd', 'Praxis \u00d6zil'];

/** Calls that differ in everything that can be looked for. `now`: epoch ms. */
export function variedOutcome(index: number, now: number, random: () => number): Outcome {
  const callId = `n1/${Math.floor(now / 1000)}.${index}`;
  const number =
    random() < 0.1 ? null : `+1317555${String(100 + Math.floor(random() * 40)).padStart(4, '0')}`;
  const result = pick(random, ['passed', 'failed', 'none'] as const);
  const called = random() < 0.05 ? null : `+1317666${String(Math.floor(random() * 30)).padStart(4, '0')}`;
  const facts: CallFacts = sampleFacts(callId, {
    now,
    sipCallId: `${Math.floor(random() * 1e9).toString(36)}${index}@10.0.0.1`,
    caller: {
      number,
      reason: number === null ? 'withheld' : null,
      raw: number?.slice(2) ?? 'anonymous',
      displayName: displayNames[index % displayNames.length] ?? '',
    },
    called: { number: called, raw: called ?? 'lobby' },
    verification: {
      result,
      attestation: result === 'none' ? null : pick(random, ['A', 'B', 'C'] as const),
      signer: result === 'none' ? null : `https://sti.example/${Math.floor(random() * 5)}.pem`,
      origid: null,
      source: result === 'none' ? null : 'asterisk',
    },
    history: { passUntil: null, campaign: random() < 0.02 ? `c-${Math.floor(random() * 3)}` : null },
  });
  const timings = { historyMs: 3, decidedMs: 4, answeredMs: 30, exitMs: 4130 + ((index * 7919) % 30_000) };
  const sample = sampleOutcome(callId, { facts, timings });
  const kind = pick(random, ['connect', 'challenge', 'voicemail', 'bypass'] as const);
  if (kind === 'bypass')
    return {
      ...sample,
      decision: null,
      challenge: null,
      bypass: { reason: pick(random, ['watchdog', 'app-absent', 'draining'] as const), detail: '' },
      exit: { kind: 'connect', exit: 'operators', label: null },
    };
  const rule = pick(random, ['emergency', 'customers', 'everyone-else', 'war-dialing']);
  const monitored =
    random() < 0.1 ? [{ rule: 'watched', verdict: { kind: 'voicemail', box: 'main' } as const }] : [];
  const known = index % 53 === 0 && ({ known: true } as const);
  const decision = sample.decision && { ...sample.decision, rule, monitored, ...known };
  if (kind === 'challenge') {
    const ended = pick(random, ['passed', 'failed', 'silent', 'gave-up'] as const);
    const exit: Exit =
      ended === 'passed'
        ? { kind: 'connect', exit: 'operators', label: null }
        : ended === 'gave-up'
          ? { kind: 'none', reason: 'caller-hung-up' }
          : { kind: 'voicemail', box: 'main' };
    return { ...sample, decision, challenge: challengeOf(ended, random), exit };
  }
  const verdict =
    kind === 'connect'
      ? ({ kind: 'connect', exit: 'operators', label: null } as const)
      : ({ kind: 'voicemail', box: 'main' } as const);
  return { ...sample, decision: decision && { ...decision, verdict }, challenge: null, exit: verdict };
}

function challengeOf(result: ChallengeOutcome['result'], random: () => number): ChallengeOutcome {
  const last = { passed: 'right', failed: 'wrong', silent: 'silent', 'gave-up': 'hung-up' } as const;
  const endedAtMs = 210 + Math.floor(random() * 9000);
  return {
    kind: 'press-1',
    language: pick(random, ['en', 'es']),
    attempts: [
      { wanted: '1', heard: '', result: last[result], promptAtMs: 210, firstHeardAtMs: null, endedAtMs },
    ],
    result,
  };
}
