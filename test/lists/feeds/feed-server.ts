import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server on loopback whose answer can be exchanged; it keeps what it was asked. */
export async function feedServer(answer: Answer) {
  const asked: IncomingMessage['headers'][] = [];
  const state = { answer };
  const server = createServer((request, response) => {
    asked.push(request.headers);
    state.answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed.csv`;
  return { url, asked, state };
}

/** Answers as a server that knows ETags. */
export function csv(text: string, etag: string): Answer {
  return (request, response) => {
    if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag, 'last-modified': 'Thu, 12 Mar 2026 11:00:00 GMT' }).end(text);
  };
}
