import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import { systemClock } from '../process/clock.ts';
import type { EntryReaders } from '../screening/entry/call-facts.ts';
import { CallControlError } from '../screening/ports.ts';
import { Adoption, inApp } from './adoption.ts';
import { AppOwner } from './app-owner.ts';
import { type AriAddress, AriPreflightError, ariAddress } from './ari-address.ts';
import { readAriEvent } from './ari-events.ts';
import { AriHeartbeat } from './ari-heartbeat.ts';
import { AriHttp } from './ari-http.ts';
import { AriLibrary } from './ari-library.ts';
import { AriSocket, retryDelay } from './ari-socket.ts';
import { type CallHandler, CallsInside } from './calls-inside.ts';
import { preflight } from './preflight.ts';

export interface AriLinkOptions {
  /** `http://127.0.0.1:8088`; also https, and a prefix of http.conf. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Name of the Stasis app, for one process at a time. */
  readonly app: string;
  /** Makes channel ids unique across nodes. */
  readonly node: string;
  /** What the calls are read by. */
  readonly readers: EntryReaders;
  /** Deadline of every request and of the socket's handshake; 2000. */
  readonly requestTimeoutMs?: number;
  /** Pause between two pings; 2000. */
  readonly pingIntervalMs?: number;
  /** A socket that is silent for so long after a ping is dropped; 2000. */
  readonly pongTimeoutMs?: number;
  /** How long a booting Asterisk may answer 404 (measured: 0.3 s) before ARI is loaded; 5000. */
  readonly bootGraceMs?: number;
  /** Pause between two heartbeats; 2000. */
  readonly beatIntervalMs?: number;
  /** Id of this installation; empty: takes the app from any owner. */
  readonly ownerId?: string;
  readonly log: Log;
  readonly clock?: Clock;
  /** At every heartbeat: Asterisk's time in whole seconds, and `clock.now()` before the request. */
  readonly onTime?: (epochSeconds: number, askedAt: number) => void;
}

/** `standby`: another live process has our app. `replaced`: it took the app from us; we do not reconnect. */
export type AriLinkState = 'connecting' | 'standby' | 'connected' | 'replaced' | 'stopped';

interface Parts {
  readonly http: AriHttp;
  readonly library: AriLibrary;
  readonly socket: AriSocket;
  readonly adoption: Adoption;
  readonly heartbeat: AriHeartbeat;
  readonly owner: AppOwner;
  readonly calls: CallsInside;
}

/** The link to one Asterisk: delivers calls, sends requests, and reconnects forever. */
export class AriLink {
  readonly #options: Required<AriLinkOptions>;
  readonly #stateHandlers: ((state: AriLinkState) => void)[] = [];
  #callHandler: CallHandler | null = null;
  #state: AriLinkState = 'connecting';
  #wasConnected = false;
  #http: AriHttp | null = null;
  #parts: Parts | null = null;
  /** Ends the wait that start() is in. */
  #wake: () => void = () => {};

