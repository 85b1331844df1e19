import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GrantedRole } from '../../../src/report/access/role.ts';
import type { ServedRoute } from '../../../src/report/http-server.ts';
import { RunningGatehouse } from './running-gatehouse.ts';

const gatehouse = new RunningGatehouse();
const tokens = {} as Record<GrantedRole, string>;
let routes: readonly ServedRoute[];

beforeAll(async () => {
  await gatehouse.start({ GATEHOUSE_ACCESS: 'required', GATEHOUSE_REQUESTS_PER_MINUTE: '100000' });
  for (const role of ['viewer', 'analyst', 'admin'] as const)
    tokens[role] = (await gatehouse.tokens.create({ name: role, role, lastsMs: null }, Date.now())).text;
  routes = gatehouse.app.routes();
});
afterAll(() => gatehouse.stop());

/** Something that exists nowhere in place of each parameter. */
const filled = (url: string) => url.replace(/:\w+/g, 'n1%2F1').replace(/\*/g, 'x');
const ask = ({ method, url }: ServedRoute, headers: Record<string, string> = {}) =>
  fetch(gatehouse.url + filled(url), {
    method,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(5000),
  });

const nothing = '{"error":"sign in first"}';

/** What everybody may have, and all that it may say. */
const open: Record<string, RegExp> = {
  'GET /healthz': /^\{"ok":true\}$/,
  'GET /readyz': /^\{"ok":true\}$/,
  'GET /login': /^<!doctype html>/,
  'GET /login.css': /^:root/,
  // Without the form's own token.
  'POST /login': /This form has expired|Too many failed attempts/,
};

describe('every route', () => {
  it('is among those that are asked here: pages, API, metrics, signing in', () => {
    const named = routes.map(({ method, url }) => `${method} ${url}`);
    for (const one of ['GET /api/report', 'POST /api/reload', 'GET /metrics', 'GET /healthz', 'POST /login'])
      expect(named).toContain(one);
    const isPublic = routes.filter(({ role, method }) => role === 'public' && method !== 'HEAD');
    expect(isPublic.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(Object.keys(open).sort());
    expect(routes.filter(({ role }) => role === null)).toEqual([]);
  });

  it('tells nobody anything who is not signed in: no token, a wrong one, a session that there is not', async () => {
    const strangers = [
      {},
      { authorization: 'Bearer gh_0000000000000000000000000000000000000000000' },
      { authorization: 'Basic YWRtaW46YWRtaW4=' },
      { cookie: 'gatehouse=0000000000000000000000000000000000000000000' },
      { 'x-forwarded-for': '127.0.0.1', host: 'localhost' },
    ];
    for (const route of routes) {
      const name = `${route.method} ${route.url}`;
      for (const headers of strangers) {
        const answer = await ask(route, headers);
        const body = await answer.text();
        const isWrongToken = 'authorization' in headers;
        if (route.role === 'public' && route.method === 'HEAD') expect(body).toBe('');
        else if (route.role === 'public' && !(isWrongToken && !/healthz|readyz/.test(name)))
          expect(body, name).toMatch(open[name] ?? /never/);
        else {
          expect([401, 429], name).toContain(answer.status);
          if (route.method !== 'HEAD' && answer.status === 401) expect(body, name).toBe(nothing);
        }
        expect(answer.headers.get('content-security-policy'), name).toContain("default-src 'none'");
      }
    }
  });

  it('sends a browser to the page for signing in', async () => {
    for (const route of routes.filter(({ role, method }) => role !== 'public' && method === 'GET')) {
      const answer = await ask(route, { accept: 'text/html' });
      expect([answer.status, answer.headers.get('location'), await answer.text()], route.url).toEqual([
        303,
        '/login',
        '',
      ]);
    }
  });

  it('tells a role nothing that is too low for it', async () => {
    const above = { viewer: ['analyst', 'admin'], analyst: ['admin'], admin: [] } as const;
    let asked = 0;
    for (const role of ['viewer', 'analyst', 'admin'] as const)
      for (const route of routes.filter((one) =>
        (above[role] as readonly string[]).includes(one.role ?? ''),
      )) {
        const answer = await ask(route, { authorization: `Bearer ${tokens[role]}` });
        expect([answer.status, await answer.text()], `${role}: ${route.url}`).toEqual([
          403,
          route.method === 'HEAD' ? '' : '{"error":"your role does not allow this"}',
        ]);
        asked++;
      }
    expect(asked).toBeGreaterThan(0);
  });

  it('answers the role that it is for: not 401, not 403', async () => {
    for (const route of routes.filter(({ url }) => url !== '/logout')) {
      const abort = new AbortController();
      const answer = await fetch(gatehouse.url + filled(route.url), {
        method: route.method,
        headers: { authorization: `Bearer ${tokens.admin}` },
        redirect: 'manual',
        signal: abort.signal,
      });
      if (route.url !== '/login' || route.method !== 'POST')
        expect([401, 403], `${route.method} ${route.url}`).not.toContain(answer.status);
      // An event stream never ends by itself.
      abort.abort();
    }
  });

  it('an address that is none is not repeated, and its answer carries the headers of all others', async () => {
    for (const url of ['/%', '/calls/%zz', '/%E0%A4%A']) {
      const answer = await fetch(gatehouse.url + url);
      expect([answer.status, await answer.text()]).toEqual([400, '{"error":"bad request"}']);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('that there is not is not told apart from one that there is', async () => {
    for (const url of [
      '/nothing',
      '/api/nothing',
      '/calls/../api/report',
      '//api/report',
      '/API/REPORT',
      '/api/report/',
    ])
      expect((await fetch(gatehouse.url + url, { redirect: 'manual' })).status, url).toBe(401);
  });
});
