import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Connections, webConnections } from '../../src/report/connections.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { ask, halfPost, heard, WebServer } from './web-server.ts';

const viewers = { config: { role: 'viewer' } } as const;
const page = (app: FastifyInstance) => {
  app.get('/page', viewers, () => 'page');
  app.get('/metrics', viewers, () => 'metrics');
};

test('forms that are half sent hold up no page, no metrics and no probe', async () => {
  const web = await WebServer.start({ routes: [page] });
  for (let i = 0; i < 20; i++) await web.peer(halfPost('/login'));
  for (const path of ['/page', '/metrics', '/healthz', '/readyz'])
    expect([path, await web.status(path)]).toEqual([path, 200]);
});

test('idle and half-sent connections make room for one that asks; the oldest first', async () => {
  const web = await WebServer.start({ mostConnections: 16, routes: [page] });
  const peers = [];
  for (let i = 0; i < 15; i++) peers.push(await web.peer(i % 2 ? 'GET /page HTTP/1.1\r\nX-Rest: ' : ''));
  const [oldest = expect.fail(), next] = peers;
  const end = heard(oldest);
  expect(await web.status('/page')).toBe(200);
  // One place was left for that, and there is one again.
  await web.peer();
  await web.peer();
  expect(await end).toBe('');
  expect(next?.closed).toBe(false);
  for (let i = 0; i < 200; i++) await web.peer();
  expect(await web.status('/page')).toBe(200);
  expect(await web.status('/healthz')).toBe(200);
  expect(web.log.lines.filter(({ message }) => message.startsWith('Too many web connections'))).toHaveLength(
    1,
  );
});

test('work in progress keeps its place; beyond it probes and metrics are answered, and pages are told to wait', async () => {
  const { promise: goOn, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const onRequest = async () => void asked++;
  const slow = (app: FastifyInstance) =>
    app.get('/slow', { ...viewers, onRequest }, async () => {
      await goOn;
      return 'slow';
    });
  const web = await WebServer.start({ mostConnections: 16, routes: [page, slow] });
  const answers = [];
  for (let i = 0; i < 16; i++) answers.push(heard(await web.peer(ask('/slow', 'Connection: close'))));
  await vi.waitFor(() => expect(asked).toBe(16), 5000);
  expect(await web.status('/page')).toBe(503);
  expect(await web.status('/healthz')).toBe(200);
  expect(await web.status('/readyz')).toBe(200);
  expect(await web.status('/metrics')).toBe(200);
  for (let i = 0; i < 100; i++) await web.peer();
  expect(await web.status('/healthz')).toBe(200);
  resolve();
  for (const answer of answers) expect(await answer).toMatch(/^HTTP\/1.1 200 .*slow$/s);
  expect(await web.status('/page')).toBe(200);
});

test('whoever does not read an answer makes room too', async () => {
  const long = (app: FastifyInstance) => app.get('/long', viewers, () => 'x'.repeat(30_000_000));
  const web = await WebServer.start({ mostConnections: 16, routes: [page, long] });
  const readers = [];
  for (let i = 0; i < 16; i++) {
    const reader = await web.peer(ask('/long'));
    await once(reader, 'readable');
    readers.push(reader);
  }
  expect(await web.status('/page')).toBe(200);
  // Reading goes on to the end of what the kernel had taken, and no further.
  expect((await heard(readers[0] ?? expect.fail())).length).toBeLessThan(30_000_000);
});

test('requests behind one that is not answered yet are not begun, and the connection ends', async () => {
  let begun = 0;
  const counted = (app: FastifyInstance) =>
    app.get('/counted', viewers, () => {
      begun++;
      return 'counted';
    });
  const web = await WebServer.start({ routes: [counted] });
  const answer = await heard(await web.peer(ask('/counted').repeat(2000)));
  expect(answer.match(/HTTP\/1.1 200/g)).toHaveLength(1);
  expect(begun).toBe(1);
});

test('who asks for too many pages is still told the metrics', async () => {
  const web = await WebServer.start({ routes: [page] }, 60);
  const statuses = [];
  for (let i = 0; i < 62; i++) statuses.push(await web.status('/page'));
  expect(statuses.slice(-2)).toEqual([429, 429]);
  expect(await web.status('/metrics')).toBe(200);
});

test('headers and bodies that trickle in are ended within seconds', async () => {
  const log = new RecordingLog();
  const limits = { headersTimeoutMs: 300, requestTimeoutMs: 600 };
  const connections = new Connections({ most: 16, always: new Set(), log, ...limits });
  const server = connections.serve((request) => void request.resume());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    connections.closeAll();
    server.close();
  });
  const web = new WebServer();
  web.port = (server.address() as { port: number }).port;
  const peers = await Promise.all([web.peer(), web.peer('GET / HTT'), web.peer(halfPost('/'))]);
  const trickle = setInterval(() => {
    for (const peer of peers.slice(1)) if (peer.writable) peer.write('X');
  }, 50);
  onTestFinished(() => clearInterval(trickle));
  const ends = await Promise.all(peers.map(heard));
  expect(ends[2]).toMatch(/^HTTP\/1.1 408 |^$/);
  expect(connections.size).toBe(0);
});

test('a peer that has closed its side gets its answer; half a request of such a peer is the end', async () => {
  const web = await WebServer.start({ routes: [page] });
  const whole = await web.peer(ask('/page'));
  whole.end();
  expect(await heard(whole)).toMatch(/200 OK.*page$/s);
  const half = await web.peer('GET /page HTTP/1.1\r\nHost: ');
  half.end();
  expect(await heard(half)).not.toMatch(/200/);
  const silent = await web.peer();
  silent.end();
  expect(await heard(silent)).toBe('');
});

test('huge headers are refused, and nothing is upgraded', async () => {
  const web = await WebServer.start({ routes: [page] });
  expect(await heard(await web.peer(ask('/page', `X-Long: ${'x'.repeat(20_000)}`)))).toMatch(
    /^HTTP\/1.1 431 /,
  );
  const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  const peer = await web.peer(ask('/page', ...upgrade, 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='));
  const [first] = (await once(peer.setEncoding('latin1'), 'data')) as [string];
  expect(first).toMatch(/^HTTP\/1.1 200 /);
  expect(await heard(await web.peer('CONNECT 127.0.0.1:5038 HTTP/1.1\r\nHost: x\r\n\r\n'))).not.toMatch(
    /200/,
  );
});

test.each([
  ['as many as are set', 200, 65_536, 200],
  ['no more than calls leave', 200, 256, 128],
  ['a few in any case', 200, 64, 16],
  ['as many as are set where the limit is not known', 200, null, 200],
])('there may be %s', (_, wanted, limit, most) => {
  expect(webConnections(wanted, limit)).toBe(most);
});
