import { createHash } from 'node:crypto';
import { type CallFacts, historyWindows } from '../src/call/facts.ts';
import type { ChallengeOutcome, Outcome } from '../src/call/outcome.ts';
import { decide } from '../src/policy/decide.ts';
import type { Policy } from '../src/policy/policy.ts';
import type { CallEnd } from '../src/screening/call-record.ts';
import { outcomeOf } from '../src/screening/call-record.ts';

const regulars = 40_000;
const names = [
  'WIRELESS CALLER',
  'ACME SUPPLY CO',
  'JOHNSON MARY',
  'UNAVAILABLE',
  'TOLL FREE CALL',
  'ST VINCENT HOSP',
];

/**
 * A call as a Gatehouse with this policy would have recorded it, with as little in common as real ones have: half of the
 * callers never called before, Call-IDs and origids are random, waits and counts differ from call to call.
 */
export function recordedOutcome(index: number, now: number, policy: Policy, random: () => number): Outcome {
  const facts = factsOf(index, now, random);
  const decision = decide(facts, policy);
  const { verdict } = decision;
  const answeredMs = 20 + Math.floor(random() * 60);
  const challenge = verdict.kind === 'challenge' ? challengeOf(verdict.language, answeredMs, random) : null;
  const exitMs = (challenge?.attempts.at(-1)?.endedAtMs ?? answeredMs) + Math.floor(random() * 40);
  const timings = {
    historyMs: 1 + Math.floor(random() * 6),
    decidedMs: 2 + Math.floor(random() * 8),
    answeredMs: challenge === null ? null : answeredMs,
    exitMs,
  };
  const end: CallEnd =
    challenge?.result === 'gave-up'
      ? 'caller-hung-up'
      : {
          exit:
            verdict.kind !== 'challenge'
              ? verdict
              : challenge?.result === 'passed'
                ? verdict.passed
                : verdict.silent,
        };
  const told = outcomeOf({ facts, decision, challenge, adopted: false, timings }, end);
  return JSON.parse(JSON.stringify(told)) as Outcome;
}

function challengeOf(language: string, answeredMs: number, random: () => number): ChallengeOutcome {
  const promptAtMs = answeredMs + 90 + Math.floor(random() * 40);
  const firstHeardAtMs = promptAtMs + 1500 + Math.floor(random() * 5000);
  const kind = random();
  const right = { wanted: '1', heard: '1', result: 'right' as const };
  const first = { promptAtMs, firstHeardAtMs, endedAtMs: firstHeardAtMs + Math.floor(random() * 9) };
  if (kind < 0.7) return { kind: 'press-1', language, attempts: [{ ...right, ...first }], result: 'passed' };
  const silent = { wanted: '1', heard: '', result: 'silent' as const, firstHeardAtMs: null };
  const endedAtMs = promptAtMs + 8000 + Math.floor(random() * 900);
  const attempts = [
    { ...silent, promptAtMs, endedAtMs },
    { ...silent, promptAtMs: endedAtMs + 30, endedAtMs: endedAtMs + 8200 },
  ];
  if (kind < 0.9) return { kind: 'press-1', language, attempts, result: 'silent' };
  const left = { ...silent, result: 'hung-up' as const, promptAtMs, endedAtMs: firstHeardAtMs };
  return { kind: 'press-1', language, attempts: [left], result: 'gave-up' };
}

function factsOf(index: number, now: number, random: () => number): CallFacts {
  const id = `pbx1/${Math.floor(now / 1000)}.${index}`;
  const digest = createHash('sha256').update(id).digest('hex');
  const who = random();
  const number =
    who < 0.04 ? null : who < 0.52 ? numberOf(Math.floor(random() ** 2 * regulars)) : stranger(random);
  const signed = random();
  // As many as a large hospital has.
  const called = `317555${String(Math.floor(random() ** 2 * 10_000)).padStart(4, '0')}`;
  const counts = (most: number) => {
    let sum = 0;
    return historyWindows.map(() => {
      sum += Math.floor(random() * most);
      return sum;
    });
  };
  return {
    callId: id,
    linkedId: id.slice(5),
    sipCallId: `${digest.slice(0, 32)}@203.0.113.${index % 4}`,
    now,
    caller: {
      number,
      reason: number === null ? 'withheld' : null,
      raw: number?.slice(2) ?? 'anonymous',
      displayName: number === null ? 'Anonymous' : (names[Math.floor(random() * names.length)] ?? ''),
    },
    called: { number: `+1${called}`, raw: called },
    trunk: random() < 0.9 ? 'carrier' : 'carrier-2',
    verification:
      signed < 0.3
        ? { result: 'none', attestation: null, signer: null, origid: null, source: null }
        : {
            result: signed < 0.95 ? 'passed' : 'failed',
            attestation: signed < 0.7 ? 'A' : signed < 0.85 ? 'B' : 'C',
            signer: `https://certificates.carrier-${Math.floor(random() ** 2 * 40)}.example/shaken.pem`,
            origid: `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`,
            source: 'asterisk',
          },
    history: {
      passUntil: who > 0.4 && who < 0.52 ? now + 86_400_000 : null,
      dialedUntil: null,
      optedOut: false,
      flags: {},
      calls: counts(2),
      failedChallenges: counts(1),
      calledNumbers: counts(2),
      ...(number === null ? {} : { expected: null, exchangeCalls: counts(3) }),
      ...(signed < 0.95 && signed >= 0.3 ? { signerCalls: counts(60) } : {}),
      calledNumberCalls: counts(8),
      boardCalls: counts(200),
    },
    noHistoryReason: null,
  };
}

function numberOf(regular: number): string {
  const digest = createHash('sha256').update(`regular ${regular}`).digest();
  return `+1${areas[digest.readUInt8(0) % areas.length]}${200 + (digest.readUInt8(1) % 100)}${String(digest.readUInt16BE(2) % 10_000).padStart(4, '0')}`;
}

function stranger(random: () => number): string {
  const line = String(Math.floor(random() * 10_000)).padStart(4, '0');
  return `+1${areas[Math.floor(random() * areas.length)]}${200 + Math.floor(random() * 800)}${line}`;
}

const areas = [212, 303, 312, 317, 415, 463, 502, 513, 614, 617, 713, 765, 812, 859, 937];
