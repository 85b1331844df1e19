import type { CallFacts } from '../call/facts.ts';
import type { NotedEnd } from '../call/outcome.ts';
import type { Decision } from '../call/verdict.ts';
import type { BypassReason } from '../call/vocabulary.ts';
import { advanceFlow, challengeOutcome } from './call-flow.ts';
import { arrivalFacts, lookUpCall } from './call-lookup.ts';
import { type CallEnd, logFields, outcomeOf, passForMs } from './call-record.ts';
import { firstStep, lastWordMs, StayTimer, stepFor, tooLateFor, verdictLeftFor } from './call-stay.ts';
import { Departure } from './departure.ts';
import type { WayOut } from './exit-target.ts';
import type { FlowCommand, FlowEvent, FlowPhase, FlowState, FlowStep } from './flow-step.ts';
import { type ArrivedCall, CallControlError, type CallEvent } from './ports.ts';
import { RequestQueue } from './request-queue.ts';
import type { SessionDeps } from './session-deps.ts';

export type SessionState = 'deciding' | FlowPhase;

/**
 * Screens one call, from arrival to its one end. Whatever happens in between (an exception, ARI or history failing, no
 * event ever coming) the call is sent on: to where it was decided, else to the operators.
 */
export class CallSession {
  readonly #call: ArrivedCall;
  readonly #deps: SessionDeps;
  readonly #onEnd: () => void;
  readonly #departure: Departure;
  readonly #requests: RequestQueue;
  readonly #stay: StayTimer;
  readonly #arrivedAt: number;
  #facts: CallFacts;
  #decision: Decision | null = null;
  #flow: FlowState | null = null;
  readonly #early: FlowEvent[] = []; // keys pressed while deciding
  #cancelWait = () => {};
  readonly #timings: Record<'historyMs' | 'decidedMs' | 'answeredMs', number | null>;
  #lastWord: (() => void) | null = null; // cancels the wait for it
  #ended = false;

