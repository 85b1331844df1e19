import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunningGatehouse } from './running-gatehouse.ts';
import { cookiesOf } from './shut-server.ts';

let gatehouse: RunningGatehouse;
beforeEach(async () => {
  gatehouse = await new RunningGatehouse().start();
});
afterEach(() => gatehouse.stop());

const browser = { accept: 'text/html,application/xhtml+xml' };
const asked = (path: string, init: RequestInit = {}) =>
  fetch(gatehouse.url + path, { redirect: 'manual', ...init, headers: { ...browser, ...init.headers } });

it('an unknown path is a page for people and JSON for programs', async () => {
  const page = await asked('/nothing/here');
  expect(page.status).toBe(404);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await page.text()).toMatch(/<h1>Page not found<\/h1>[\s\S]*<a href="\/">Live status<\/a>/);
  const json = await fetch(`${gatehouse.url}/nothing/here`);
  expect([json.status, await json.json()]).toEqual([404, { error: 'there is no such page' }]);
});

it('a slash at the end is the same page', async () => {
  for (const path of ['/lists/', '/rules/', '/calls/', '/history/'])
    expect.soft(await (await asked(path)).text(), path).toMatch(/<h1>(Lists|Rules|Calls|History)<\/h1>/);
});

it('a role that is too small is told on a page', async () => {
  const reply = await asked('/api/reload', { method: 'POST', headers: { origin: gatehouse.url } });
  expect(reply.status).toBe(403);
  expect(await reply.text()).toContain('Your role does not allow this.');
});

it('somebody who is let in without signing in finds where to', async () => {
  expect(await (await asked('/lists')).text()).toContain('<a href="/login">Sign in</a> to see full numbers');
});

it('signing out again in another tab leads to the sign-in page', async () => {
  const { text } = await gatehouse.tokens.create({ name: 'ann', role: 'viewer', lastsMs: null }, Date.now());
  const csrfIn = (page: string) => /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const post = (path: string, cookie: string, fields: Record<string, string>) =>
    asked(path, {
      ...{ method: 'POST', body: new URLSearchParams(fields) },
      headers: { cookie, origin: gatehouse.url },
    });
  const form = await asked('/login');
  const signedIn = await post('/login', cookiesOf(form), { _csrf: csrfIn(await form.text()), token: text });
  const cookie = cookiesOf(signedIn);
  const page = await (await asked('/lists', { headers: { cookie } })).text();
  expect(page).not.toContain('to see full numbers');
  for (const tab of ['the first', 'another']) {
    const reply = await post('/logout', cookie, { _csrf: csrfIn(page) });
    expect.soft([tab, reply.status, reply.headers.get('location')]).toEqual([tab, 303, '/login']);
  }
});
