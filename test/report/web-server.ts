import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePorts } from '../../lab/free-ports.ts';
import { localAccess } from '../../src/report/access/access-options.ts';
import { HttpServer, type HttpServerOptions } from '../../src/report/http-server.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { calmHealth } from './api/calm-sources.ts';

/** The web server as it is, on a port of its own, with raw sockets for peers that misbehave. */
export class WebServer {
  readonly log = new RecordingLog();
  readonly #sockets: Socket[] = [];
  port = 0;
  server!: HttpServer; // Set by start.

  static async start(
    options: Partial<HttpServerOptions> = {},
    requestsPerMinute = 100_000,
  ): Promise<WebServer> {
    const web = new WebServer();
    const dir = mkdtempSync(join(tmpdir(), 'gatehouse-web-'));
    [web.port = 0] = await freePorts(1);
    const access = localAccess(dir, web.log);
    web.server = new HttpServer({
      ...{ host: '127.0.0.1', port: web.port, log: web.log },
      access: { ...access, requestsPerMinute },
      records: {} as HttpServerOptions['records'],
      health: () => calmHealth,
      reload: () => Promise.reject(new Error('not asked for')),
      ...options,
    });
    await web.server.listen();
    onTestFinished(async () => {
      for (const socket of web.#sockets) socket.destroy();
      await web.server.close();
      rmSync(dir, { recursive: true, force: true });
    });
    return web;
  }

  /** A peer that has sent `text`. */
  async peer(text = ''): Promise<Socket> {
    const socket = connect({ port: this.port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
    this.#sockets.push(socket);
    await once(socket, 'connect');
    if (text !== '') socket.write(text);
    return socket;
  }

  async status(path: string): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(5000),
    });
    await answer.arrayBuffer();
    return answer.status;
  }
}

/** Everything that the server says until it ends the connection. */
export async function heard(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  // An `error` before the end is an end too.
  await new Promise((over) => socket.once('end', over).once('close', over));
  return text;
}

export const ask = (path: string, ...headers: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');

export const halfPost = (path: string): string =>
  [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Length: 1000',
    '',
    'token=',
  ].join('\r\n');
