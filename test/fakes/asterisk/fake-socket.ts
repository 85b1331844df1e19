import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { FakeHttp } from './fake-http.ts';

/** The event sockets, one for an app name; a second one takes the name over. */
export class FakeSockets {
  /** Handshakes accepted so far. */
  accepted = 0;
  /** The query string of every handshake that was tried. */
  readonly handshakes: string[] = [];
  /** Status with which handshakes are refused; null accepts them. */
  refuseWith: number | null = null;
  /** True: half-open. Sockets stay connected, no pong and no event goes out. */
  silent = false;
  /** True: handshakes are taken and kept, as by an Asterisk that stands still; `carryOut` answers them. */
  still = false;
  readonly #kept: (() => void)[] = [];
  readonly #server = new WebSocketServer({ noServer: true, autoPong: false });
  readonly #byApp = new Map<string, WebSocket>();
  readonly #http: FakeHttp;

  constructor(http: FakeHttp) {
    this.#http = http;
    http.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(request, socket, head);
    });
  }

  has(app: string): boolean {
    return this.#byApp.has(app);
  }

  send(app: string, event: object): void {
    this.sendText(
      app,
      JSON.stringify({
        application: app,
        timestamp: new Date().toISOString().replace('Z', '+0000'),
        ...event,
      }),
    );
  }

  sendText(app: string, text: string): void {
    if (!this.silent) this.#byApp.get(app)?.send(text);
  }

  /** Cuts every socket without a close frame. */
  drop(): void {
    for (const socket of this.#byApp.values()) socket.terminate();
    this.#byApp.clear();
  }

  /** What a second process with the same app name does to the first. */
  replace(app: string): void {
    this.send(app, { type: 'ApplicationReplaced' });
    this.#byApp.delete(app);
  }

  /** Answers the handshakes that were kept, whoever still waits for them. */
  carryOut(): void {
    for (const answer of this.#kept.splice(0)) answer();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://fake.invalid');
    this.handshakes.push(url.search);
    const refused = this.refuseWith ?? this.#http.refusal(request.headers.authorization ?? null, 'GET');
    const app = url.searchParams.get('app');
    if (refused !== null || url.pathname !== '/ari/events' || app === null) {
      socket.end(`HTTP/1.1 ${refused ?? 404} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    const carryOut = () => {
      // ws refuses a socket that was closed meanwhile; Asterisk registers its app all the same.
      if (!socket.readable || !socket.writable) this.#accept(app, null);
      else this.#server.handleUpgrade(request, socket, head, (accepted) => this.#accept(app, accepted));
    };
    if (this.still) this.#kept.push(carryOut);
    else carryOut();
  }

  #accept(app: string, socket: WebSocket | null): void {
    this.accepted++;
    if (this.#byApp.has(app)) this.replace(app);
    if (socket === null) return;
    this.#byApp.set(app, socket);
    socket.on('error', () => {});
    socket.on('ping', (data) => {
      if (!this.silent) socket.pong(data);
    });
    socket.on('close', () => {
      if (this.#byApp.get(app) === socket) this.#byApp.delete(app);
    });
  }
}
