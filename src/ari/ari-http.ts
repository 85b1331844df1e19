import { type Dispatcher, Pool } from 'undici';
import { CallControlError, type Clock } from '../screening/ports.ts';
import type { AriAddress } from './ari-address.ts';

export interface AriAnswer {
  readonly status: number;
  readonly body: string;
}

export interface AriHttpOptions {
  readonly address: AriAddress;
  /** For the whole exchange: waiting for a connection, connecting, request and answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Connections at most; 24. */
  readonly connections?: number;
  /** Asterisk does not let us in any more (401), or not to do anything (403). */
  readonly onRefused?: (status: number) => void;
}

/**
 * Asterisk closes a connection idle for session_keep_alive (http.conf, 15 s); ours must always close first, or a request
 * meets a closing socket. 5 s leaves room for a setting lowered to 6 s.
 */
const keepAliveMs = 5_000;

/** Each connection is a thread and a session of Asterisk (http.conf sessionlimit, 100), and others need some too. */
const defaultConnections = 24;

/** A list of some ten thousand channels; nothing ARI says is longer. */
const maxAnswerBytes = 32 * 1024 * 1024;

/**
 * Keep-alive HTTP to one Asterisk. Every request settles before its deadline: with an answer of any status, or with a
 * CallControlError `deadline` or `connection` (refused, reset, not HTTP). Nothing is repeated: a POST may have been done.
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
      // Our deadline covers these; undici's own count in half seconds.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** `path` starts below ARI's own: `/channels?…`; `json` is the body, if there is one. */
  request(method: string, path: string, json: string | null = null): Promise<AriAnswer> {
    const { address, clock, timeoutMs, onRefused } = this.#options;
    return new Promise((resolve, reject) => {
      const answered = (answer: AriAnswer) => {
        if (answer.status === 401 || answer.status === 403) onRefused?.(answer.status);
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

  /** Ends all connections; requests that are under way reject with `connection`. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** One request and its answer, as undici's dispatch wants it: without streams, at half the cost. */
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
    // It waited in the queue past its deadline: it must not be sent any more.
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
