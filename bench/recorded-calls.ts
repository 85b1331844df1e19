import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { type CallFacts, historyWindows } from '../src/call/facts.ts';
import type { ChallengeOutcome } from '../src/call/outcome.ts';
import { decide } from '../src/policy/decide.ts';
import type { Policy } from '../src/policy/policy.ts';
import type { CallEnd } from '../src/screening/call-record.ts';
import { outcomeOf } from '../src/screening/call-record.ts';
import { seeded } from '../test/fakes/seeded-random.ts';

const minuteMs = 60_000;

/** Writes outcomes as a Gatehouse with this policy would have recorded them, one a line. Returns the bytes. */
export async function writeRecordedCalls(file: string, policy: Policy, calls: number): Promise<number> {
  const random = seeded(20_260_401);
  const out = createWriteStream(file, { highWaterMark: 1 << 20 });
  const end = Date.UTC(2026, 3, 1);
  let bytes = 0;
  for (let index = 0; index < calls; index++) {
    const facts = factsOf(index, end - Math.floor(((calls - index) * 30 * 1440 * minuteMs) / calls), random);
    const line = Buffer.from(`${JSON.stringify(outcomeFor(facts, policy, random))}\n`);
    bytes += line.length;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return bytes;
}

function outcomeFor(facts: CallFacts, policy: Policy, random: () => number) {
  const decision = decide(facts, policy);
  const { verdict } = decision;
  const challenge: ChallengeOutcome | null =
    verdict.kind === 'challenge'
      ? {
          kind: verdict.challenge,
          language: verdict.language,
          attempts: [
            {
              wanted: '1',
              heard: '1',
              result: 'right',
              promptAtMs: 210,
              firstHeardAtMs: 4120,
              endedAtMs: 4125,
            },
          ],
          result: random() < 0.7 ? 'passed' : 'gave-up',
        }
      : null;
  const timings = { historyMs: 3, decidedMs: 4, answeredMs: 30, exitMs: 4130 };
  const end: CallEnd =
    challenge?.result === 'gave-up'
      ? 'caller-hung-up'
      : { exit: verdict.kind === 'challenge' ? verdict.passed : verdict };
  return outcomeOf({ facts, decision, challenge, adopted: false, timings }, end);
}

/** A morning's mix: half strangers, some returning, some listed, few withheld or malformed. */
function factsOf(index: number, now: number, random: () => number): CallFacts {
  const kind = random();
  const line = 1000 + Math.floor(random() * 9000);
  const number =
    kind < 0.04
      ? null
      : kind < 0.12
        ? `+1317555${String(120 + (line % 60)).padStart(4, '0')}`
        : `+1${areas[line % areas.length]}${200 + (index % 700)}${line}`;
  const counts = historyWindows.map((_, at) => Math.floor(random() * (at + 1)));
  return {
    callId: `bench/${Math.floor(now / 1000)}.${index}`,
    linkedId: `${Math.floor(now / 1000)}.${index}`,
    sipCallId: `${index.toString(36)}-${line}@carrier.example`,
    now,
    caller: {
      number,
      reason: number === null ? 'withheld' : null,
      raw: number?.slice(2) ?? 'anonymous',
      displayName: number === null ? 'Anonymous' : `CALLER ${line}`,
    },
    called: {
      number: `+131755501${String(line % 10).padStart(2, '0')}`,
      raw: `31755501${String(line % 10).padStart(2, '0')}`,
    },
    trunk: 'carrier',
    verification: {
      result: kind > 0.6 ? 'passed' : 'none',
      attestation: kind > 0.6 ? ((['A', 'B', 'C'] as const)[line % 3] ?? 'A') : null,
      signer: kind > 0.6 ? 'https://certs.example/shaken.pem' : null,
      origid: null,
      source: kind > 0.6 ? 'asterisk' : null,
    },
    history:
      number === null
        ? null
        : {
            passUntil: kind > 0.8 ? now + 86_400_000 : null,
            ...{ dialedUntil: null, expected: null, calls: counts, failedChallenges: counts },
            ...{ calledNumbers: counts, exchangeCalls: counts, signerCalls: null, calledNumberCalls: counts },
            ...{ boardCalls: counts, flags: {}, optedOut: false, campaign: null },
          },
    noHistoryReason: number === null ? 'no-number' : null,
  };
}

const areas = [212, 303, 312, 415, 463, 502, 617, 713, 765, 812];
