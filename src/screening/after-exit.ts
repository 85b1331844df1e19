import type { Outcome } from './outcome.ts';
import type {
  AfterExitLog,
  ArrivedCall,
  CallControl,
  CallFollower,
  Clock,
  DialplanTarget,
  LaterEvent,
  OutcomeLog,
  ScreeningLog,
} from './ports.ts';

export interface AfterExitsDeps {
  /** Gets every outcome first: a later life is always told after the outcome of its call. */
  readonly outcomes: OutcomeLog;
  readonly afterExits: AfterExitLog;
  readonly follower: CallFollower;
  readonly clock: Clock;
  readonly log: ScreeningLog;
}

interface Followed {
  readonly arrivedAt: number;
  answeredAt: number | null;
  ended: { readonly at: number; readonly cause: number | null } | null;
  /** The outcome says that it went to people. */
  connected: boolean;
}

/** Dialplan contexts that lead to people (exit-target.ts). */
const toPeople = new Set(['gatehouse-connect', 'gatehouse-release']);

/**
 * Follows connected calls to their end. Stands around the screener without it knowing: `watch` sees that Asterisk agreed to
 * send a call on and begins to follow it, the outcome says whether it really went to people. Whatever fails here costs
 * only the record.
 */
export class AfterExits implements OutcomeLog {
  readonly #deps: AfterExitsDeps;
  readonly #calls = new Map<string, Followed>();

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
      continueAt: async (target: DialplanTarget) => {
        await control.continueAt(target);
        // Not before: a request ahead of it cost 2 ms of every call's way out. Nobody answers within the next 2 ms.
        if (toPeople.has(target.context)) this.#follow(facts.callId, facts.now);
      },
    };
    return {
      facts,
      watchdogAt: call.watchdogAt,
      adopted: call.adopted,
      answered: call.answered,
      control: watched,
      listen: (listener) => call.listen(listener),
    };
  }

  begin(...noted: Parameters<OutcomeLog['begin']>): void {
    this.#deps.outcomes.begin(...noted);
  }

  end(outcome: Outcome, passForMs: number): void {
    const { callId, exit, facts } = outcome;
    try {
      this.#deps.outcomes.end(outcome, passForMs);
    } finally {
      if (exit.kind !== 'connect') this.#calls.delete(callId);
      else {
        // The dialplan's watchdog sends calls on without our asking.
        this.#follow(callId, facts.now);
        const followed = this.#calls.get(callId);
        if (followed !== undefined) {
          followed.connected = true;
          this.#tell(callId, followed);
        }
      }
    }
  }

  /** Another process has the calls now. */
  abandonAll(): void {
    this.#calls.clear();
  }

  #follow(callId: string, arrivedAt: number): void {
    if (this.#calls.has(callId)) return;
    const followed: Followed = { arrivedAt, answeredAt: null, ended: null, connected: false };
    this.#calls.set(callId, followed);
    try {
      this.#deps.follower.follow(callId, (event) => this.#take(callId, followed, event));
    } catch (error) {
      this.#calls.delete(callId);
      this.#deps.log.warn('A call is not followed after its exit', { callId, error });
    }
  }

  #take(callId: string, followed: Followed, event: LaterEvent): void {
    if (this.#calls.get(callId) !== followed || followed.ended !== null) return;
    const at = this.#deps.clock.now();
    if (event.type === 'answered') followed.answeredAt ??= at;
    else if (event.type === 'lost') this.#calls.delete(callId);
    else {
      followed.ended = { at, cause: event.cause };
      this.#tell(callId, followed);
    }
  }

  #tell(callId: string, { arrivedAt, answeredAt, ended, connected }: Followed): void {
    if (ended === null || !connected) return;
    this.#calls.delete(callId);
    const afterExit = {
      answeredMs: answeredAt === null ? null : Math.max(0, answeredAt - arrivedAt),
      talkMs: answeredAt === null ? 0 : Math.max(0, ended.at - answeredAt),
      cause: ended.cause,
    };
    try {
      this.#deps.afterExits.ended(callId, afterExit);
      this.#deps.log.info('Call ended after its exit', { callId, ...afterExit });
    } catch (error) {
      this.#deps.log.error('The later life of a call could not be noted', { callId, error });
    }
  }
}
