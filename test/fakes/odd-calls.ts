import type { Outcome } from '../../src/call/outcome.ts';
import type { BypassReason } from '../../src/call/vocabulary.ts';
import { variedOutcome } from './varied-outcome.ts';

const pair = (word: (number: number) => string): [string, string] => [word(1), word(2)];
const rules = pair((number) => `rule-${number}`);
const called = pair((number) => `+1317777${pad(number, 4)}`);
const callers = pair((number) => `+1463${pad(number, 7)}`);

/** Varied calls with everything that a count could stumble on. `now`: epoch ms. */
export function oddCall(index: number, now: number, random: () => number): Outcome {
  const call = variedOutcome(index, now, random);
  const kind = random();
  const { decision, facts } = call;
  if (kind < 0.1) return { ...call, decision: decision && { ...decision, rule: one(rules, random) } };
  if (kind < 0.2) return { ...call, facts: { ...facts, called: { number: one(called, random), raw: '' } } };
  if (kind < 0.3)
    return {
      ...call,
      facts: { ...facts, caller: { ...facts.caller, number: one(callers, random), reason: null } },
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