  constructor(options: AriLinkOptions) {
    this.#options = {
      requestTimeoutMs: 2_000,
      pingIntervalMs: 2_000,
      pongTimeoutMs: 2_000,
      bootGraceMs: 5_000,
      beatIntervalMs: 2_000,
      ownerId: '',
      clock: systemClock,
      onTime: () => {},
      ...options,
    };
  }

  /** Called once for each call: new ones, and those found inside after a (re)connect. One handler, set before `start`. */
  onCall(handler: CallHandler): void {
    this.#callHandler = handler;
  }

  onState(handler: (state: AriLinkState) => void): void {
    this.#stateHandlers.push(handler);
  }

  state(): AriLinkState {
    return this.#state;
  }

  /** Dialplan settings out of range, whose defaults are in force. */
  oddSettings(): readonly string[] {
    return this.#parts?.calls.oddSettings ?? [];
  }

  /** Version of a dialplan whose calls are not screened; null: it is one of ours. */
  otherContract(): string | null {
    return this.#parts?.calls.otherContract ?? null;
  }

  /**
   * Checks the settings, then connects. Resolves when the event socket opens for the first time, or after `stop`. Retries
   * forever, with log lines, while Asterisk is away or booting.
   * @throws AriPreflightError when the settings are wrong
   */
  async start(): Promise<void> {
    const handler = this.#callHandler;
    if (handler === null) throw new TypeError('onCall must come before start');
    const { requestTimeoutMs: timeoutMs, clock } = this.#options;
    try {
      const address = ariAddress(this.#options);
      // Asterisk keeps the socket of a user whose login it now refuses. With it every new call waits for the watchdog; without it
      // `Stasis()` fails, and calls go to the operators at once.
      const onRefused = (status: number) => this.#parts?.socket.reopen(`requests are refused with ${status}`);
      const http = new AriHttp({ address, timeoutMs, clock, onRefused });
      this.#http = http;
      const library = await this.#openLibrary(http);
      if (library !== null) await this.#connect(address, http, library, handler);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * The call ids (`<node>/<channel id>`) of all channels in Asterisk, inside the app or gone on from it.
   * @throws CallControlError
   */
  async liveCallIds(): Promise<ReadonlySet<string>> {
    if (this.#parts === null) throw new CallControlError('connection', 'not connected to Asterisk yet', null);
    const channels = await this.#parts.library.channels();
    return new Set(channels.map(({ id }) => `${this.#options.node}/${id}`));
  }

  /** Closes everything. Calls still inside go to the operators. */
  async stop(): Promise<void> {
    const wasConnected = this.#state === 'connected';
    this.#enter('stopped');
    this.#wake();
    this.#parts?.adoption.stop();
    this.#parts?.heartbeat.stop();
    await this.#parts?.socket.stop();
    if (wasConnected && this.#parts !== null) await this.#sendOn(this.#parts.library);
    this.#parts?.library.close();
    await this.#http?.close();
  }

  /** Calls that came in while the socket closed go to the operators, rather than wait for the watchdog. */
  async #sendOn(library: AriLibrary): Promise<void> {
    const { app, log } = this.#options;
    try {
      const inside = inApp(await library.channels(), app);
      await Promise.allSettled(inside.map(({ channel }) => library.continueAt(channel.id, null)));
      if (inside.length > 0)
        log.warn('Calls left at shutdown were sent to the operators', { calls: inside.length });
    } catch (error) {
      log.warn('Calls left at shutdown could not be listed; the dialplan sends them on', { error });
    }
  }

  /** Null when it was stopped before Asterisk was there. */
  async #openLibrary(http: AriHttp): Promise<AriLibrary | null> {
    const { log, clock, bootGraceMs } = this.#options;
    const begun = clock.now();
    for (let attempt = 1; !this.#stopped(); attempt++) {
      try {
        const version = await preflight(http);
        const library = await AriLibrary.open(http);
        log.info('Asterisk found', { version });
        return library;
      } catch (error) {
        if (this.#stopped()) return null;
        const booting = error instanceof AriPreflightError && error.code === 'ari-not-found';
        if (error instanceof AriPreflightError && !(booting && clock.now() - begun < bootGraceMs))
          throw error;
        const remedy = 'If Asterisk is running: check the ARI URL, and enabled = yes in http.conf.';
        log.warn('Asterisk is not available yet; retrying', { attempt, error, remedy });
        await this.#pause(retryDelay(attempt));
      }
    }
    return null;
  }

  async #connect(
    address: AriAddress,
    http: AriHttp,
    library: AriLibrary,
    handler: CallHandler,
  ): Promise<void> {
    const { app, log, clock, requestTimeoutMs, pingIntervalMs, pongTimeoutMs, beatIntervalMs } =
      this.#options;
    const owner = new AppOwner({ http, app, id: this.#options.ownerId, clock, log });
    await owner.untilFree(
      () => this.#stopped(),
      () => this.#enter('standby'),
    );
    const calls = new CallsInside(this.#options, library, handler);
    const adoption = new Adoption({ app, library, calls, clock, log });
    const heartbeat = new AriHeartbeat({
      http,
      clock,
      intervalMs: beatIntervalMs,
      onTime: this.#options.onTime,
      onFailed: (reason) => socket.reopen(reason),
    });
    const socket = new AriSocket({
      address,
      handshakeTimeoutMs: requestTimeoutMs,
      pingIntervalMs,
      pongTimeoutMs,
      log,
      clock,
      mayOpen: async () => {
        // If another process took over meanwhile, it has the calls too.
        if (this.#wasConnected && (await owner.hasOther())) this.#replaced();
        else await heartbeat.beat();
      },
      onOpen: () => {
        log.info('ARI event socket open', { app });
        heartbeat.start();
        void owner.claim();
        this.#wasConnected = true;
        this.#enter('connected');
        adoption.start();
        this.#wake();
      },
      onMessage: (text) => this.#receive(text, calls),
      onLost: () => {
        heartbeat.stop();
        adoption.stop();
        this.#enter('connecting');
      },
    });
    this.#parts = { http, library, socket, adoption, owner, heartbeat, calls };
    if (this.#stopped()) return library.close();
    const opened = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    socket.start();
    await opened;
  }

  #receive(text: string, calls: CallsInside): void {
    const event = readAriEvent(text, this.#options.app);
    if (event === 'other') return;
    if (event === 'unreadable') {
      this.#options.log.warn('ARI sent an unreadable event', { length: text.length });
    } else if (event.type === 'app-replaced') {
      if (this.#parts?.socket.isTakenOver() ?? true) this.#replaced();
    } else if (event.type === 'call-started') {
      calls.arrive(event.channel, event.args, false);
    } else {
      calls.deliver(event.channelId, event.event);
    }
  }

  /** Requests still work, but events of calls inside go to the other process now. */
  #replaced(): void {
    const { log, app } = this.#options;
    log.error('Another process took over our Stasis app; not connecting again', { app });
    this.#parts?.adoption.stop();
    this.#parts?.heartbeat.stop();
    void this.#parts?.socket.stop();
    void this.#parts?.owner.lost();
    this.#enter('replaced');
  }

  #enter(state: AriLinkState): void {
    if (this.#state === state || this.#state === 'stopped') return;
    this.#state = state;
    for (const handler of this.#stateHandlers) {
      try {
        handler(state);
      } catch (error) {
        this.#options.log.error('State listener failed', { state, error });
      }
    }
  }

  #stopped(): boolean {
    return this.#state === 'stopped';
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
