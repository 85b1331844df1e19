import type { CountDimension } from '../screening/call-records.ts';
import type { Outcome } from '../screening/outcome.ts';
import { whereabouts } from '../screening/whereabouts.ts';

/** Dimensions in which results of challenges are counted too. */
export const harmDimensions = ['language', 'called', 'attestation'] as const;
export type HarmDimension = (typeof harmDimensions)[number];

/** What has counts of its own in Redis: a hash for each. `monitored-verdict`: `<verdict>|<rule>` of what was monitored. */
export type Counted = CountDimension | 'monitored-verdict' | `harm-${HarmDimension}`;

/**
 * How many values are told apart in a day and shard; seldom ones above that are counted together as `other`. What a caller
 * or carrier chooses (exchange, called number, signer) could otherwise fill Redis.
 */
export const mostValues: Readonly<Record<Counted, number>> = {
  where: 8,
  rule: 1024,
  monitored: 1024,
  verdict: 8,
  challenge: 8,
  bypass: 16,
  verification: 4,
  attestation: 4,
  signer: 128,
  called: 1024,
  exchange: 128,
  language: 32,
  'quit-second': 64,
  policy: 64,
  'monitored-verdict': 1024,
  'harm-language': 32,
  'harm-called': 1024,
  'harm-attestation': 4,
};

export const allCounted = Object.keys(mostValues) as readonly Counted[];

export interface Count {
  readonly in: Counted;
  readonly value: string;
  /** Byte by which its calls are told apart: the UTC hour; where harm is counted, 24 for each result before, too. */
  readonly cell: number;
  readonly mostValues: number;
}

export const longestValue = 200;
export const hoursOfDay = 24;

/** In the order of the cells; only ever added to at the end. */
export const challengeResults = ['passed', 'failed', 'silent', 'gave-up'] as const;

/** What one call adds one to. `exchange`: of its caller; null: none. */
export function countsOf(outcome: Outcome, exchange: string | null): Count[] {
  const { facts, decision, challenge, bypass } = outcome;
  const { verification } = facts;
  const attestation = verification.attestation ?? 'none';
  const called = facts.called.number ?? 'none';
  const hour = new Date(facts.now).getUTCHours();
  const result = challenge === null ? -1 : challengeResults.indexOf(challenge.result);
  const harmed = (value: string | undefined) => (result < 0 ? null : value);
  const values: Record<Counted, string | readonly string[] | null | undefined> = {
    where: whereabouts(outcome),
    rule: decision?.rule,
    monitored: decision === null ? null : [...new Set(decision.monitored.map(({ rule }) => rule))],
    verdict: decision?.verdict.kind ?? 'none',
    challenge: challenge?.result,
    bypass: bypass?.reason,
    verification: verification.result,
    attestation,
    signer: verification.signer,
    called,
    exchange,
    language: challenge?.language,
    'quit-second': quitSecond(outcome),
    policy: decision?.policyVersion,
    'monitored-verdict': decision?.monitored.map(({ rule, verdict }) => `${verdict.kind}|${rule}`),
    'harm-language': harmed(challenge?.language),
    'harm-called': harmed(called),
    'harm-attestation': harmed(attestation),
  };
  return allCounted.flatMap((counted) => {
    const found = values[counted];
    const list = typeof found === 'string' ? [found] : (found ?? []);
    return list.map((value) => ({
      in: counted,
      value: value.slice(0, longestValue).toWellFormed(),
      cell: counted.startsWith('harm-') ? result * hoursOfDay + hour : hour,
      mostValues: mostValues[counted],
    }));
  });
}

/** Whole seconds after the last prompt began at which the caller gave up; at most a minute. */
function quitSecond({ challenge }: Outcome): string | null {
  const last = challenge?.attempts.at(-1);
  if (challenge?.result !== 'gave-up' || last === undefined) return null;
  return String(Math.max(0, Math.min(60, Math.floor((last.endedAtMs - last.promptAtMs) / 1000))));
}
