import { WebSocket } from 'ws';
import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import type { AriAddress } from './ari-address.ts';

export interface AriSocketOptions {
  readonly address: AriAddress;
  /** A handshake or a pong later than this ends the socket. */
  readonly handshakeTimeoutMs: number;
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  readonly log: Log;
  readonly clock: Clock;
  /** Checked before each attempt: an app that is registered but not served would hold up calls. */
  readonly mayOpen?: () => Promise<void>;
  readonly onOpen: () => void;
  readonly onMessage: (text: string) => void;
  readonly onLost: () => void;
}

const shortestRetryMs = 100;
const longestRetryMs = 5_000;
/** A connection that lasted this long makes the next retry short again. */
const settledAfterMs = 5_000;
/** Most abandoned handshakes that Asterisk may still complete; beyond it we assume another process. */
const mostUnanswered = 10;
/** By then Asterisk has read everything sent before it answered again. */
const unansweredForMs = 60_000;
/** An event with the largest dialplan arguments has some 20 kB. */
const maxMessageBytes = 4 * 1024 * 1024;

/**
 * The event socket, reconnected forever. Asterisk keeps an app with a half-open socket registered and sends it calls that never
 * arrive, so a socket without a pong is dropped.
 */
export class AriSocket {
  readonly #options: AriSocketOptions;
  #socket: WebSocket | null = null;
  #stopped = false;
  #failures = 0;
  #openedAt: number | null = null;
  #unanswered = 0;
  #cancelTimer: () => void = () => {};

  constructor(options: AriSocketOptions) {
    this.#options = options;
  }

  start(): void {
    if (!this.#stopped) void this.#connect();
  }

  /** Closes it; no callback follows. Resolves when Asterisk has unregistered our app, or after 500 ms. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    const socket = this.#drop();
    if (socket === null) return Promise.resolve();
    socket.on('error', () => {});
    socket.close(1000);
    // ws waits 30 s for the other side's close frame.
    const cancel = this.#options.clock.after(500, () => socket.terminate());
    return new Promise((resolve) => {
      socket.once('close', () => {
        cancel();
        resolve();
      });
    });
  }

  /**
   * Another socket has our app now. True: it is another process's. False: Asterisk was frozen, and then completed an abandoned
   * handshake of ours; reconnects.
   */
  isTakenOver(): boolean {
    const { clock } = this.#options;
    const isFresh = this.#openedAt !== null && clock.now() - this.#openedAt < unansweredForMs;
    const socket = this.#socket;
    if (!isFresh || this.#unanswered === 0 || socket === null) return true;
    this.#unanswered--;
    // Asterisk works again: callers should not go unscreened for long.
    this.#failures = 0;
    this.#giveUp(socket, 'replaced by an older handshake of our own');
    return false;
  }

  /** Drops the socket if it is open, and reconnects with the usual pauses. */
  reopen(reason: string): void {
    if (this.#socket !== null && this.#openedAt !== null) this.#giveUp(this.#socket, reason);
  }

  async #connect(): Promise<void> {
    try {
      await this.#options.mayOpen?.();
    } catch (error) {
      if (!this.#stopped) this.#lost(error instanceof Error ? error.message : String(error));
      return;
    }
    if (!this.#stopped) this.#open();
  }

  #open(): void {
    const { address, handshakeTimeoutMs } = this.#options;
    const socket = new WebSocket(address.socketUrl, {
      headers: { authorization: address.authorization },
      handshakeTimeout: handshakeTimeoutMs,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
    });
    this.#socket = socket;
    let why = 'closed by Asterisk';
    let isAnswered = false;
    socket.on('open', () => {
      isAnswered = true;
      this.#opened(socket);
    });
    socket.on('message', (data) => this.#options.onMessage(data.toString()));
    socket.on('unexpected-response', (_request, response) => {
      why = `refused with status ${response.statusCode}`;
      isAnswered = true;
      socket.terminate();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') isAnswered = true;
      if (!why.startsWith('refused')) why = error.message;
    });
    socket.on('close', () => {
      if (!isAnswered) this.#unanswered = Math.min(mostUnanswered, this.#unanswered + 1);
      this.#lost(why);
    });
  }

  #opened(socket: WebSocket): void {
    this.#openedAt = this.#options.clock.now();
    this.#keepAlive(socket);
    this.#options.onOpen();
  }

  /** Ping, wait for the pong, pause, repeat; any event counts as a pong. */
  #keepAlive(socket: WebSocket): void {
    const { clock, pingIntervalMs, pongTimeoutMs } = this.#options;
    let heard = false;
    const hear = () => {
      heard = true;
    };
    socket.on('pong', hear);
    socket.on('message', hear);
    const ping = () => {
      heard = false;
      socket.ping();
      this.#cancelTimer = clock.after(pongTimeoutMs, () => {
        // A pong may be unread because this process was busy: check again after the sockets were read.
        setImmediate(() => {
          if (this.#socket !== socket) return;
          if (!heard) return this.#giveUp(socket, `no pong within ${pongTimeoutMs} ms`);
          this.#cancelTimer = clock.after(pingIntervalMs, ping);
        });
      });
    };
    ping();
  }

  #giveUp(socket: WebSocket, reason: string): void {
    this.#drop();
    socket.on('error', () => {});
    socket.terminate();
    this.#lost(reason);
  }

  #lost(reason: string): void {
    this.#cancelTimer();
    this.#drop();
    const { clock, log, onLost } = this.#options;
    const openedAt = this.#openedAt;
    this.#openedAt = null;
    const openMs = openedAt === null ? 0 : clock.now() - openedAt;
    const settled = openMs >= settledAfterMs;
    if (openMs >= unansweredForMs) this.#unanswered = 0;
    this.#failures = settled ? 0 : this.#failures + 1;
    const delayMs = retryDelay(this.#failures);
    log.warn('ARI event socket lost; reconnecting', { reason, delayMs, attempt: this.#failures });
    this.#cancelTimer = clock.after(delayMs, () => void this.#connect());
    if (openedAt !== null) onLost();
  }

  /** Drops the socket and ignores what it still sends. */
  #drop(): WebSocket | null {
    const socket = this.#socket;
    this.#socket = null;
    socket?.removeAllListeners();
    return socket;
  }
}

/** 100 ms doubling to 5 s, less up to half, so that nodes do not reconnect at the same moment. */
export function retryDelay(failures: number): number {
  const full = Math.min(longestRetryMs, shortestRetryMs * 2 ** Math.min(failures, 10));
  return Math.max(shortestRetryMs, Math.round(full * (1 - Math.random() / 2)));
}
