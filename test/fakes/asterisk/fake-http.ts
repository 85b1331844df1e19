import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { apiDocument } from './api-docs.ts';
import { type Misbehavior, MisbehaviorScript } from './misbehavior.ts';

/** One request as the fake saw it. */
export interface FakeRequest {
  readonly method: string;
  /** With `{id}` for ids: `POST /channels/{id}/continue`. */
  readonly route: string;
  /** Second part of the path, decoded: the channel, playback or application. */
  readonly id: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | null;
}

export interface FakeReply {
  readonly status: number;
  readonly body?: object;
}

export interface FakeHttpSettings {
  username: string;
  password: string;
  readOnly: boolean;
}

/** HTTP with ARI's authentication, api-docs and errors; what a route does is the caller's. */
export class FakeHttp {
  readonly server: Server;
  readonly requests: FakeRequest[] = [];
  readonly script = new MisbehaviorScript();
  /** TCP connections opened so far. */
  connections = 0;
  readonly #settings: FakeHttpSettings;
  readonly #sockets = new Set<Socket>();
  readonly #serve: (request: FakeRequest) => FakeReply | Promise<FakeReply>;

  constructor(settings: FakeHttpSettings, serve: (request: FakeRequest) => FakeReply | Promise<FakeReply>) {
    this.#settings = settings;
    this.#serve = serve;
    this.server = createServer((request, response) => void this.#take(request, response));
    this.server.keepAliveTimeout = 15_000;
    this.server.on('connection', (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
  }

  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Null when they are right, else the status ARI answers. */
  refusal(authorization: string | null, method: string): number | null {
    const { username, password, readOnly } = this.#settings;
    const right = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    if (authorization !== right) return 401;
    return readOnly && method !== 'GET' ? 403 : null;
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = readRequest(incoming);
    incoming.resume();
    if (request === null) return send(response, 404, '<html>Not Found</html>', 'text/html');
    this.requests.push(request);
    const bad = this.script.next(request.route);
    if (bad && bad.kind !== 'hold') return misbehave(response, bad);
    const refused = this.refusal(request.authorization, request.method);
    const reply: FakeReply =
      refused === null
        ? (this.#document(request, incoming) ?? (await this.#serve(request)))
        : {
            status: refused,
            body: { message: refused === 401 ? 'Authentication required' : 'Write access denied' },
          };
    if (bad) {
      bad.asked();
      await bad.until;
    }
    send(response, reply.status, reply.body === undefined ? '' : JSON.stringify(reply.body));
  }

  #document(request: FakeRequest, incoming: IncomingMessage): FakeReply | null {
    if (!request.route.startsWith('GET /api-docs/')) return null;
    const document = apiDocument(request.id.replace(/\.json$/, ''), `http://${incoming.headers.host}/ari`);
    return document
      ? { status: 200, body: document }
      : { status: 404, body: { message: 'Resource not found' } };
  }
}

function readRequest(incoming: IncomingMessage): FakeRequest | null {
  const url = new URL(incoming.url ?? '/', 'http://fake.invalid');
  const [, ari, resource, id, ...rest] = url.pathname.split('/');
  if (ari !== 'ari' || resource === undefined) return null;
  const method = incoming.method ?? 'GET';
  const hasId = id !== undefined && ['channels', 'playbacks', 'applications'].includes(resource);
  const parts = [resource, ...(id === undefined ? [] : [hasId ? '{id}' : id]), ...rest];
  return {
    method,
    route: `${method} /${parts.join('/')}`,
    id: decodeURIComponent(id ?? ''),
    query: Object.fromEntries(url.searchParams),
    authorization: incoming.headers.authorization ?? null,
  };
}

function send(response: ServerResponse, status: number, body: string, type = 'application/json'): void {
  response.writeHead(status, {
    'content-length': Buffer.byteLength(body),
    ...(body && { 'content-type': type }),
  });
  response.end(body);
}

function misbehave(response: ServerResponse, what: Exclude<Misbehavior, { kind: 'hold' }>): void {
  if (what.kind === 'reset') response.socket?.resetAndDestroy();
  else if (what.kind === 'answer') send(response, what.status, what.body);
  else if (what.kind === 'half-answer') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
    response.write('{"id": "');
  }
}
