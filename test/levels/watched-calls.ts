import { defaultLevelLimits } from '../../src/call/attack-levels.ts';
import type { CallHistory } from '../../src/call/facts.ts';
import type { ChallengeOutcome, Outcome } from '../../src/call/outcome.ts';
import { AttackLevels, type AttackLevelsOptions } from '../../src/levels/attack-levels.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
/** Monday, 2 March 2026, 09:30 UTC. */
export const monday = Date.UTC(2026, 2, 2, 9, 30);

interface Watched {
  readonly at: number;
  readonly called?: string | null;
  /** Null: connected without a challenge. */
  readonly result?: ChallengeOutcome['result'] | null;
  readonly known?: true;
  readonly history?: Partial<CallHistory>;
  readonly callBackSurge?: true;
}

let calls = 0;

/** A call of an unknown number that never called before. */
export function watched({ at, called = '+13175550100', result = 'silent', ...more }: Watched): Outcome {
  const id = `n1/${++calls}`;
  const { decision, challenge, ...rest } = sampleOutcome(id);
  if (decision === null || challenge === null) throw new Error('a sample without a decision');
  const connect = { kind: 'connect', exit: 'operators', label: null } as const;
  const heard = result === 'passed' ? '1' : result === 'failed' ? '9' : '';
  const number = `+1202555${String(calls % 10_000).padStart(4, '0')}`;
  return {
    ...rest,
    facts: sampleFacts(id, {
      now: at,
      caller: { number, reason: null, raw: number, displayName: '' },
      called: { number: called, raw: called ?? '4100' },
      history: { passUntil: null, calls: [0, 0, 0, 0, 0, 0, 0, 0], ...more.history },
      site: { levels: {}, ...(more.callBackSurge && { callBackSurge: true }) },
    }),
    decision: {
      ...decision,
      ...(more.known && { known: true }),
      ...(result === null && { verdict: connect }),
    },
    challenge:
      result === null
        ? null
        : { ...challenge, result, attempts: challenge.attempts.map((one) => ({ ...one, heard })) },
  };
}

export function watching(changes: Partial<AttackLevelsOptions> = {}): AttackLevels {
  return new AttackLevels({ limits: () => defaultLevelLimits, departmentsOf: () => [], ...changes });
}

/** `count` calls spread over the minutes from `from` on, with a tick each second; what holds at the end. */
export function play(
  levels: AttackLevels,
  from: number,
  minutes: number,
  callsAMinute: number,
  make: (at: number) => Outcome,
) {
  const ticks = minutes * 60;
  for (let second = 0; second < ticks; second++) {
    const at = from + second * 1000;
    const before = Math.floor((second * callsAMinute) / 60);
    for (let more = Math.floor(((second + 1) * callsAMinute) / 60) - before; more > 0; more--)
      levels.see(make(at));
    levels.tick(at);
  }
  return levels.tick(from + ticks * 1000);
}
