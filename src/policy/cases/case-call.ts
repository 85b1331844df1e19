import { DateTime } from 'luxon';
import type { CallFacts, CallHistory, Flag, HistoryWindow, Verification } from '../facts.ts';
import { historyWindows } from '../facts.ts';
import type { NumberPattern } from '../number-pattern.ts';
import { calledFacts, callerFacts } from '../phone-number.ts';
import type { Policy } from '../policy.ts';
import { ListedNumbers } from '../proof/listed-numbers.ts';
import type { WrittenCase } from './case-shape.ts';

type WrittenCall = WrittenCase['call'];
type Counts = { readonly [W in HistoryWindow]?: number | undefined };

/** A call can be made of it, or not: then why. */
export type CaseCall = { readonly facts: CallFacts } | { readonly missing: string };

const defaultTime = '2026-03-12T12:00';
const hourMs = 3_600_000;

/** The facts of a case. What it does not say is ordinary: no verification, and a history in which nothing happened. */
export function caseCall(written: WrittenCall, policy: Policy): CaseCall {
  const { settings } = policy;
  const region = settings.defaultRegion;
  const zone = written.zone ?? settings.timeZone ?? 'utc';
  const now = DateTime.fromISO(written.at ?? defaultTime, { zone }).toMillis();
  if (!Number.isFinite(now)) return { missing: `there is no time ${written.at}` };
  const from = callerNumber(written.from, policy, now);
  if (from === null) return { missing: `there is no number for from: ${JSON.stringify(written.from)}` };
  // A presentation that is restricted says withheld, whatever the number.
  const caller = callerFacts(from, 'allowed', written.name ?? '', region);
  const called = calledFacts(written.to ?? firstOf(settings.ownPatterns) ?? '', region);
  const isMissing = written.history === 'missing';
  return {
    facts: {
      callId: 'case',
      linkedId: 'case',
      sipCallId: '',
      now,
      caller,
      called,
      trunk: written.trunk ?? 'carrier',
      verification: verificationOf(written),
      history: isMissing ? null : historyOf(written, caller.number !== null, called.number, now),
      noHistoryReason: isMissing ? 'unavailable' : null,
    },
  };
}

const words: Record<string, string> = { withheld: 'anonymous', unavailable: '', malformed: '12' };

function callerNumber(from: WrittenCall['from'], policy: Policy, now: number): string | null {
  if (typeof from === 'string') {
    if (from === 'own-number') return firstOf(policy.settings.ownPatterns);
    return words[from] ?? from;
  }
  const list = policy.lists.get(from.in);
  if (!list) return null;
  const others = [...policy.lists.values()].filter(({ id }) => id !== from.in);
  for (const number of new ListedNumbers(list).sample())
    if (list.find(number, now) && !others.some((other) => other.find(number, now))) return number;
  return null;
}

function firstOf([first]: readonly NumberPattern[]): string | null {
  if (!first) return null;
  if (first.kind === 'prefix') return first.prefix.padEnd(12, '0');
  return first.kind === 'exact' ? first.number : first.from;
}

function verificationOf({ verification = 'none', signer, origid }: WrittenCall): Verification {
  const [result, attestation] = verification.split('-');
  return {
    result: result as Verification['result'],
    attestation: (attestation ?? null) as Verification['attestation'],
    signer: signer ?? null,
    origid: origid ?? null,
    source: result === 'none' ? null : 'asterisk',
  };
}

function historyOf(
  written: WrittenCall,
  hasNumber: boolean,
  called: string | null,
  now: number,
): CallHistory {
  const said = typeof written.history === 'object' ? written.history : {};
  const later = now + hourMs;
  const ofNumber = <T>(value: T): T | null => (hasNumber ? value : null);
  return {
    passUntil: said['has-pass'] ? later : null,
    dialledUntil: said.dialled ? later : null,
    expected: said.expected ? { until: later, called, why: 'case' } : null,
    calls: ofNumber(countsOf(said.calls)),
    failedChallenges: ofNumber(countsOf(said['failed-challenges'])),
    calledNumbers: ofNumber(countsOf(said['called-numbers'])),
    exchangeCalls: ofNumber(countsOf(said['exchange-calls'])),
    signerCalls: countsOf(said['signer-calls']),
    calledNumberCalls: countsOf(written.surge?.['called-number']),
    boardCalls: countsOf(written.surge?.board),
    flags: ofNumber(flagsOf(said.flagged)),
    optedOut: ofNumber(said['opted-out'] ?? false),
    campaign: written.campaign ?? null,
  };
}

/** A longer window has at least what a shorter one has. */
function countsOf(said: Counts | undefined): number[] {
  let most = 0;
  return historyWindows.map((window) => {
    most = Math.max(most, said?.[window] ?? 0);
    return most;
  });
}

function flagsOf(said: { readonly [F in Flag]?: number | undefined } = {}): {
  readonly [F in Flag]?: number;
} {
  return { sales: said.sales ?? 0, scam: said.scam ?? 0, wanted: said.wanted ?? 0 };
}
