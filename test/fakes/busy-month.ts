import type { CallRecord } from '../../src/call/call-records.ts';
import type { ChallengeOutcome, Outcome } from '../../src/call/outcome.ts';
import type { Decision } from '../../src/call/verdict.ts';
import type { ChallengeResult } from '../../src/call/vocabulary.ts';
import { sampleFacts, sampleOutcome } from './sample-outcome.ts';
import { seeded } from './seeded-random.ts';

const dayMs = 86_400_000;
const languages = ['en', 'en', 'en', 'es'] as const;
const names = [
  'Jo Patient',
  'ACME MEDICAL',
  '',
  'Ana García',
  'TAX OFFICE',
  '"><img src=x onerror=alert(1)>',
  'V-Desk',
  '',
];
const signers = ['https://cr.carrier-a.example/a.pem', 'https://cr.carrier-b.example/b.pem'];

/**
 * Calls of `days` days before `until`, as a switchboard has them: busy weekday mornings, quiet nights, one burst of a campaign
 * and a few bypasses. The same each time.
 */
export function busyMonth(until: number, days: number, perDay: number): CallRecord[] {
  const random = seeded(7);
  const records: CallRecord[] = [];
  for (let at = until - days * dayMs; at < until; ) {
    const local = new Date(at);
    const isWeekend = [0, 6].includes(local.getDay());
    const hour = local.getHours();
    const busy = (isWeekend ? 0.2 : 1) * (0.08 + Math.max(0, Math.sin(((hour - 6) / 14) * Math.PI)));
    at += (-Math.log(1 - random()) * dayMs) / (perDay * 2 * busy);
    if (at < until) records.push(call(records.length, Math.round(at), random));
  }
  return records;
}

function call(index: number, now: number, random: () => number): CallRecord {
  const callId = `n1/${Math.floor(now / 1000)}.${index}`;
  const kind = random();
  const known = random() < 0.4;
  const signed = random();
  const attestation = signed < 0.3 ? 'A' : signed < 0.45 ? 'B' : signed < 0.7 ? 'C' : null;
  const facts = sampleFacts(callId, {
    now,
    caller:
      random() < 0.06
        ? { number: null, reason: 'withheld', raw: '', displayName: 'Anonymous' }
        : number(
            `+1212555${pad(Math.floor(random() * 400))}`,
            names[Math.floor(random() * names.length)] ?? '',
          ),
    called: { number: `+131755501${String(Math.floor(random() ** 2 * 10)).padStart(2, '0')}`, raw: '' },
    verification: {
      result: attestation === null ? 'none' : random() < 0.04 ? 'failed' : 'passed',
      attestation,
      signer: attestation === null ? null : (signers[index % 2] ?? null),
      origid: null,
      source: attestation === null ? null : 'asterisk',
    },
  });
  const base: Outcome = { ...sampleOutcome(callId), facts, challenge: null };
  const decision = (rule: string, change: Partial<Decision> = {}): Decision => ({
    ...(base.decision as Decision),
    rule,
    monitored: random() < 0.07 ? [{ rule: 'war-dialing', verdict: (base.decision as Decision).verdict }] : [],
    ...change,
  });
  if (kind < 0.015)
    return {
      outcome: {
        ...base,
        decision: null,
        bypass: { reason: kind < 0.01 ? 'app-absent' : 'watchdog', detail: '' },
        exit: { kind: 'connect', exit: 'operators', label: 'Not screened' },
      },
      afterExit: null,
    };
  if (kind < 0.06)
    return {
      outcome: {
        ...base,
        decision: decision('blocked', {
          verdict: { kind: 'reject', sip: 607, announcement: 'redress', language: 'en' },
        }),
        exit: { kind: 'reject', sip: 607 },
      },
      afterExit: null,
    };
  if (known)
    return {
      outcome: {
        ...base,
        decision: decision(random() < 0.5 ? 'customers' : 'caller-with-pass', {
          verdict: { kind: 'connect', exit: 'operators', label: 'Customer Acme' },
          listedName: 'Acme',
        }),
        exit: { kind: 'connect', exit: 'operators', label: 'Customer Acme' },
        timings: { historyMs: 3, decidedMs: 4, answeredMs: null, exitMs: 12 },
      },
      afterExit: { answeredMs: 4000 + random() * 9000, talkMs: random() * 400_000, cause: 16 },
    };
  return { outcome: challenged(base, decision('everyone-else'), random), afterExit: null };
}

function challenged(base: Outcome, decision: Decision, random: () => number): Outcome {
  const dice = random();
  const result: ChallengeResult =
    dice < 0.55 ? 'passed' : dice < 0.6 ? 'failed' : dice < 0.86 ? 'silent' : 'gave-up';
  const language = languages[Math.floor(random() * 4)] ?? 'en';
  const ended =
    result === 'gave-up'
      ? 800 + random() ** 2 * 14_000
      : result === 'passed'
        ? 3000 + random() * 4000
        : 13_000;
  const attempt = { wanted: '1', promptAtMs: 210, endedAtMs: Math.round(ended) + 210 };
  const challenge: ChallengeOutcome = {
    ...{ kind: 'press-1', language, result },
    attempts:
      result === 'passed'
        ? [{ ...attempt, heard: '1', result: 'right', firstHeardAtMs: attempt.endedAtMs }]
        : result === 'failed'
          ? [
              { ...attempt, heard: '5', result: 'wrong', firstHeardAtMs: 4000, endedAtMs: 4010 },
              {
                wanted: '1',
                promptAtMs: 4300,
                heard: '7',
                result: 'wrong',
                firstHeardAtMs: 9000,
                endedAtMs: 9010,
              },
            ]
          : [
              {
                ...attempt,
                heard: '',
                result: result === 'silent' ? 'silent' : 'hung-up',
                firstHeardAtMs: null,
              },
            ],
  };
  const exit: Outcome['exit'] =
    result === 'passed'
      ? { kind: 'connect', exit: 'operators', label: `Passed: ${base.facts.caller.displayName}` }
      : result === 'gave-up'
        ? { kind: 'none', reason: 'caller-hung-up' }
        : { kind: 'voicemail', box: 'general' };
  const exitMs = Math.max(...challenge.attempts.map(({ endedAtMs }) => endedAtMs)) + 15;
  return {
    ...base,
    decision,
    challenge,
    exit,
    timings: { historyMs: 3, decidedMs: 4, answeredMs: 35, exitMs },
  };
}

function number(e164: string, displayName: string): Outcome['facts']['caller'] {
  return { number: e164, reason: null, raw: e164.slice(2), displayName };
}

function pad(n: number): string {
  return String(n).padStart(4, '0');
}
