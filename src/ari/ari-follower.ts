import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import { systemClock } from '../process/clock.ts';
import { CallControlError, type CallFollower, type LaterEvent } from '../screening/ports.ts';
import { ariAddress } from './ari-address.ts';
import { answerError } from './ari-answer.ts';
import { laterEventTypes, readLaterEvent } from './ari-events.ts';
import { AriHttp } from './ari-http.ts';
import { AriSocket } from './ari-socket.ts';

export interface AriFollowerOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Name of the screening's Stasis app; the follower derives its own from it. */
  readonly app: string;
  readonly node: string;
  /** Deadline of every request; 2000. */
  readonly requestTimeoutMs?: number;
  readonly pingIntervalMs?: number;
  readonly pongTimeoutMs?: number;
  /** Calls followed at once; 20000. Further ones are not followed. */
  readonly mostCalls?: number;
  /** True while calls wait for a decision: those that leave then are not followed. */
  readonly isBusy?: () => boolean;
  readonly log: Log;
  readonly clock?: Clock;
}

/** Most subscriptions in progress: an Asterisk that is too slow for them must not get more. */
const mostRequests = 200;
const connections = 4;
/** Calls that leave within this time share one request: one each is a quarter of the cost of following. */
const gatherMs = 10;
/** Asterisk reads a request line of 4 kB. */
const mostTogether = 25;
const filterRetryMs = 5_000;
/** A subscription this late after the call left may miss an answer: some phones pick up by themselves. */
const latestMs = 100;
const complaintEveryMs = 60_000;

/** A channel to subscribe to. `since`: epoch ms at which it left, or earlier. */
interface Left {
  readonly channelId: string;
  readonly since: number;
}

/**
 * Follows channels in the dialplan with its own app, event socket and HTTP connections, so that neither the flood of events
 * nor a stalled request holds up a call being screened. An event filter makes Asterisk send 6 events a call instead of 68
 * (measured).
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
  #waiting: Left[] = [];
  #isGathering = false;
  #cancelRetry = () => {};
  #complainedAt: number | null = null;

  constructor(options: AriFollowerOptions) {
    this.#options = {
      requestTimeoutMs: 2_000,
      pingIntervalMs: 2_000,
      pongTimeoutMs: 2_000,
      mostCalls: 20_000,
      isBusy: () => false,
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
   * Connects, and reconnects forever; no need to await it.
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
    await this.#socket?.stop();
    await this.#http?.close();
  }

  follow(callId: string, leftSince: number, listener: (event: LaterEvent) => void): void {
    const channelId = callId.slice(this.#options.node.length + 1);
    const full =
      this.#requests + this.#waiting.length >= mostRequests || this.#calls.size >= this.#options.mostCalls;
    if (full) this.#complain('Too many calls at once to follow them all after their exit');
    if (full || this.#options.isBusy() || this.#state !== 'following' || this.#calls.has(channelId)) {
      listener({ type: 'lost' });
      return;
    }
    this.#calls.set(channelId, listener);
    this.#waiting.push({ channelId, since: leftSince });
    if (!this.#isGathering) this.#subscribeWaiting();
  }

  /** At once when it is quiet; calls that leave in the next moments share a request. */
  #subscribeWaiting(): void {
    const some = this.#waiting.splice(0, mostTogether);
    this.#isGathering = some.length > 0;
    if (some.length === 0) return;
    this.#options.clock.after(gatherMs, () => this.#subscribeWaiting());
    void this.#subscribe(some);
  }

  async #subscribe(channels: readonly Left[]): Promise<void> {
    const { clock } = this.#options;
    const isLate = ({ since }: Left) => clock.now() - since > latestMs;
    const { length } = channels;
    this.#requests += length;
    try {
      const sources = channels.map(({ channelId }) => `channel:${channelId}`).join(',');
      const query = `eventSource=${encodeURIComponent(sources)}`;
      await this.#request('POST', `/applications/${this.#app}/subscription?${query}`);
      for (const one of channels) if (isLate(one)) this.#deliver(one.channelId, { type: 'unsure' });
    } catch (error) {
      // 422: there is no such channel. 404 would be our app.
      const over = error instanceof CallControlError && error.status === 422;
      if (over && length > 1) for (const one of channels) void this.#subscribe([one]);
      else {
        if (!over) this.#complain('A call is not followed after its exit', error);
        for (const one of channels) {
          const wasBrief = over && !isLate(one);
          const ended = { type: 'ended', at: clock.now(), cause: null } as const;
          this.#deliver(one.channelId, wasBrief ? ended : { type: 'lost' });
        }
      }
    } finally {
      this.#requests -= length;
    }
  }

  /** Without the filter no call is followed: the flood of events would slow down calls. */
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
    if (message.type === 'call-event') this.#deliver(message.channelId, message.event);
    else if (this.#socket?.isTakenOver() ?? true) {
      this.#lose('stopped');
      void this.#socket?.stop();
    }
  }

  #deliver(channelId: string, event: LaterEvent): void {
    const listener = this.#calls.get(channelId);
    if (listener === undefined) return;
    if (event.type === 'ended' || event.type === 'lost') this.#calls.delete(channelId);
    try {
      listener(event);
    } catch (error) {
      this.#options.log.error('A listener of a followed call failed', { channelId, error });
    }
  }

  /** Asterisk does not repeat what happened meanwhile; a guess would be a false record. */
  #lose(state: 'away' | 'stopped'): void {
    if (this.#state !== 'stopped') this.#state = state;
    this.#cancelRetry();
    this.#waiting = [];
    const lost = this.#calls.size;
    for (const channelId of [...this.#calls.keys()]) this.#deliver(channelId, { type: 'lost' });
    if (lost > 0) this.#options.log.warn('Calls are no longer followed to their end', { calls: lost });
  }

  #complain(message: string, error?: unknown): void {
    const { clock, log } = this.#options;
    const now = clock.now();
    if (this.#complainedAt !== null && now - this.#complainedAt < complaintEveryMs) return;
    this.#complainedAt = now;
    log.warn(message, { app: this.#app, ...(error === undefined ? {} : { error }) });
  }
}

function sayingWhichSocket(log: Log, app: string): Log {
  return {
    debug: (message, fields) => log.debug(message, { ...fields, app }),
    info: (message, fields) => log.info(message, { ...fields, app }),
    warn: (message, fields) => log.warn(message, { ...fields, app }),
    error: (message, fields) => log.error(message, { ...fields, app }),
  };
}
