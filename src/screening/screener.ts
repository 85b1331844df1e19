import type { CallFacts } from '../policy/facts.ts';
import { CallSession, type SessionState } from './call-session.ts';
import type { ArrivedCall } from './ports.ts';
import type { SessionDeps } from './session-deps.ts';

/** What the way out of a released call takes at most when Asterisk is well. */
const releaseTimeMs = 3000;
const defaultRequestDeadlineMs = 5000;

export interface ScreenerDeps extends Omit<SessionDeps, 'requestDeadlineMs'> {
  /** Longest wait for one ARI request, above the adapter's own deadline; 5000 when not given. */
  readonly requestDeadlineMs?: number;
}

export interface LiveCall {
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
  #onEmpty: (() => void)[] = [];

  constructor(deps: ScreenerDeps) {
    this.#deps = { ...deps, requestDeadlineMs: deps.requestDeadlineMs ?? defaultRequestDeadlineMs };
  }

  /** Screens a call. Never throws. A call that is screened already (found again after a reconnect) is left as it is. */
  accept(call: ArrivedCall): void {
    const id = call.facts.callId;
    if (this.#live.has(id)) return;
    const session = new CallSession(call, this.#deps, () => this.#forget(id, session));
    this.#live.set(id, { session, facts: call.facts, since: this.#deps.clock.now() });
    session.start();
    if (this.#draining) session.release('draining', 'came in while shutting down');
  }

  /** A snapshot, oldest first. */
  liveCalls(): readonly LiveCall[] {
    return [...this.#live].map(([id, { session, facts, since }]) => ({
      id,
      facts,
      state: session.state,
      since,
    }));
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

  #forget(id: string, session: CallSession): void {
    if (this.#live.get(id)?.session !== session) return;
    this.#live.delete(id);
    if (this.#live.size > 0) return;
    const waiting = this.#onEmpty;
    this.#onEmpty = [];
    for (const resolve of waiting) resolve();
  }
}
