import type { CallFacts, CallHistory } from '../../src/call/facts.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import type { ChallengeVerdict, Decision, Verdict } from '../../src/call/verdict.ts';
import type { CallerHistory, OutcomeLog } from '../../src/screening/ports.ts';
import { Screener, type ScreenerDeps } from '../../src/screening/screener.ts';
import { FakeCall, type FakeCallOptions } from '../fakes/fake-call.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

export const toOperators: Verdict = { kind: 'connect', exit: 'operators', label: null };

export function challenge(changes: Partial<ChallengeVerdict> = {}): ChallengeVerdict {
  return {
    kind: 'challenge',
    challenge: 'press-1',
    attempts: 3,
    digitTimeoutMs: 5000,
    language: 'en',
    passed: { kind: 'connect', exit: 'operators', label: 'Passed' },
    failed: { kind: 'voicemail', box: 'screened' },
    silent: { kind: 'voicemail', box: 'screened' },
    passForMs: 86_400_000,
    earlyMedia: false,
    ...changes,
  };
}

export function decisionFor(verdict: Verdict): Decision {
  return {
    verdict,
    rule: 'everyone-else',
    reason: '',
    policyVersion: 'abc123',
    trace: [],
    monitored: [],
    listedName: null,
  };
}

export class RecordedOutcomes implements OutcomeLog {
  readonly begun: CallFacts[] = [];
  readonly ends: { outcome: Outcome; passForMs: number }[] = [];

  begin(facts: CallFacts): void {
    this.begun.push(facts);
  }

  settle(): void {}

  end(outcome: Outcome, passForMs: number): void {
    this.ends.push({ outcome, passForMs });
  }
}

export class RecordedLog {
  readonly lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  debug = (message: string, fields = {}) => void this.lines.push({ level: 'debug', message, fields });
  info = (message: string, fields = {}) => void this.lines.push({ level: 'info', message, fields });
  warn = (message: string, fields = {}) => void this.lines.push({ level: 'warn', message, fields });
  error = (message: string, fields = {}) => void this.lines.push({ level: 'error', message, fields });
}

export interface Room {
  readonly clock: FakeClock;
  readonly outcomes: RecordedOutcomes;
  readonly log: RecordedLog;
  readonly screener: Screener;
  /** The facts that were decided on. */
  readonly decided: CallFacts[];
  arrive(options?: FakeCallOptions, prepare?: (call: FakeCall) => void): Promise<FakeCall>;
  /** The one outcome; fails when there is none or more. */
  outcome(): Outcome;
}

/** A screener with everything around it faked; every call gets `verdict`. */
export function screeningRoom(verdict: Verdict, changes: Partial<ScreenerDeps> = {}): Room {
  const clock = new FakeClock();
  const outcomes = new RecordedOutcomes();
  const log = new RecordedLog();
  const decided: CallFacts[] = [];
  const history: CallerHistory = { read: async (): Promise<CallHistory> => ({ passUntil: null }) };
  const screener = new Screener({
    decide: (facts) => {
      decided.push(facts);
      return decisionFor(verdict);
    },
    history,
    outcomes,
    promptMedia: { media: (prompt, language, digits = '') => [`sound:${language}/${prompt}${digits}`] },
    clock,
    log,
    random: () => 0.45,
    historyDeadlineMs: 150,
    ...changes,
  });
  return {
    clock,
    outcomes,
    log,
    screener,
    decided,
    async arrive(options = {}, prepare = () => {}) {
      const call = new FakeCall(clock, options);
      prepare(call);
      screener.accept(call.arrived);
      await clock.advance(0);
      return call;
    },
    outcome() {
      const [only, ...more] = outcomes.ends;
      if (only === undefined || more.length > 0) throw new Error(`${outcomes.ends.length} outcomes`);
      return only.outcome;
    },
  };
}
