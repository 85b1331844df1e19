import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../log/log.ts';

/** A browser or a proxy sends what it has to send at once; whoever takes longer than this holds a descriptor. */
const headersTimeoutMs = 5_000;
const requestTimeoutMs = 10_000;
const keepAliveMs = 5_000;
/** An answer of which nothing is read for so long. */
const sendTimeoutMs = 20_000;
const checkEveryMs = 500;
const maxHeaderBytes = 16_384;
/** Connections above the limit, for requests of `always` alone. */
const reserve = 16;
const logEveryMs = 60_000;

export interface ConnectionsOptions {
  /** Open at once. */
  readonly most: number;
  /** Paths that are answered above the limit too: probes and metrics. */
  readonly always: ReadonlySet<string>;
  readonly log: Pick<Log, 'warn'>;
  /** Shorter in tests. */
  readonly headersTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

interface Connection {
  /** Being answered; null: nothing was asked yet, or everything is answered. */
  response: ServerResponse | null;
  /** More was asked before the answer was over. */
  isPipelined: boolean;
  /** Came in above the limit. */
  readonly isReserve: boolean;
}

/**
 * The connections of the web server, which share descriptors and an event loop with calls. At the limit a newcomer
 * takes the place of the peer that has kept us waiting longest: unfinished input and idle connections first, then answers
 * that are read slowly. Work in progress keeps its place.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<Socket, Connection>();
  /** Those whose peer owes us a request or the rest of one; who has owed it longest comes first. */
  readonly #waiting = new Set<Socket>();
  #dropped = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Connections that had to make room, or found none. */
  get dropped(): number {
    return this.#dropped;
  }

  /** An HTTP server that does not listen yet. `host` may have several addresses: then there are several servers. */
  serve(handler: RequestListener): Server {
    const server = createServer(
      {
        headersTimeout: this.#options.headersTimeoutMs ?? headersTimeoutMs,
        requestTimeout: this.#options.requestTimeoutMs ?? requestTimeoutMs,
        keepAliveTimeout: keepAliveMs,
        // Node looks every 30 s by default, so that a timeout of seconds would not strike.
        connectionsCheckingInterval: checkEveryMs,
        maxHeaderSize: maxHeaderBytes,
      },
      (request, response) => {
        if (this.#begin(request, response)) handler(request, response);
      },
    );
    server.on('connection', (socket: Socket) => this.#accept(socket));
    // Without a listener it would be an uncaught exception. What concerns listening itself is Fastify's.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall === 'accept') this.#note('A web connection could not be accepted', { error });
    });
    return server;
  }

  closeAll(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  #accept(socket: Socket): void {
    const isReserve = this.#open.size >= this.#options.most && !this.#makeRoom();
    if (isReserve && this.#open.size >= this.#options.most + reserve) {
      this.#drop(socket);
      return;
    }
    this.#open.set(socket, { response: null, isPipelined: false, isReserve });
    this.#waiting.add(socket);
    socket.once('close', () => this.#forget(socket));
  }

  /** True when a connection was ended for it. */
  #makeRoom(): boolean {
    const [waiting] = this.#waiting;
    const victim = waiting ?? this.#slowReader();
    if (victim === undefined) return false;
    this.#forget(victim);
    this.#drop(victim);
    return true;
  }

  #slowReader(): Socket | undefined {
    for (const [socket, { response }] of this.#open) if (response?.headersSent) return socket;
    return undefined;
  }

  /** False when the request is not to be answered by the application. */
  #begin(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    const connection = this.#open.get(socket);
    if (connection === undefined) return false;
    if (connection.response !== null) {
      // Pipelined: a buffer full of requests would all be begun in one turn of the event loop. A client may have to
      // repeat what was not answered before the connection closed (RFC 9112, 9.3.2).
      connection.isPipelined = true;
      return false;
    }
    connection.response = response;
    const whole = () => connection.response === response && this.#waiting.delete(socket);
    if (hasBody(request)) request.once('end', whole);
    else whole();
    response.once('prefinish', () => socket.setTimeout(sendTimeoutMs));
    response.once('close', () => {
      connection.response = null;
      if (connection.isPipelined) socket.destroySoon();
      if (this.#open.has(socket)) this.#waiting.add(socket);
    });
    if (!connection.isReserve || this.#open.size <= this.#options.most) return true;
    if (this.#options.always.has(request.url ?? '')) return true;
    response.writeHead(503, { ...busyHeaders }).end('{"error":"too many connections; try again later"}');
    return false;
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket);
    this.#waiting.delete(socket);
  }

  #drop(socket: Socket): void {
    socket.destroy();
    this.#dropped++;
    this.#note('Too many web connections; the ones idle the longest are closed', {
      most: this.#options.most,
      dropped: this.#dropped,
    });
  }

  #note(message: string, fields: Record<string, unknown>): void {
    if (performance.now() - this.#loggedAt < logEveryMs) return;
    this.#loggedAt = performance.now();
    this.#options.log.warn(message, fields);
  }
}

const busyHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'retry-after': '1',
  connection: 'close',
};

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/**
 * Kept for calls and what they need: event sockets, pools and requests to Asterisk (two pools, 30), Redis (3, more in a
 * cluster), the outbox, rule and list files, notes, workers.
 */
const reservedForCalls = 128;

/** However few descriptors there are: somebody must be able to see why. */
const leastWebConnections = 16;

/**
 * How many web connections there may be: as many as are set, but never so many that calls could want for descriptors.
 * @param limit of open files for this process; null: not known
 */
export function webConnections(wanted: number, limit: number | null): number {
  if (limit === null) return wanted;
  return Math.max(leastWebConnections, Math.min(wanted, limit - reservedForCalls));
}

/** Soft limit of open files; null where it cannot be known (not Linux) or is not limited. */
export function openFilesLimit(): number | null {
  try {
    const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return line === null || line[1] === 'unlimited' ? null : Number(line[1]);
  } catch {
    return null;
  }
}
