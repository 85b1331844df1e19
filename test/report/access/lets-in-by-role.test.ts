import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../../src/report/access/security-headers.ts';
import { caller, cookiesOf, ShutServer } from './shut-server.ts';

let server: ShutServer;
const start = async (...args: ConstructorParameters<typeof ShutServer>) => {
  server = await new ShutServer(...args).listen();
};
afterEach(() => server.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const csrfOf = async (headers: Record<string, string>) =>
  ((await (await server.ask('/seen', headers)).json()) as { csrf: string }).csrf;
const status = async (...args: Parameters<ShutServer['ask']>) => (await server.ask(...args)).status;
/** Of `/seen`, with headers that fetch does not let us choose. */
const statusAsBrowser = (headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const sent = httpRequest(`${server.url}/seen`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });

describe('on this machine, with nothing configured', () => {
  it('everybody sees masked numbers and nothing more', async () => {
    await start();
    const seen = await (await server.ask('/seen')).json();
    expect(seen).toMatchObject({ role: 'viewer', caller: '+1317•••••23' });
    expect(JSON.stringify(seen)).not.toContain('555');
    expect([await status('/bare'), await status('/change', { method: 'POST' })]).toEqual([403, 403]);
  });

  it('not a page whose own name was turned to this machine, nor whoever comes by a proxy', async () => {
    await start();
    expect(await statusAsBrowser({ host: 'rebound.example:8090' })).toBe(401);
    expect(await statusAsBrowser({ host: '127.0.0.1.rebound.example' })).toBe(401);
    expect(await statusAsBrowser({ host: 'localhost:8090' })).toBe(200);
    for (const header of [
      'x-forwarded-for',
      'x-forwarded-proto',
      'forwarded',
      'x-real-ip',
      'via',
      'cf-connecting-ip',
    ])
      expect(await statusAsBrowser({ host: 'localhost', [header]: '203.0.113.9' }), header).toBe(401);
  });

  it('another site’s page in a browser here may link to it, and neither fetch nor embed it', async () => {
    await start();
    const asked = (site: string, mode: string, dest: string) =>
      statusAsBrowser({ 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest });
    for (const site of ['cross-site', 'same-site']) {
      expect(await asked(site, 'no-cors', 'empty')).toBe(401);
      expect(await asked(site, 'no-cors', 'image')).toBe(401);
      expect(await asked(site, 'navigate', 'iframe')).toBe(401);
      expect(await asked(site, 'navigate', 'document')).toBe(200);
    }
    expect(await asked('same-origin', 'cors', 'empty')).toBe(200);
    expect(await asked('none', 'navigate', 'document')).toBe(200);
  });
});

describe('where signing in is required', () => {
  it('nobody gets anything without', async () => {
    await start({ mode: 'required' });
    for (const path of ['/seen', '/bare', '/no-such-route']) expect(await status(path)).toBe(401);
    const page = await server.ask('/seen', { accept: 'text/html' });
    expect([page.status, page.headers.get('location')]).toEqual([303, '/login']);
    expect(await status('/healthz')).toBe(200);
  });

  it('each token gets what its role may, and not a moment longer than it lasts', async () => {
    await start({ mode: 'required' });
    const viewer = await server.token('viewer');
    const analyst = await server.token('analyst');
    const admin = await server.token('admin');
    const may = async (token: string) => [
      await status('/seen', bearer(token)),
      await status('/bare', bearer(token)),
      await status('/change', { method: 'POST', ...bearer(token) }),
    ];
    expect(await may(viewer)).toEqual([200, 403, 403]);
    expect(await may(analyst)).toEqual([200, 200, 403]);
    expect(await may(admin)).toEqual([200, 200, 200]);
    await server.tokens.revoke('analyst');
    expect(await may(analyst)).toEqual([401, 401, 401]);
    const short = await server.tokens.create({ name: 'short', role: 'viewer', lastsMs: 1000 }, server.now);
    expect(await status('/seen', bearer(short.text))).toBe(200);
    server.now += 1000;
    expect(await status('/seen', bearer(short.text))).toBe(401);
  });

  it('what is no token is none, however it is written; a damaged token file lets nobody in', async () => {
    await start({ mode: 'required' });
    const token = await server.token('admin');
    for (const wrong of [
      `Bearer ${token}x`,
      'Bearer gh_',
      'Bearer',
      `Basic ${token}`,
      'Bearer gh_%00',
      token,
    ])
      expect(await status('/seen', { authorization: wrong })).toBe(401);
    expect(await status('/seen', bearer(token))).toBe(200);
    writeFileSync(join(server.dir, 'tokens.json'), '{"schema":1,"tokens":[{');
    expect(await status('/seen', bearer(token))).toBe(401);
    expect(server.log.messages('error')).toContain('The token file cannot be read; all tokens are rejected');
  });
});

describe('a browser', () => {
  it('signs in with a token, and is signed out by itself, by revoking, and in time', async () => {
    await start({ mode: 'required' });
    const token = await server.token('viewer');
    const cookie = await server.signIn(token);
    const csrf = await csrfOf({ cookie });
    const form = { method: 'POST', cookie, 'x-csrf-token': csrf, 'sec-fetch-site': 'same-origin' };
    expect(await status('/logout', form)).toBe(303);
    expect(await status('/seen', { cookie })).toBe(401);

    const again = await server.signIn(token);
    await server.tokens.revoke('viewer');
    expect(await status('/seen', { cookie: again })).toBe(401);

    const late = await server.signIn(await server.token('viewer', 'other'));
    server.now += 12 * 3_600_000;
    expect(await status('/seen', { cookie: late })).toBe(401);
  });

  it('gets a cookie that no script and no other site gets hold of', async () => {
    await start({ mode: 'required', publicUrl: 'https://gatehouse.example.org' });
    const form = await server.ask('/login');
    expect(form.headers.get('strict-transport-security')).toContain('max-age');
    // Nor does a neighbor in the domain plant the form's.
    expect(form.headers.getSetCookie().join()).toMatch(
      /^__Host-gatehouse-form=[^,]*; Secure; SameSite=Strict$/,
    );
    const csrf = /value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
    const token = await server.token('viewer');
    const body = new URLSearchParams({ _csrf: csrf, token }).toString();
    const type = 'application/x-www-form-urlencoded';
    const headers = { method: 'POST', cookie: cookiesOf(form), 'content-type': type };
    const answer = await server.ask('/login', { ...headers, origin: 'https://gatehouse.example.org' }, body);
    const cookie = answer.headers
      .getSetCookie()
      .find((one) => one.startsWith('__Host-gatehouse=') && one.length > 60);
    expect(cookie).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(await status('/login', { ...headers, origin: 'https://elsewhere.example' }, body)).toBe(403);
  });

  it('changes nothing without the token of its page, or from another site', async () => {
    await start({ mode: 'required' });
    const cookie = await server.signIn(await server.token('admin'));
    const csrf = await csrfOf({ cookie });
    const change = (headers: Record<string, string>) =>
      status('/change', { method: 'POST', cookie, ...headers });
    expect(await change({})).toBe(403);
    expect(await change({ 'x-csrf-token': 'guessed' })).toBe(403);
    expect(await change({ 'x-csrf-token': csrf, origin: 'https://elsewhere.example' })).toBe(403);
    expect(await change({ 'x-csrf-token': csrf, origin: 'null' })).toBe(403);
    expect(await change({ 'x-csrf-token': csrf, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await change({ 'x-csrf-token': csrf, 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await change({ 'x-csrf-token': csrf, origin: server.url })).toBe(200);
  });

  it('of whoever is on this machine changes nothing without the token of a page either', async () => {
    await start();
    const csrf = await csrfOf({});
    expect(await status('/flag', { method: 'POST' })).toBe(403);
    expect(await status('/flag', { method: 'POST', 'x-csrf-token': csrf })).toBe(200);
  });

  it('is told on every answer, a refusal included, to run nothing that is not ours and to keep nothing', async () => {
    await start({ mode: 'required' });
    for (const path of ['/login', '/seen', '/no-such-route', '/healthz']) {
      const { headers } = await server.ask(path);
      expect(headers.get('content-security-policy')).toBe(contentSecurityPolicy);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
    }
    expect(contentSecurityPolicy).not.toContain('unsafe');
    expect(await (await server.ask('/login')).text()).not.toMatch(/<script|<style| style=| on\w+=/);
  });
});

describe('too many', () => {
  it('requests of one address are put off; probes are not counted', async () => {
    await start({ requestsPerMinute: 3 });
    expect([await status('/seen'), await status('/seen'), await status('/seen')]).toEqual([200, 200, 200]);
    const answer = await server.ask('/seen');
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await status('/healthz')).toBe(200);
  });

  it('wrong tokens of one address shut the form for wrong ones; right tokens go on', async () => {
    await start({ mode: 'required' });
    const token = await server.token('viewer');
    for (let n = 0; n < 10; n++) await expect(server.signIn(`gh_${n}`)).rejects.toThrow('401');
    await expect(server.signIn('gh_10')).rejects.toThrow('429');
    await server.signIn(token);
    expect(await status('/seen', bearer('gh_wrong'))).toBe(429);
    expect(await (await server.ask('/seen', bearer(token))).json()).not.toMatchObject({ caller });
    const failed = await server.audit.read(100, ({ event }) => event === 'sign-in-failed');
    expect(failed).toHaveLength(10);
  });

  it('refusals of strangers are noted for a while only: they must not write the audit log empty', async () => {
    await start({ mode: 'required' });
    const ask = { method: 'POST', origin: 'https://elsewhere.example' };
    for (let n = 0; n < 60; n++) expect(await status('/login', ask)).toBe(403);
    expect((await server.audit.read(100)).length).toBeLessThanOrEqual(30);
    await server.signIn(await server.token('viewer', 'ann'));
    expect((await server.audit.read(1))[0]).toMatchObject({ event: 'signed-in', who: 'ann' });
  });
});
