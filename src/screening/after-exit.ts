import type { Outcome } from '../call/outcome.ts';
import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import type {
  AfterExitLog,
  ArrivedCall,
  CallControl,
  CallFollower,
  DialplanTarget,
  LaterEvent,
} from './ports.ts';

interface AfterExitsDeps {
  readonly afterExits: AfterExitLog;
  readonly follower: CallFollower;
  readonly clock: Clock;
  readonly log: Log;
}

interface Followed {
  readonly arrivedAt: number;
  answeredAt: number | null;
  /** Epoch ms from which on nothing of it goes unheard. */
  readonly heardSince: number;
  /** Somebody may have answered before it was followed. */
  unsure: boolean;
  ended: { readonly at: number; readonly cause: number | null } | null;
  /** The outcome says that it went to people. */
  connected: boolean;
}

/** A call that left so much earlier than we sent it on left by itself. */
const earlyMs = 100;

/** Dialplan contexts that lead to people (exit-target.ts). */
const toPeople = new Set(['gatehouse-connect', 'gatehouse-release']);

/**
 * Follows connected calls to their end: `watch` begins when a call is sent to people, and the outcome confirms that it
 * went there. A failure here costs only this part of the record.
 */
export class AfterExits {
  readonly #deps: AfterExitsDeps;
  readonly #calls = new Map<string, Followed>();
  /** When calls left that have no outcome yet (epoch ms). */
  readonly #left = new Map<string, number>();

  constructor(deps: AfterExitsDeps) {
    this.#deps = deps;
  }

  /** How many calls are followed now. */
  get size(): number {
    return this.#calls.size;
  }

  /** The same call, followed from the moment in which it is sent to people. */
  watch(call: ArrivedCall): ArrivedCall {
    const { control, facts } = call;
    const watched: CallControl = {
      answer: () => control.answer(),
      play: (playbackId, media) => control.play(playbackId, media),
      stopPlayback: (playbackId) => control.stopPlayback(playbackId),
      enterChallenge: (step) => control.enterChallenge(step),
      ownCallOut: (number) => control.ownCallOut(number),
      continueAt: async (target: DialplanTarget) => {
        const askedAt = this.#deps.clock.now();
        const leaving = control.continueAt(target);
        // Not before: a request ahead of it cost 2 ms of every call's way out. Not after the answer: that may come late, and
        // a phone may have picked up meanwhile.
        if (toPeople.has(target.context)) this.#follow(facts.callId, facts.now, askedAt);
        await leaving;
      },
    };
    return {
      facts,
      stay: call.stay,
      adopted: call.adopted,
      answered: call.answered,
      control: watched,
      listen: (listener) =>
        call.listen((event) => {
          if (event.type === 'left' && event.at !== null) this.#left.set(facts.callId, event.at);
          listener(event);
        }),
    };
  }

  /** To be called with each outcome once it is stored: the later life of a call must follow its outcome. */
  observe(outcome: Outcome): void {
    const { callId, exit, facts } = outcome;
    // The dialplan sends calls on without our asking too. Found elsewhere later, somebody may have answered already.
    const left = this.#left.get(callId) ?? null;
    this.#left.delete(callId);
    if (exit.kind !== 'connect') {
      this.#calls.delete(callId);
      return;
    }
    if (left !== null) this.#follow(callId, facts.now, left);
    const followed = this.#calls.get(callId);
    if (followed === undefined) return;
    followed.connected = true;
    // It was asked to leave when it had left already, as a note or a late event says.
    if (facts.now + outcome.timings.exitMs + earlyMs < followed.heardSince) followed.unsure = true;
    this.#report(callId, followed);
  }

  /** Another process has the calls now. */
  abandonAll(): void {
    this.#calls.clear();
    this.#left.clear();
  }

  #follow(callId: string, arrivedAt: number, leftSince: number): void {
    if (this.#calls.has(callId)) return;
    const followed: Followed = {
      ...{ arrivedAt, heardSince: leftSince },
      ...{ answeredAt: null, unsure: false, ended: null, connected: false },
    };
    this.#calls.set(callId, followed);
    try {
      this.#deps.follower.follow(callId, leftSince, (event) => this.#take(callId, followed, event));
    } catch (error) {
      this.#calls.delete(callId);
      this.#deps.log.warn('A call is not followed after its exit', { callId, error });
    }
  }

  #take(callId: string, followed: Followed, event: LaterEvent): void {
    if (this.#calls.get(callId) !== followed || followed.ended !== null) return;
    if (event.type === 'answered') followed.answeredAt ??= event.at;
    else if (event.type === 'unsure') followed.unsure = true;
    else if (event.type === 'lost') this.#calls.delete(callId);
    else {
      followed.ended = { at: event.at, cause: event.cause };
      this.#report(callId, followed);
    }
  }

  #report(callId: string, { arrivedAt, answeredAt, unsure, ended, connected }: Followed): void {
    if (ended === null || !connected) return;
    this.#calls.delete(callId);
    const silence = unsure ? null : 0;
    const afterExit = {
      answeredMs: answeredAt === null ? null : Math.max(0, answeredAt - arrivedAt),
      talkMs: answeredAt === null ? silence : Math.max(0, ended.at - answeredAt),
      cause: ended.cause,
    };
    try {
      this.#deps.afterExits.ended(callId, afterExit);
      // Debug: a call has one line of its own, its decision.
      this.#deps.log.debug('Call ended after its exit', { callId, ...afterExit });
    } catch (error) {
      this.#deps.log.error('The later life of a call could not be noted', { callId, error });
    }
  }
}
