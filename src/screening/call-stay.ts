import type { Verdict } from '../call/verdict.ts';
import type { Clock } from '../process/clock.ts';
import { askedOf, startFlow } from './call-flow.ts';
import type { FlowStep } from './flow-step.ts';
import type { ArrivedCall } from './ports.ts';
import type { SessionDeps } from './session-deps.ts';

/** What is left to the way out before the dialplan's watchdog strikes. */
const marginMs = 3000;
/** The dialplan's note of a call is found at once or, where its folder tells of no changes, by a look every 5 s. */
const noteMs = 5000;
/** How long after the watchdog's time the last event may take, or the note. */
const graceMs = noteMs + 2000;
/** What is not here any more went unseen: the event that tells how comes within moments, or the note does. */
export const lastWordMs = noteMs + 1000;
/** How exact our idea of the watchdog's time is: Asterisk counts whole seconds, by its own clock. */
const earlyMs = 3000;
/** A call found after a restart with less than this left is not begun: to ask the caller, or only to decide. */
const leastLeftMs = { challenge: 10_000, whole: 10_000, decision: 1000 };
const mark = '=interrupted';

/** Why an adopted call must go to people at once: no time left, or its caller has waited through a restart before. Null: screen it. */
export function tooLateFor({ adopted, stay }: ArrivedCall, now: number): string | null {
  if (!adopted) return null;
  if (stay.interrupted) return 'interrupted for the second time';
  const leftMs = stay.watchdogAt - now;
  return leftMs < leastLeftMs[stay.stage] ? `${leftMs} ms left` : null;
}

/**
 * A caller whose challenge was broken off by a restart is asked once more, and no oftener; an announcement before a person
 * is left out then, and under overload.
 */
export function verdictLeftFor(
  { adopted, stay }: ArrivedCall,
  verdict: Verdict,
  isShedding: boolean,
): Verdict {
  const isBroken = adopted && stay.stage === 'challenge';
  if (verdict.kind === 'connect' && verdict.announcement !== undefined && (isBroken || isShedding))
    return { kind: 'connect', exit: verdict.exit, label: verdict.label };
  return verdict.kind === 'challenge' && isBroken ? { ...verdict, attempts: 1 } : verdict;
}

/** The first step of carrying out what is left of a verdict. */
export function firstStep(
  { facts, answered }: ArrivedCall,
  verdict: Verdict,
  { random, clock }: Pick<SessionDeps, 'random' | 'clock'>,
  atMs: number,
): FlowStep {
  return startFlow(verdict, {
    answered,
    asked: verdict.kind === 'challenge' ? askedOf(verdict, random) : [],
    // An earlier process may have played in this call: the time keeps the ids apart.
    playbackPrefix: `${facts.callId.replace(/[^\w.-]/g, '-')}-${clock.now().toString(36)}`,
    atMs,
  });
}

/**
 * What to enter the challenge as before anything is played; null when the dialplan's timer is long enough already. An adopted
 * call enters anew, so that its channel says to a third process that it was interrupted.
 */
export function stepFor({ adopted, stay }: ArrivedCall, verdict: Verdict): string | null {
  if (stay.stage === 'whole' || (stay.stage === 'challenge' && !adopted)) return null;
  const kind = verdict.kind === 'challenge' ? verdict.challenge : 'announcement';
  return adopted ? `${kind}${mark}` : kind;
}

/** Whether the extension of `gatehouse-challenge` is that of a call that a former process began to ask. */
export function isInterrupted(step: string): boolean {
  return step.endsWith(mark);
}

/** Keeps ahead of the dialplan's watchdog: `release` while there is still time, `over` when it must have struck. */
export class StayTimer {
  readonly #clock: Clock;
  readonly #release: () => void;
  readonly #over: () => void;
  #cancel = () => {};
  #until: number;

  constructor(clock: Clock, until: number, actions: { release: () => void; over: () => void }) {
    this.#clock = clock;
    this.#until = until;
    this.#release = actions.release;
    this.#over = actions.over;
  }

  /** Epoch ms at which the watchdog takes the call away. */
  get until(): number {
    return this.#until;
  }

  /** Whether the watchdog cannot have struck by then (epoch ms). */
  hasTimeAt(at: number | null): boolean {
    return at !== null && at + earlyMs < this.#until;
  }

  /** Starts, or goes on until another time. */
  start(until: number): void {
    this.stop();
    this.#until = until;
    const left = Math.max(0, until - this.#clock.now());
    const cancelRelease = this.#clock.after(left - Math.min(marginMs, left / 2), this.#release);
    const cancelOver = this.#clock.after(left + graceMs, this.#over);
    this.#cancel = () => {
      cancelRelease();
      cancelOver();
    };
  }

  stop(): void {
    this.#cancel();
  }
}
