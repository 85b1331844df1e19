import { type Dispatcher, Pool } from 'undici';
import type { Clock } from '../process/clock.ts';
import { CallControlError } from '../screening/ports.ts';
import type { AriAddress } from './ari-address.ts';
import { type AriAnswer, isShutOut } from './ari-answer.ts';

export interface AriHttpOptions {
  readonly address: AriAddress;
  /** For the whole exchange: waiting for a connection, connecting, request and answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Most connections; 24. */
  readonly connections?: number;
  /** Asterisk refuses us: see `isShutOut`. */
  readonly onRefused?: (status: number) => void;
}

/**
 * Asterisk closes idle connections after session_keep_alive (http.conf, 15 s). We must close first, or a request meets a closing
 * socket; 5 s allows for a setting of 6 s.
 */
const keepAliveMs = 5_000;

/** Each connection takes a thread and a session of Asterisk (http.conf sessionlimit, 100), which others need too. */
const defaultConnections = 24;

/** A list of some ten thousand channels, the longest answer of ARI. */
const maxAnswerBytes = 32 * 1024 * 1024;

/**
 * Keep-alive HTTP to one Asterisk. Every request settles before its deadline: with an answer of any status, or with a
 * CallControlError `deadline` or `connection` (refused, reset, not HTTP). No retries: a POST may have taken effect.
 */
export class AriHttp {
  readonly #pool: Pool;
  readonly #options: AriHttpOptions;
  readonly #headers: Record<string, string>;

  constructor(options: AriHttpOptions) {
    this.#options = options;
    this.#headers = { authorization: options.address.authorization, accept: 'application/json' };
    this.#pool = new Pool(options.address.origin, {
      connections: options.connections ?? defaultConnections,
      pipelining: 1,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      maxResponseSize: maxAnswerBytes,
      connect: { timeout: options.timeoutMs },
      // Our deadline covers these; undici's are only accurate to half a second.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** `path` starts below ARI's own: `/channels?…`; `json` is the body, if there is one. */
  request(method: string, path: string, json: string | null = null): Promise<AriAnswer> {
    const { address, clock, timeoutMs, onRefused } = this.#options;
    return new Promise((resolve, reject) => {
      const answered = (answer: AriAnswer) => {
        if (isShutOut(answer)) onRefused?.(answer.status);
        resolve(answer);
      };
      const exchange = new Exchange(`${method} ${path.replace(/\?.*/s, '')}`, answered, reject);
      exchange.cancelDeadline = clock.after(timeoutMs, () => exchange.expire(timeoutMs));
      this.#pool.dispatch(
        {
          method: method as Dispatcher.HttpMethod,
          path: address.path + path,
          headers: json === null ? this.#headers : { ...this.#headers, 'content-type': 'application/json' },
          body: json,
        },
        exchange,
      );
    });
  }

  /** Ends all connections; pending requests reject with `connection`. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** A request handler for undici's dispatch, which without streams costs half. */
class Exchange implements Dispatcher.DispatchHandler {
  cancelDeadline: () => void = () => {};
  readonly #name: string;
  readonly #resolve: (answer: AriAnswer) => void;
  readonly #reject: (error: CallControlError) => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #settled = false;

  constructor(name: string, resolve: (answer: AriAnswer) => void, reject: (error: CallControlError) => void) {
    this.#name = name;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  expire(afterMs: number): void {
    if (!this.#settle()) return;
    const error = new CallControlError('deadline', `${this.#name}: no answer within ${afterMs} ms`, null);
    this.#reject(error);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited in the queue past its deadline and must not be sent.
    if (this.#settled) controller.abort(new Error('expired while queued'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    if (status >= 200) this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (!this.#settle()) return;
    this.#resolve({ status: this.#status, body: Buffer.concat(this.#chunks).toString('utf8') });
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    if (!this.#settle()) return;
    const status = this.#status === 0 ? null : this.#status;
    this.#reject(new CallControlError('connection', `${this.#name}: ${cause.message}`, status, cause));
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.cancelDeadline();
    return true;
  }
}
