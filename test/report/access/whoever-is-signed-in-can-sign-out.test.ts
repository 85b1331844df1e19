import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunningGatehouse } from './running-gatehouse.ts';
import { cookiesOf } from './shut-server.ts';

let gatehouse: RunningGatehouse;
beforeEach(async () => {
  gatehouse = await new RunningGatehouse().start();
});
afterEach(() => gatehouse.stop());

const post = (path: string, cookie: string, fields: Record<string, string>) =>
  fetch(gatehouse.url + path, {
    ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) },
    headers: { cookie, origin: gatehouse.url },
  });
const csrfIn = (page: string) => /name="_csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';

it('on every page, by a button that needs no script', async () => {
  const { text } = await gatehouse.tokens.create({ name: 'ann', role: 'viewer', lastsMs: null }, Date.now());
  const form = await fetch(`${gatehouse.url}/login`);
  const signedIn = await post('/login', cookiesOf(form), { _csrf: csrfIn(await form.text()), token: text });
  const cookie = cookiesOf(signedIn);
  for (const path of ['/', '/rules', '/lists', '/calls/n1/nothing']) {
    const page = await (await fetch(gatehouse.url + path, { headers: { cookie } })).text();
    expect(page, path).toMatch(/<form class="sign-out" action="\/logout" method="post">.*ann.*Sign out/);
  }
  const csrf = csrfIn(await (await fetch(`${gatehouse.url}/lists`, { headers: { cookie } })).text());
  expect((await post('/logout', cookie, { _csrf: csrf })).status).toBe(303);
  // A cookie that somebody kept is worth nothing: whoever has it is somebody on this machine again.
  expect(await (await fetch(`${gatehouse.url}/lists`, { headers: { cookie } })).text()).not.toContain('ann');
});

it('where nobody signed in there is nothing to sign out of', async () => {
  expect(await (await fetch(`${gatehouse.url}/lists`)).text()).not.toContain('Sign out');
});
