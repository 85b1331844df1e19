import { digestOf } from '../../src/records/call-columns.ts';
import type { BypassReason, Outcome } from '../../src/screening/outcome.ts';
import { variedOutcome } from '../records/varied-outcome.ts';

/** Two words for which a column has the same digest. */
export function wordsOfOneDigest(
  column: 'rules' | 'called' | 'callers',
  word: (number: number) => string,
): [string, string] {
  const known = new Map<number, string>();
  for (let number = 0; ; number++) {
    const one = word(number);
    const digest = digestOf(column, one);
    const other = known.get(digest);
    if (other !== undefined) return [other, one];
    known.set(digest, one);
  }
}

export const rulesOfOneDigest = wordsOfOneDigest('rules', (number) => `rule-${number}`);
export const calledOfOneDigest = wordsOfOneDigest('called', (number) => `+1317777${pad(number, 4)}`);
export const callersOfOneDigest = wordsOfOneDigest('callers', (number) => `+1463${pad(number, 7)}`);

/** Varied calls with everything that a count by columns could stumble on. `now`: epoch ms. */
export function oddCall(index: number, now: number, random: () => number): Outcome {
  const call = variedOutcome(index, now, random);
  const kind = random();
  const { decision, facts } = call;
  if (kind < 0.1)
    return { ...call, decision: decision && { ...decision, rule: one(rulesOfOneDigest, random) } };
  if (kind < 0.2)
    return { ...call, facts: { ...facts, called: { number: one(calledOfOneDigest, random), raw: '' } } };
  if (kind < 0.3)
    return {
      ...call,
      facts: { ...facts, caller: { ...facts.caller, number: one(callersOfOneDigest, random), reason: null } },
    };
  if (kind < 0.32) return { ...call, exit: { kind: 'none', reason: 'unaccounted' }, decision: null };
  // Decided, perhaps challenged, and then let through all the same.
  if (kind < 0.36) return { ...call, bypass: { reason: 'exception', detail: '' } };
  if (kind < 0.37) return { ...call, bypass: { reason: 'of-a-newer-gatehouse' as BypassReason, detail: '' } };
  if (kind < 0.42 && decision)
    return {
      ...call,
      decision: {
        ...decision,
        monitored: [
          { rule: 'watched', verdict: { kind: 'reject', sip: 607, announcement: null, language: 'en' } },
          { rule: decision.rule, verdict: decision.verdict },
        ],
      },
    };
  return call;
}

function one<T>(of: readonly [T, T], random: () => number): T {
  return random() < 0.3 ? of[0] : of[1];
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
