import type { CallFacts } from '../call/facts.ts';
import type { NotedEnd } from '../call/outcome.ts';
import { CallSession, type SessionState } from './call-session.ts';
import type { ArrivedCall } from './ports.ts';
import type { SessionDeps } from './session-deps.ts';

/** What the way out of a released call takes at most when Asterisk is well. */
const releaseTimeMs = 3000;
const defaultRequestDeadlineMs = 5000;
const withoutHistoryEveryMs = 1000;
const waits: ReadonlySet<SessionState> = new Set(['deciding', 'answering', 'leaving']);

export interface ScreenerDeps extends Omit<SessionDeps, 'requestDeadlineMs' | 'historyFailed'> {
  /** Longest wait for one ARI request, above the adapter's own deadline; 5000 when not given. */
  readonly requestDeadlineMs?: number;
}

interface LiveCall {
  readonly id: string;
  /** As they arrived, without history. */
  readonly facts: CallFacts;
  readonly state: SessionState;
  /** Epoch ms at which the screener got it. */
  readonly since: number;
}

interface Entry {
  readonly session: CallSession;
  readonly facts: CallFacts;
  readonly since: number;
}

/** The calls that are being screened by this process. */
export class Screener {
  readonly #deps: SessionDeps;
  readonly #live = new Map<string, Entry>();
  #draining = false;
  /** Calls since the last line about it. */
  #withoutHistory = 0;
  #withoutHistoryToldAt = 0;
  #onEmpty: (() => void)[] = [];

  constructor(deps: ScreenerDeps) {
    this.#deps = {
      ...deps,
      requestDeadlineMs: deps.requestDeadlineMs ?? defaultRequestDeadlineMs,
      historyFailed: (callId, error) => this.#historyFailed(callId, error),
    };
  }

  /** Screens a call. Never throws. A call that is screened already (found again after a reconnect) is left as it is. */
  accept(call: ArrivedCall): void {
    const id = call.facts.callId;
    if (this.#live.has(id)) return;
    const since = this.#deps.clock.now();
    if (!call.adopted) this.#deps.admission?.arrived(since - call.facts.now);
    const session = new CallSession(call, this.#deps, () => this.#forget(id, session));
    this.#live.set(id, { session, facts: call.facts, since });
    session.start();
    if (this.#draining) session.release('draining', 'came in while shutting down');
  }

  /** Calls that wait for a decision, for their challenge to begin, or for the way out: for us or for Asterisk, not for their caller. */
  undecided(): number {
    let calls = 0;
    for (const { session } of this.#live.values()) if (waits.has(session.state)) calls++;
    return calls;
  }

  /** The dialplan's note about a call that is screened here; false: it is not. Never throws. */
  noted(callId: string, end: NotedEnd, at: number): boolean {
    const entry = this.#live.get(callId);
    entry?.session.noted(end, at);
    return entry !== undefined;
  }

  /** A snapshot, oldest first; without calls that are over, though it is still to be told how. */
  liveCalls(): readonly LiveCall[] {
    return [...this.#live]
      .map(([id, { session, facts, since }]) => ({ id, facts, state: session.state, since }))
      .filter(({ state }) => state !== 'ended');
  }

  /**
   * Lets the calls finish, releases to the operators what is left some seconds before `deadlineMs`, and resolves when all
   * have ended or at the deadline. Calls that come in meanwhile are released at once.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true;
    if (this.#live.size === 0) return;
    const { clock, log } = this.#deps;
    const cancelRelease = clock.after(Math.max(0, deadlineMs - releaseTimeMs), () => {
      for (const { session } of this.#live.values()) session.release('draining', 'shutting down');
    });
    await new Promise<void>((resolve) => {
      const cancelDeadline = clock.after(deadlineMs, () => {
        log.error('Calls are left at shutdown; the dialplan watchdog sends them on', {
          calls: this.#live.size,
        });
        resolve();
      });
      this.#onEmpty.push(() => {
        cancelDeadline();
        resolve();
      });
    });
    cancelRelease();
  }

  /** Another process took over the app: forgets every call without an outcome. */
  abandonAll(): void {
    for (const { session } of [...this.#live.values()]) session.abandon();
  }

  /** One line a second: without Redis it is every call, and the outcome of each says it, too. */
  #historyFailed(callId: string, error: unknown): void {
    const { clock, log } = this.#deps;
    this.#withoutHistory++;
    const now = clock.now();
    if (Math.abs(now - this.#withoutHistoryToldAt) < withoutHistoryEveryMs) return;
    this.#withoutHistoryToldAt = now;
    const calls = this.#withoutHistory;
    this.#withoutHistory = 0;
    try {
      log.warn('Deciding without history', { callId, calls, error });
    } catch {
      // A log that fails must not cost the call.
    }
  }

  #forget(id: string, session: CallSession): void {
    if (this.#live.get(id)?.session !== session) return;
    this.#live.delete(id);
    if (this.#live.size > 0) return;
    const waiting = this.#onEmpty;
    this.#onEmpty = [];
    for (const resolve of waiting) resolve();
  }
}
