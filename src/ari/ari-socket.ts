import { WebSocket } from 'ws';
import type { Clock, ScreeningLog } from '../screening/ports.ts';
import type { AriAddress } from './ari-address.ts';

export interface AriSocketOptions {
  readonly address: AriAddress;
  /** A handshake or a pong later than this ends the socket. */
  readonly handshakeTimeoutMs: number;
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  readonly log: ScreeningLog;
  readonly clock: Clock;
  readonly onOpen: () => void;
  readonly onMessage: (text: string) => void;
  readonly onLost: () => void;
}

const shortestRetryMs = 100;
const longestRetryMs = 5_000;
/** Only a connection that lasted this long makes the next retry short again. */
const settledAfterMs = 5_000;
/** Handshakes we gave up on, that Asterisk may still carry out; beyond it another process is believed. */
const mostUnanswered = 10;
/** Whatever Asterisk had not read before it answered again, it has read by then. */
const unansweredForMs = 60_000;
/** One event with the largest dialplan arguments is some 20 kB. */
const maxMessageBytes = 4 * 1024 * 1024;

/**
 * The event socket, connected again for ever. Asterisk keeps an app with a half-open socket registered and hands it
 * calls that nobody hears of, so a socket without pong is dropped.
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
    if (!this.#stopped) this.#connect();
  }

  /** Closes it; no callback comes any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    const socket = this.#drop();
    if (socket === null) return;
    socket.on('error', () => {});
    socket.close(1000);
    // ws itself waits 30 s for the other side's close frame.
    const cancel = this.#options.clock.after(500, () => socket.terminate());
    socket.once('close', cancel);
  }

  /**
   * Asterisk says that another socket has our app now. True: it is another process's. False: Asterisk stood still, and what
   * it carried out when it went on was an older handshake of our own that nobody waits for any more; connects again.
   */
  isTakenOver(): boolean {
    const { clock } = this.#options;
    const isFresh = this.#openedAt !== null && clock.now() - this.#openedAt < unansweredForMs;
    const socket = this.#socket;
    if (!isFresh || this.#unanswered === 0 || socket === null) return true;
    this.#unanswered--;
    // Asterisk is well again: callers should not go unscreened for long.
    this.#failures = 0;
    this.#giveUp(socket, 'replaced by an older handshake of our own');
    return false;
  }

  /** Drops the socket if it is open, and connects again, with the usual pauses. */
  reopen(reason: string): void {
    if (this.#socket !== null && this.#openedAt !== null) this.#giveUp(this.#socket, reason);
  }

  #connect(): void {
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

  /** Ping, wait for the pong, rest, again; any event counts as a sign of life. */
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
        // A pong may lie unread because this process was busy: look once more after the sockets were read.
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
    log.warn('ARI event socket lost, connecting again', { reason, delayMs, attempt: this.#failures });
    this.#cancelTimer = clock.after(delayMs, () => this.#connect());
    if (openedAt !== null) onLost();
  }

  /** Lets go of the socket, so that nothing it still says is heard. */
  #drop(): WebSocket | null {
    const socket = this.#socket;
    this.#socket = null;
    socket?.removeAllListeners();
    return socket;
  }
}

/** 100 ms doubling to 5 s, with up to half taken off so that many nodes do not return in step. */
export function retryDelay(failures: number): number {
  const full = Math.min(longestRetryMs, shortestRetryMs * 2 ** Math.min(failures, 10));
  return Math.max(shortestRetryMs, Math.round(full * (1 - Math.random() / 2)));
}
