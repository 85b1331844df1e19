import type { CallFacts } from '../policy/facts.ts';
import type { Decision } from '../policy/verdict.ts';
import { advanceFlow, challengeOutcome, startFlow, wantedDigits } from './call-flow.ts';
import { type CallEnd, logFields, outcomeOf, passForMs } from './call-record.ts';
import { Departure } from './departure.ts';
import type { WayOut } from './exit-target.ts';
import type { FlowCommand, FlowEvent, FlowPhase, FlowState, FlowStep } from './flow-step.ts';
import { lookUpHistory } from './history-lookup.ts';
import type { BypassReason } from './outcome.ts';
import { type ArrivedCall, CallControlError, type CallEvent } from './ports.ts';
import { RequestQueue } from './request-queue.ts';
import type { SessionDeps } from './session-deps.ts';

/** What is left to the way out before the dialplan's watchdog strikes. */
const watchdogMarginMs = 5000;
/** A call found after a restart with less than this left is not begun. */
const leastTimeForAdoptedMs = 10_000;
/** A 404 or 409 says that the call is over here, not how; the event that tells comes within moments. */
const lastWordMs = 1000;
/** How long after the watchdog's time the last event may take. */
const watchdogGraceMs = 2000;

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
  readonly #arrivedAt: number;
  readonly #cancels: (() => void)[] = [];
  #facts: CallFacts;
  #decision: Decision | null = null;
  #flow: FlowState | null = null;
  #cancelWait = () => {};
  #historyMs: number | null = null;
  #decidedMs: number | null = null;
  #answeredMs: number | null;
  #lastWordDue = false;
  #ended = false;

  constructor(call: ArrivedCall, deps: SessionDeps, onEnd: () => void) {
    this.#call = call;
    this.#deps = deps;
    this.#onEnd = onEnd;
    this.#facts = call.facts;
    this.#arrivedAt = call.facts.now;
    // When a call that was adopted was answered is not known.
    this.#answeredMs = call.answered && !call.adopted ? 0 : null;
    const { control } = call;
    const { clock, promptMedia, requestDeadlineMs } = deps;
    this.#requests = new RequestQueue({
      control,
      clock,
      promptMedia,
      requestDeadlineMs,
      isOver: () => this.#ended || this.#departure.way !== null,
      answered: () => this.#guarded(() => this.#wasAnswered()),
      failed: (error) => this.#guarded(() => this.#requestFailed(error)),
    });
    this.#departure = new Departure({
      control,
      clock,
      requestDeadlineMs,
      watchdogAt: call.watchdogAt,
      gone: () => this.#guarded(() => this.#gone()),
      notOurs: () => this.#guarded(() => this.#awaitLastWord()),
      failed: (error) => this.#complain('warn', 'A call could not be sent on', error),
    });
  }

  get state(): SessionState {
    if (this.#ended) return 'ended';
    return this.#departure.way === null ? (this.#flow?.phase ?? 'deciding') : 'leaving';
  }

  /** Begins. Never throws. */
  start(): void {
    const { clock, outcomes } = this.#deps;
    try {
      outcomes.begin(this.#call.facts, this.#call.adopted);
    } catch (error) {
      this.#complain('error', 'A call could not be noted', error);
    }
    this.#guarded(() => {
      const left = this.#call.watchdogAt - clock.now();
      this.#after(Math.max(0, left) + watchdogGraceMs, () => this.#left());
      this.#call.listen((event) => this.#guarded(() => this.#take(event)));
      if (this.#ended) return;
      if (this.#call.adopted && left < leastTimeForAdoptedMs) {
        this.release('adopted-too-late', `${left} ms left`);
        return;
      }
      this.#after(left - Math.min(watchdogMarginMs, Math.max(0, left / 2)), () =>
        this.release('watchdog', 'screening took too long'),
      );
      void this.#lookUp();
    });
  }

  /** To the operators, unless the call is on its way out already. Never throws. */
  release(bypass: BypassReason, detail: string): void {
    this.#leave({ bypass, detail });
  }

  /** Another process has this call now: stops without an outcome and without another request. */
  abandon(): void {
    this.#stop();
  }

  async #lookUp(): Promise<void> {
    const { history, clock, historyDeadlineMs } = this.#deps;
    const found = await lookUpHistory(history, clock, this.#call.facts, historyDeadlineMs);
    this.#guarded(() => {
      if (this.#ended) return;
      if (found.error !== null) this.#complain('warn', 'Deciding without history', found.error);
      this.#historyMs = this.#sinceArrival();
      this.#facts = { ...this.#facts, history: found.history, noHistoryReason: found.reason };
      if (this.#departure.way === null) this.#decide();
    });
  }

  #decide(): void {
    const decision = this.#deps.decide(this.#facts);
    this.#decision = decision;
    this.#decidedMs = this.#sinceArrival();
    const { verdict } = decision;
    this.#step(
      startFlow(verdict, {
        answered: this.#call.answered,
        wanted: verdict.kind === 'challenge' ? wantedDigits(verdict, this.#deps.random) : [],
        // An earlier process may have played in this call: the time keeps the ids apart.
        playbackPrefix: `${this.#facts.callId.replace(/[^\w.-]/g, '-')}-${this.#deps.clock.now().toString(36)}`,
        atMs: this.#sinceArrival(),
      }),
    );
  }

  #take(event: CallEvent): void {
    if (this.#ended) return;
    if (event.type === 'left') this.#left();
    // Found gone by a request of ours, not told by the channel.
    else if (event.type === 'hangup' && event.cause === null && this.#departure.tries > 1) this.#gone();
    else if (event.type === 'hangup') this.#hungUp();
    else this.#advance({ ...event, atMs: this.#sinceArrival() });
  }

  #advance(event: FlowEvent): void {
    if (this.#ended || this.#flow === null) return;
    // On the way out nothing but the end of the call matters.
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
        this.#requests.afterwards(() => this.#leave({ exit: command.exit }));
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
    this.#answeredMs = atMs;
    this.#advance({ type: 'answered', atMs });
  }

  #requestFailed(error: unknown): void {
    if (this.#ended) return;
    if (!(error instanceof CallControlError)) throw error;
    if (error.code === 'gone') this.#gone();
    else if (error.code === 'not-ours') this.#awaitLastWord();
    else {
      this.#complain('warn', 'An ARI request failed', error);
      // When the flow is over its way out comes next in the queue: what failed was only the prompt before it.
      if (this.#flow?.phase !== 'leaving') this.release('ari-failed', `${this.state}: ${error.code}`);
    }
  }

  #leave(way: WayOut): void {
    if (this.#ended || this.#departure.way !== null) return;
    this.#cancelWait();
    this.#departure.leave(way, this.#flow?.playback ?? null);
  }

  /** 404. When Asterisk had agreed to send it on, it went on, and only the event was lost. */
  #gone(): void {
    const { accepted } = this.#departure;
    if (accepted === null) this.#hungUp();
    else this.#finish(accepted);
  }

  #hungUp(): void {
    if (this.#flow === null) this.#finish('caller-hung-up');
    else this.#advance({ type: 'hangup', atMs: this.#sinceArrival() });
  }

  #awaitLastWord(): void {
    if (this.#ended || this.#lastWordDue) return;
    this.#lastWordDue = true;
    this.#after(lastWordMs, () => this.#left());
  }

  #left(): void {
    const way = this.#departure.takenAt(this.#deps.clock.now());
    this.#finish(way ?? { bypass: 'watchdog', detail: this.#watchdogDetail() });
  }

  #watchdogDetail(): string {
    const tries = this.#departure.tries;
    return tries === 0 ? `taken while ${this.state}` : `${tries} requests to send it on failed`;
  }

  #finish(end: CallEnd): void {
    if (this.#ended) return;
    const challenge = this.#flow === null ? null : challengeOutcome(this.#flow);
    const timings = {
      historyMs: this.#historyMs,
      decidedMs: this.#decidedMs,
      answeredMs: this.#answeredMs,
      exitMs: this.#sinceArrival(),
    };
    const { adopted } = this.#call;
    const story = { facts: this.#facts, decision: this.#decision, challenge, adopted, timings };
    const outcome = outcomeOf(story, end);
    this.#stop();
    try {
      this.#deps.outcomes.end(outcome, passForMs(outcome));
      this.#deps.log.info('Call screened', logFields(outcome));
    } catch (error) {
      this.#complain('error', 'The outcome of a call could not be noted', error);
    }
  }

  #stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelWait();
    this.#departure.close();
    for (const cancel of this.#cancels) cancel();
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

  #after(delayMs: number, work: () => void): void {
    this.#cancels.push(this.#deps.clock.after(Math.max(0, delayMs), () => this.#guarded(work)));
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
