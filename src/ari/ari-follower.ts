import {
  CallControlError,
  type CallFollower,
  type Clock,
  type LaterEvent,
  type ScreeningLog,
} from '../screening/ports.ts';
import { ariAddress } from './ari-address.ts';
import { answerError } from './ari-answer.ts';
import { AriHttp } from './ari-http.ts';
import { AriSocket } from './ari-socket.ts';
import { laterEventTypes, readLaterEvent } from './later-events.ts';
import { systemClock } from './system-clock.ts';

export interface AriFollowerOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Name of the screening's Stasis app; the follower's own is made from it. */
  readonly app: string;
  readonly node: string;
  /** Deadline of every request; 2000. */
  readonly requestTimeoutMs?: number;
  readonly pingIntervalMs?: number;
  readonly pongTimeoutMs?: number;
  /** Calls followed at once; 20000. Further ones are not followed. */
  readonly mostCalls?: number;
  readonly log: ScreeningLog;
  readonly clock?: Clock;
}

/** Subscriptions under way; when Asterisk is too slow for these, it has better things to do. */
const mostRequests = 200;
const connections = 4;
const filterRetryMs = 5_000;
const complaintEveryMs = 60_000;

/**
 * Follows channels that are in the dialplan by an app, an event socket and HTTP connections of its own, so that neither
 * the flood of events nor a stalled request ever stands in the way of a call that is being screened. Asterisk is told to
 * send only the events that are read: 6 a call in place of 68 (measured).
 */
export class AriFollower implements CallFollower {
  readonly #options: Required<AriFollowerOptions>;
  readonly #app: string;
  #http: AriHttp | null = null;
  #socket: AriSocket | null = null;
  readonly #calls = new Map<string, (event: LaterEvent) => void>();
  /** `open`: connected, not yet filtered. */
  #state: 'away' | 'open' | 'following' | 'stopped' = 'away';
  #requests = 0;
  #cancelRetry = () => {};
  #complainedAt: number | null = null;

  constructor(options: AriFollowerOptions) {
    this.#options = {
      requestTimeoutMs: 2_000,
      pingIntervalMs: 2_000,
      pongTimeoutMs: 2_000,
      mostCalls: 20_000,
      clock: systemClock,
      ...options,
    };
    this.#app = `${options.app.slice(0, 58)}-after`;
  }

  /** Calls followed now. */
  get size(): number {
    return this.#calls.size;
  }

  /**
   * Connects, and again for ever; nobody has to wait for it.
   * @throws AriPreflightError when URL or app name are wrong
   */
  start(): void {
    const { requestTimeoutMs: timeoutMs, pingIntervalMs, pongTimeoutMs, clock, log } = this.#options;
    const address = ariAddress({ ...this.#options, app: this.#app });
    this.#http = new AriHttp({ address, timeoutMs, clock, connections });
    this.#socket = new AriSocket({
      address,
      handshakeTimeoutMs: timeoutMs,
      pingIntervalMs,
      pongTimeoutMs,
      log: sayingWhichSocket(log, this.#app),
      clock,
      onOpen: () => {
        this.#state = 'open';
        void this.#filter();
      },
      onMessage: (text) => this.#receive(text),
      onLost: () => this.#lose('away'),
    });
    this.#socket.start();
  }

  async stop(): Promise<void> {
    this.#lose('stopped');
    this.#socket?.stop();
    await this.#http?.close();
  }

  follow(callId: string, listener: (event: LaterEvent) => void): void {
    const channelId = callId.slice(this.#options.node.length + 1);
    const full = this.#requests >= mostRequests || this.#calls.size >= this.#options.mostCalls;
    if (full) this.#complain('Too many calls at once to follow them all after their exit');
    if (full || this.#state !== 'following' || this.#calls.has(channelId)) {
      listener({ type: 'lost' });
      return;
    }
    this.#calls.set(channelId, listener);
    void this.#subscribe(channelId);
  }

  async #subscribe(channelId: string): Promise<void> {
    this.#requests++;
    try {
      const source = encodeURIComponent(`channel:${channelId}`);
      await this.#request('POST', `/applications/${this.#app}/subscription?eventSource=${source}`);
    } catch (error) {
      // 422: there is no such channel (any more). 404 would be our app.
      const over = error instanceof CallControlError && error.status === 422;
      if (!over) this.#complain('A call is not followed after its exit', error);
      this.#tell(channelId, over ? { type: 'ended', cause: null } : { type: 'lost' });
    } finally {
      this.#requests--;
    }
  }

  /** Without the filter nobody is followed: a flood of events is a price of the calls. */
  async #filter(): Promise<void> {
    const { clock } = this.#options;
    this.#cancelRetry();
    try {
      const allowed = laterEventTypes.map((type) => ({ type }));
      await this.#request('PUT', `/applications/${this.#app}/eventFilter`, JSON.stringify({ allowed }));
      if (this.#state === 'open') this.#state = 'following';
    } catch (error) {
      if (this.#state !== 'open') return;
      this.#complain('Calls cannot be followed after their exit yet', error);
      this.#cancelRetry = clock.after(filterRetryMs, () => void this.#filter());
    }
  }

  async #request(method: string, path: string, json: string | null = null): Promise<void> {
    const answer = await this.#http?.request(method, path, json);
    if (answer === undefined) throw new TypeError('start must come before requests');
    const error = answerError(`${method} ${path.replace(/\?.*/s, '')}`, answer);
    if (error) throw error;
  }

  #receive(text: string): void {
    const message = readLaterEvent(text);
    if (message === null) return;
    if (message.type === 'call-event') this.#tell(message.channelId, message.event);
    else if (this.#socket?.isTakenOver() ?? true) {
      this.#lose('stopped');
      this.#socket?.stop();
    }
  }

  #tell(channelId: string, event: LaterEvent): void {
    const listener = this.#calls.get(channelId);
    if (listener === undefined) return;
    if (event.type !== 'answered') this.#calls.delete(channelId);
    try {
      listener(event);
    } catch (error) {
      this.#options.log.error('A listener to the later life of a call failed', { channelId, error });
    }
  }

  /** What happened meanwhile is not told again; a guess would be a false record. */
  #lose(state: 'away' | 'stopped'): void {
    if (this.#state !== 'stopped') this.#state = state;
    this.#cancelRetry();
    const lost = this.#calls.size;
    for (const channelId of [...this.#calls.keys()]) this.#tell(channelId, { type: 'lost' });
    if (lost > 0) this.#options.log.warn('Calls are not followed to their end any more', { calls: lost });
  }

  #complain(message: string, error?: unknown): void {
    const { clock, log } = this.#options;
    const now = clock.now();
    if (this.#complainedAt !== null && now - this.#complainedAt < complaintEveryMs) return;
    this.#complainedAt = now;
    log.warn(message, { app: this.#app, ...(error === undefined ? {} : { error }) });
  }
}

function sayingWhichSocket(log: ScreeningLog, app: string): ScreeningLog {
  return {
    info: (message, fields) => log.info(message, { ...fields, app }),
    warn: (message, fields) => log.warn(message, { ...fields, app }),
    error: (message, fields) => log.error(message, { ...fields, app }),
  };
}
