import { dispositionOf } from '../../src/call/disposition.ts';
import { campaignOf } from '../../src/call/facts.ts';
import { type MissedPeople, type MissedPerson, nearMs } from '../../src/call/impact/missed-people.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import type { CallImpact } from '../../src/call/vocabulary.ts';

interface Harm {
  readonly again: boolean;
  readonly reachedAt: number | null;
}

/** Calls of people possibly harmed, each looked at by itself among all that are recorded: what the adapters are held to. */
export function harmedCalls(all: readonly Outcome[]): ReadonlyMap<Outcome, Harm> {
  const found = new Map<Outcome, Harm>();
  for (const own of Map.groupBy(all, ({ facts }) => facts.caller.number).values())
    for (const call of own.filter(isMissed)) {
      const harm = harmOf(call, own);
      if (harm !== null) found.set(call, harm);
    }
  return found;
}

export function impactOf(call: Outcome, harmed: ReadonlyMap<Outcome, Harm>): CallImpact {
  if (isReached(call)) return 'reached';
  if (harmed.has(call)) return 'harmed';
  return isNotPassed(call) || dispositionOf(call) === 'rejected' ? 'stopped' : 'other';
}

/** @param within the calls of the range, newest first @param harmed of all that are recorded */
export function peopleOf(
  within: readonly Outcome[],
  harmed: ReadonlyMap<Outcome, Harm>,
): Omit<MissedPeople, 'next'> {
  const calls = within.filter((call) => harmed.has(call));
  const people = [...Map.groupBy(calls, ({ facts }) => facts.caller.number ?? '')]
    .map(([caller, own]) => personOf(caller, own, harmed))
    .sort((a, b) => b.lastAt - a.lastAt || (a.callId < b.callId ? -1 : 1));
  const callers = new Set(within.filter(isMissed).map(({ facts }) => facts.caller.number));
  return { people, all: people.length, calls: calls.length, callers: callers.size };
}

function harmOf(call: Outcome, own: readonly Outcome[]): Harm | null {
  const { facts, challenge, decision } = call;
  const isNear = (other: Outcome) => Math.abs(other.facts.now - facts.now) <= nearMs;
  const again = own.some((other) => other !== call && isMissed(other) && isNear(other));
  const later = own
    .filter((other) => dispositionOf(other) === 'connected' && other.facts.now > facts.now && isNear(other))
    .map((other) => other.facts.now);
  const reachedAt = later.length === 0 ? null : Math.min(...later);
  const isTelling = challenge?.result !== 'silent' || again;
  const isPerson = decision?.known === true || (isSigned(call) && isTelling) || reachedAt !== null;
  return isPerson ? { again, reachedAt } : null;
}

/** @param own newest first */
function personOf(caller: string, own: readonly Outcome[], harmed: ReadonlyMap<Outcome, Harm>): MissedPerson {
  const [newest] = own;
  if (newest?.challenge === undefined || newest.challenge === null) throw new Error('nothing was missed');
  const harms = own.flatMap((call) => harmed.get(call) ?? []);
  const reached = harms.flatMap(({ reachedAt }) => reachedAt ?? []);
  return {
    caller,
    name: own.map(({ facts }) => facts.caller.displayName).find((name) => name !== '') ?? null,
    ...{ missed: own.length, callId: newest.callId, result: newest.challenge.result },
    ...{ firstAt: own.at(-1)?.facts.now ?? newest.facts.now, lastAt: newest.facts.now },
    pressed: own.some(({ challenge }) => challenge?.result === 'failed'),
    gaveUp: own.some(({ challenge }) => challenge?.result === 'gave-up'),
    signed: own.some(isSigned),
    known: own.some(({ decision }) => decision?.known === true),
    again: harms.some(({ again }) => again),
    reachedAt: reached.length === 0 ? null : Math.max(...reached),
  };
}

const isReached = (call: Outcome) => ['connected', 'bypassed'].includes(dispositionOf(call));
const isNotPassed = ({ challenge }: Outcome) => challenge !== null && challenge.result !== 'passed';

function isMissed(call: Outcome): boolean {
  return (
    isNotPassed(call) && !isReached(call) && !campaignOf(call.facts) && call.facts.caller.number !== null
  );
}

function isSigned({ facts: { verification } }: Outcome): boolean {
  return verification.result === 'passed' && verification.attestation === 'A';
}
