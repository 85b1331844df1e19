import type { CallFacts, Verification } from '../src/call/facts.ts';
import { seeded } from '../test/fakes/seeded-random.ts';
import { anyDigits, listedDigits } from './policy-numbers.ts';
import { type BenchRule, trunks } from './policy-rules.ts';

const now = Date.UTC(2026, 2, 12, 12);
const names = [
  'Jo Caller',
  'ANN EXAMPLE',
  'Free warranty offer',
  'Northside Practice',
  '',
  'Solar survey 22',
];

export const customerCount = 50_000;

/** Customers are numbers that the big list does not have. */
export function customerDigits(i: number): string {
  return listedDigits(10_000_000 + i);
}

/**
 * Calls as a board gets them: six in ten from numbers nobody knows, the others from the block list, customers, watched
 * exchanges, our own block, or without a number; all mixed, each with facts of its own.
 */
export function benchCalls(
  count: number,
  seed: number,
  listed: number,
  rules: readonly BenchRule[],
): CallFacts[] {
  const random = seeded(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const exchanges = rules.flatMap(({ callerPrefix }) => callerPrefix ?? []);
  const four = () => String(Math.floor(random() * 10_000)).padStart(4, '0');
  const caller = (): string | null => {
    const kind = random();
    if (kind < 0.6) return `+1${anyDigits(random)}`;
    if (kind < 0.72) return `+1${listedDigits(Math.floor(random() * listed))}`;
    if (kind < 0.85) return `+1${customerDigits(Math.floor(random() * customerCount))}`;
    if (kind < 0.9) return `${pick(exchanges)}${four()}`;
    return kind < 0.93 ? `+1317555${String(100 + Math.floor(random() * 900)).padStart(4, '0')}` : null;
  };
  return Array.from({ length: count }, (_, i): CallFacts => {
    const number = caller();
    const called = `+1317555${String(100 + Math.floor(random() * 900)).padStart(4, '0')}`;
    return {
      callId: `bench/${seed}.${i}`,
      linkedId: `${seed}.${i}`,
      sipCallId: '',
      now: now + i,
      caller: {
        number,
        reason: number === null ? 'withheld' : null,
        raw: number ?? '',
        displayName: pick(names),
      },
      called: { number: called, raw: called },
      trunk: pick(trunks),
      verification: verification(random()),
      history: number === null ? null : { passUntil: random() < 0.15 ? now + 1e9 : null },
      noHistoryReason: number === null ? 'no-number' : null,
    };
  });
}

function verification(of: number): Verification {
  const rest = { signer: null, origid: null };
  if (of < 0.3) return { result: 'none', attestation: null, source: null, ...rest };
  if (of < 0.4) return { result: 'failed', attestation: null, source: 'asterisk', ...rest };
  const attestation = of < 0.7 ? 'A' : of < 0.85 ? 'B' : 'C';
  return { result: 'passed', attestation, source: 'asterisk', ...rest };
}
