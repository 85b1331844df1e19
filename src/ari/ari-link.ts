import { CallControlError, type Clock, type ScreeningLog } from '../screening/ports.ts';
import { Adoption } from './adoption.ts';
import { type AriAddress, ariAddress } from './ari-address.ts';
import { readAriEvent } from './ari-events.ts';
import { AriHttp } from './ari-http.ts';
import { AriLibrary } from './ari-library.ts';
import { AriPreflightError } from './ari-preflight-error.ts';
import { AriSocket, retryDelay } from './ari-socket.ts';
import { type CallHandler, CallsInside } from './calls-inside.ts';
import { preflight } from './preflight.ts';
import { systemClock } from './system-clock.ts';

export interface AriLinkOptions {
  /** `http://127.0.0.1:8088`; https and an http.conf prefix are understood. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Name of the Stasis app. One process a name: a second one takes it over. */
  readonly app: string;
  /** Makes channel ids unique across nodes. */
  readonly node: string;
  /** ISO 3166 region in which numbers without a country code are read. */
  readonly defaultRegion: string;
  /** Deadline of every request and of the socket's handshake; 2000. */
  readonly requestTimeoutMs?: number;
  /** Rest between two pings; 2000. */
  readonly pingIntervalMs?: number;
  /** A socket silent for so long after a ping is dropped; 2000. */
  readonly pongTimeoutMs?: number;
  /** A booting Asterisk says 404 for a while (measured: 0.3 s) before ARI is loaded; 5000. */
  readonly bootGraceMs?: number;
  readonly log: ScreeningLog;
  readonly clock?: Clock;
}

/** `replaced`: another process took our app name; we do not come back. */
export type AriLinkState = 'connecting' | 'connected' | 'replaced' | 'stopped';

interface Parts {
  readonly http: AriHttp;
  readonly library: AriLibrary;
  readonly socket: AriSocket;
  readonly adoption: Adoption;
}

/** Our one link to one Asterisk: calls come in, requests go out, and it is mended for ever. */
export class AriLink {
  readonly #options: Required<AriLinkOptions>;
  readonly #stateHandlers: ((state: AriLinkState) => void)[] = [];
  #callHandler: CallHandler | null = null;
  #state: AriLinkState = 'connecting';
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
      clock: systemClock,
      ...options,
    };
  }

  /** Every call once: new ones, and those found inside after a (re)connect. One handler, before `start`. */
  onCall(handler: CallHandler): void {
    this.#callHandler = handler;
  }

  onState(handler: (state: AriLinkState) => void): void {
    this.#stateHandlers.push(handler);
  }

  state(): AriLinkState {
    return this.#state;
  }

  /**
   * Checks the settings, then connects. Resolves when the event socket is open for the first time, or after `stop`.
   * Waits for ever, with log lines, for an Asterisk that is away or booting.
   * @throws AriPreflightError when the settings are wrong
   */
  async start(): Promise<void> {
    const handler = this.#callHandler;
    if (handler === null) throw new TypeError('onCall must come before start');
    const { requestTimeoutMs: timeoutMs, clock } = this.#options;
    try {
      const address = ariAddress(this.#options);
      // Asterisk leaves a socket open whose user may not enter any more. While it is there every new call waits for the
      // watchdog; without it `Stasis()` fails, and calls go to the operators at once.
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

  /** Closes everything; requests under way reject, calls inside are told nothing. */
  async stop(): Promise<void> {
    this.#enter('stopped');
    this.#wake();
    this.#parts?.adoption.stop();
    this.#parts?.socket.stop();
    this.#parts?.library.close();
    await this.#http?.close();
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
        log.warn('Asterisk is not there yet, trying again', { attempt, error, remedy });
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
    const { app, log, clock, requestTimeoutMs, pingIntervalMs, pongTimeoutMs } = this.#options;
    const calls = new CallsInside(this.#options, library, handler);
    const adoption = new Adoption({ app, library, calls, clock, log });
    const socket = new AriSocket({
      address,
      handshakeTimeoutMs: requestTimeoutMs,
      pingIntervalMs,
      pongTimeoutMs,
      log,
      clock,
      onOpen: () => {
        log.info('ARI event socket open', { app });
        this.#enter('connected');
        adoption.start();
        this.#wake();
      },
      onMessage: (text) => this.#receive(text, calls),
      onLost: () => {
        adoption.stop();
        this.#enter('connecting');
      },
    });
    this.#parts = { http, library, socket, adoption };
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
      this.#options.log.warn('ARI sent something that is no event', { length: text.length });
    } else if (event.type === 'app-replaced') {
      if (this.#parts?.socket.isTakenOver() ?? true) this.#replaced();
    } else if (event.type === 'call-started') {
      calls.arrive(event.channel, event.args, false);
    } else {
      calls.tell(event.channelId, event.event);
    }
  }

  /** Requests still work, so calls inside are carried to their end; their events go to the other process. */
  #replaced(): void {
    const { log, app } = this.#options;
    log.error('Another process took over our Stasis app; not connecting again', { app });
    this.#parts?.adoption.stop();
    this.#parts?.socket.stop();
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
