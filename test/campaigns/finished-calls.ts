import type { CallFacts } from '../../src/call/facts.ts';
import type { ChallengeOutcome, Outcome } from '../../src/call/outcome.ts';
import type { CampaignDetector } from '../../src/campaigns/campaign-detector.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

export const minuteMs = 60_000;
export const dayMs = 86_400_000;
export const monday = Date.UTC(2026, 10, 23, 14);

/** What one finished call is like. */
export interface Finished {
  readonly at: number;
  readonly caller?: string | null;
  readonly name?: string;
  readonly called?: string;
  /** `signer/origid`, signed C; left out: unsigned. */
  readonly signed?: readonly [signer: string, origid: string];
  readonly does: 'passes' | 'is-silent' | 'hangs-up' | 'presses-wrong';
  /** Into the prompt, ms. */
  readonly afterMs?: number;
  readonly known?: true;
  readonly talkMs?: number;
}

let calls = 0;

export function factsOf({ at, caller, name = '', called, signed }: Omit<Finished, 'does'>): CallFacts {
  const number = caller === undefined ? `+1${2_000_000_000 + ((calls * 7_919_113) % 7_000_000_000)}` : caller;
  return sampleFacts(`n1/${++calls}`, {
    now: at,
    caller: { number, reason: number === null ? 'withheld' : null, raw: number ?? '', displayName: name },
    called: { number: called ?? '+13175550100', raw: '' },
    verification:
      signed === undefined
        ? { result: 'none', attestation: null, signer: null, origid: null, source: null }
        : {
            ...{ result: 'passed', attestation: 'C', source: 'asterisk' },
            ...{ signer: `https://${signed[0]}/a.pem`, origid: signed[1] },
          },
  });
}

/** Its outcome. */
export function finishedCall(call: Finished): Outcome {
  const facts = factsOf(call);
  const { does, afterMs = 6000, known } = call;
  const base = sampleOutcome(facts.callId, { facts });
  return {
    ...base,
    decision: base.decision && { ...base.decision, ...(known && { known }) },
    challenge: known ? null : challengeOf(does, afterMs),
  };
}

export function see(detector: CampaignDetector, call: Finished): void {
  const { talkMs } = call;
  const afterExit = talkMs === undefined ? null : { answeredMs: 9000, talkMs, cause: 16 };
  detector.see(finishedCall(call), afterExit);
}

function challengeOf(does: Finished['does'], afterMs: number): ChallengeOutcome {
  const [result, attempt, heard] = (
    {
      passes: ['passed', 'right', '1'],
      'is-silent': ['silent', 'silent', ''],
      'hangs-up': ['gave-up', 'hung-up', ''],
      'presses-wrong': ['failed', 'wrong', '7'],
    } as const
  )[does];
  const endedAtMs = 210 + afterMs;
  return {
    ...{ kind: 'press-1', language: 'en', result },
    attempts: [
      {
        ...{ wanted: '1', heard, result: attempt, promptAtMs: 210, endedAtMs },
        firstHeardAtMs: heard === '' ? null : endedAtMs,
      },
    ],
  };
}

/** People of some days: what a detector needs to know what is usual. A few signers, many exchanges, some do not pass. */
export function seePeople(
  detector: CampaignDetector,
  from: number,
  count: number,
  random: () => number,
): void {
  for (let person = 0; person < count; person++) {
    const at = from + (person * 3 * dayMs) / count;
    const dice = random();
    see(detector, {
      ...{ at, caller: `+1317${String(2_000_000 + Math.floor(random() * 7_999_999))}` },
      called:
        random() < 0.5
          ? '+13175550100'
          : `+131755501${String(1 + Math.floor(random() * 40)).padStart(2, '0')}`,
      ...(random() < 0.7 && {
        signed: [`mobile-${Math.floor(random() * 3)}.example`, `o${Math.floor(random() * 30)}`],
      }),
      does: dice < 0.85 ? 'passes' : dice < 0.93 ? 'is-silent' : 'hangs-up',
      afterMs: 800 + random() * 8000,
    });
  }
}