  constructor(call: ArrivedCall, deps: SessionDeps, onEnd: () => void) {
    this.#call = call;
    this.#deps = deps;
    this.#onEnd = onEnd;
    this.#facts = arrivalFacts(call, deps);
    this.#arrivedAt = call.facts.now;
    const answeredMs = call.answered && !call.adopted ? 0 : null;
    this.#timings = { historyMs: null, decidedMs: null, answeredMs };
    this.#stay = new StayTimer(deps.clock, call.stay.watchdogAt, {
      release: () => this.release('watchdog', 'screening took too long'),
      over: () => this.#guarded(() => this.#left()),
    });
    const { control } = call;
    const { clock, promptMedia, requestDeadlineMs } = deps;
    this.#requests = new RequestQueue({
      control,
      clock,
      promptMedia,
      requestDeadlineMs,
      isOver: () => this.#ended || this.#departure.way !== null,
      answered: () => this.#guarded(() => this.#wasAnswered()),
      entered: (watchdogAt) => this.#stay.start(watchdogAt),
      failed: (error) => this.#guarded(() => this.#requestFailed(error)),
    });
    this.#departure = new Departure({
      control,
      clock,
      requestDeadlineMs,
      watchdogAt: () => this.#stay.until,
      gone: () => this.#guarded(() => this.#awaitLastWord((at) => this.#gone(at))),
      notOurs: () => this.#guarded(() => this.#awaitLastWord((at) => this.#left(at))),
      failed: (error) => this.#complain('warn', 'A call could not be sent on', error),
    });
  }

  get state(): SessionState {
    if (this.#ended || this.#lastWord) return 'ended';
    return this.#departure.way === null ? (this.#flow?.phase ?? 'deciding') : 'leaving';
  }

  /** Never throws. */
  start(): void {
    const { clock, outcomes } = this.#deps;
    try {
      outcomes.begin(this.#facts, this.#call.adopted);
    } catch (error) {
      this.#complain('error', 'A call could not be noted', error);
    }
    this.#guarded(() => {
      this.#stay.start(this.#stay.until);
      this.#call.listen((event) => this.#guarded(() => this.#take(event)));
      if (this.#ended) return;
      const tooLate = tooLateFor(this.#call, clock.now());
      if (tooLate !== null) return this.release('adopted-too-late', tooLate);
      if (this.#deps.admission?.isShedding) this.#decide();
      else void this.#lookUp();
    });
  }

  /** To the operators, unless the call is on its way out already. Never throws. */
  release(bypass: BypassReason, detail: string): void {
    this.#leave({ bypass, detail });
  }

  /** The dialplan noted what became of this call at `at` (epoch ms) without us. Never throws. */
  noted(end: NotedEnd, at: number): void {
    this.#guarded(() => {
      if (end === 'hung-up') this.#hungUp();
      else
        this.#finish(
          end === 'cut-off' ? 'unaccounted' : { bypass: end, detail: 'noted by the dialplan' },
          at,
        );
    });
  }

  /** Another process has this call now: stops without an outcome and without another request. */
  abandon(): void {
    this.#stop();
  }

  async #lookUp(): Promise<void> {
    const { known, error } = await lookUpCall(this.#call, this.#facts, this.#deps);
    this.#guarded(() => {
      if (this.#ended) return;
      if (error !== null) this.#deps.historyFailed(this.#call.facts.callId, error);
      this.#timings.historyMs = this.#sinceArrival();
      this.#facts = { ...this.#facts, ...known };
      if (this.#departure.way === null) this.#decide();
    });
  }

  #decide(): void {
    this.#facts = { ...this.#facts, ...this.#deps.campaignFacts?.(this.#facts) };
    this.#decision = this.#deps.decide(this.#facts);
    this.#timings.decidedMs = this.#sinceArrival();
    const { admission } = this.#deps;
    const verdict = verdictLeftFor(this.#call, this.#decision.verdict, admission?.isShedding ?? false);
    if (verdict.kind === 'challenge' && admission?.isShedding) {
      admission.shed();
      this.release('overload', `would be challenged: ${verdict.challenge}`);
      return;
    }
    const first = firstStep(this.#call, verdict, this.#deps, this.#sinceArrival());
    const step = first.state.phase === 'leaving' ? null : stepFor(this.#call, verdict);
    if (step !== null) this.#requests.enterChallenge(step);
    this.#step(first);
    for (const key of this.#early.splice(0)) this.#advance(key);
  }

  #take(event: CallEvent): void {
    if (this.#ended) return;
    if (event.type === 'left') this.#leftAs(event.at);
    else if (event.type === 'gone') this.#awaitLastWord((at) => this.#gone(at));
    else if (event.type === 'hangup') this.#hungUp();
    else this.#advance({ ...event, atMs: this.#sinceArrival() });
  }

  #advance(event: FlowEvent): void {
    if (this.#ended) return;
    if (this.#flow === null) return void (event.type === 'digit' && this.#early.push(event));
    if (this.#departure.way !== null && event.type !== 'hangup') return;
    this.#step(advanceFlow(this.#flow, event));
  }

  #step({ state, commands }: FlowStep): void {
    this.#flow = state;
    for (const command of commands) this.#carryOut(command);
  }

  #carryOut(command: FlowCommand): void {
    switch (command.do) {
      case 'wait':
        this.#cancelWait();
        this.#cancelWait = this.#deps.clock.after(command.ms, () =>
          this.#guarded(() => this.#advance({ type: 'waited', atMs: this.#sinceArrival() })),
        );
        break;
      case 'stop-waiting':
        this.#cancelWait();
        break;
      case 'leave':
        this.#requests.afterward(() => this.#leave({ exit: command.exit }));
        break;
      case 'release':
        this.#leave({ bypass: 'ari-failed', detail: command.detail });
        break;
      case 'end':
        this.#finish('caller-hung-up');
        break;
      default:
        this.#requests.send(command);
    }
  }

  #wasAnswered(): void {
    const atMs = this.#sinceArrival();
    this.#timings.answeredMs = atMs;
    this.#advance({ type: 'answered', atMs });
  }

  #requestFailed(error: unknown): void {
    if (this.#ended) return;
    if (!(error instanceof CallControlError)) throw error;
    if (error.code === 'gone') this.#awaitLastWord((at) => this.#gone(at));
    else if (error.code === 'not-ours') this.#awaitLastWord((at) => this.#left(at));
    else {
      this.#complain('warn', 'An ARI request failed', error);
      // Decided to connect: what failed was only the announcement. When the flow is over its way out comes next in the queue.
      if (this.#flow?.exit?.kind === 'connect') this.#leave({ exit: this.#flow.exit });
      else if (this.#flow?.phase !== 'leaving') this.release('ari-failed', `${this.state}: ${error.code}`);
    }
  }

  #leave(way: WayOut): void {
    if (this.#ended || this.#departure.way !== null) return;
    this.#cancelWait();
    this.#departure.leave(way, this.#flow?.playback ?? null);
    this.#deps.outcomes.settle();
  }

  /** Gone unseen: by the way that Asterisk agreed to, or nobody knows. */
  #gone(at: number): void {
    this.#finish(this.#departure.accepted ?? 'unaccounted', at);
  }

  #hungUp(): void {
    if (this.#flow === null) this.#finish('caller-hung-up');
    else this.#advance({ type: 'hangup', atMs: this.#sinceArrival() });
  }

  /** The call is over here, since `at` (epoch ms) at the latest. */
  #awaitLastWord(otherwise: (at: number) => void): void {
    if (this.#ended || this.#lastWord !== null) return;
    this.#departure.close();
    const at = this.#deps.clock.now();
    this.#lastWord = this.#deps.clock.after(this.#departure.accepted === null ? lastWordMs : 0, () => {
      this.#lastWord = null;
      this.#guarded(() => otherwise(at));
    });
  }

  #leftAs(leftAt: number | null): void {
    // Unasked, and long before the watchdog's time: the dialplan heard a fax machine or a text telephone, and notes it.
    const isEarly = this.#departure.way === null && this.#stay.hasTimeAt(leftAt);
    const isClear = leftAt !== null && !isEarly && this.#departure.takenAt(leftAt) !== 'unknown';
    if (isClear) this.#left(leftAt);
    else this.#awaitLastWord((at) => this.#left(leftAt ?? at));
  }

  #left(leftAt = this.#deps.clock.now()): void {
    this.#finish(this.#departure.endAt(leftAt, this.state), leftAt);
  }

  #finish(end: CallEnd, at = this.#deps.clock.now()): void {
    if (this.#ended) return;
    const challenge = this.#flow && challengeOutcome(this.#flow);
    const timings = { ...this.#timings, exitMs: Math.max(0, at - this.#arrivedAt) };
    const { adopted } = this.#call;
    const story = { facts: this.#facts, decision: this.#decision, challenge, adopted, timings };
    const outcome = outcomeOf(story, end);
    this.#stop();
    try {
      this.#deps.outcomes.end(outcome, passForMs(outcome));
      if (outcome.bypass?.reason !== 'overload') this.#deps.log.info('Call screened', logFields(outcome));
    } catch (error) {
      this.#complain('error', 'The outcome of a call could not be noted', error);
    }
  }

  #stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelWait();
    this.#stay.stop();
    this.#lastWord?.();
    this.#departure.close();
    this.#onEnd();
  }

  /** Every way into this session goes through here: an exception costs the screening, never the call. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#complain('error', 'An unexpected error while a call was screened', error);
      this.release('exception', error instanceof Error ? error.name : 'not an Error');
    }
  }

  #sinceArrival(): number {
    return Math.max(0, this.#deps.clock.now() - this.#arrivedAt);
  }

  #complain(level: 'warn' | 'error', message: string, error: unknown): void {
    try {
      this.#deps.log[level](message, { callId: this.#call.facts.callId, error });
    } catch {
      // A log that fails must not cost the call.
    }
  }
}
