import Fastify from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerPages } from '../../../src/report/web/register-pages.ts';
import { type PageFixture, pageFixture, pageNow } from './page-fixture.ts';

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture();
});
afterEach(() => fixture.app.close());

test('every route has a role, and only analysts and admins change anything', async () => {
  const routes: { url: string; method: string | string[]; role: unknown }[] = [];
  const app = Fastify();
  app.addHook('onRoute', ({ url, method, config }) => {
    routes.push({ url, method, role: config?.role });
  });
  const parts = { flagging: {}, callers: {}, listEdits: {}, levels: {} };
  registerPages(app, parts as Parameters<typeof registerPages>[1]);
  await app.close();
  expect(routes.length).toBeGreaterThan(10);
  const changing = routes.filter(({ method }) => method === 'POST');
  const changes = changing.map(({ url, role }) => `${url} ${role}`).sort();
  expect(changes).toEqual(
    [
      ...['/calls/flag analyst', '/calls/flag-many analyst', '/calls/unflag-many analyst'],
      ...['/callers/flag analyst', '/callers/expect analyst', '/callers/unexpect analyst'],
      ...['/levels/set admin', '/levels/end admin'],
      ...['/callers/undo analyst', '/callers/block admin', '/callers/allow admin', '/callers/unlist admin'],
    ].sort(),
  );
  for (const route of routes.filter((one) => !changing.includes(one))) {
    expect.soft(route.role, route.url).toBe(route.url === '/exchanges/*' ? 'analyst' : 'viewer');
    expect.soft(['GET', 'HEAD'], route.url).toContain(route.method);
  }
});

test('the style sheet and the script are ours, and may be kept because their address changes with them', async () => {
  const { body } = await fixture.get('/');
  const addresses = [...body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '');
  expect(addresses.length).toBeGreaterThanOrEqual(3);
  for (const url of addresses) {
    const reply = await fixture.app.inject(url);
    expect.soft(reply.statusCode, url).toBe(200);
    expect.soft(reply.headers['cache-control'], url).toContain('immutable');
  }
  expect(body).not.toMatch(/(?:href|src|action)="(?:https?:)?\/\//);
  expect((await fixture.app.inject('/')).headers['cache-control']).toBe('no-store');
});

test('who watches is told when something changes, and the server stops without waiting for them', async () => {
  const base = await fixture.app.listen({ host: '127.0.0.1', port: 0 });
  const reply = await fetch(`${base}/events`);
  expect(reply.headers.get('content-type')).toBe('text/event-stream');
  const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toContain('retry:');
  fixture.live = [{ id: 'n1/1', state: 'prompting', since: pageNow, caller: null, called: null }];
  expect((await reader?.read())?.value).toContain('event: changed');
  await fixture.app.close();
  expect((await reader?.read())?.done).toBe(true);
});
