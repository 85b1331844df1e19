import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../../lab/free-ports.ts';
import type { OidcOptions } from '../../../src/report/access/oidc.ts';
import { Browser, IdentityProvider } from './identity-provider.ts';
import { ShutServer } from './shut-server.ts';

let server: ShutServer;
let provider: IdentityProvider;
let publicUrl: string;
const options = (): OidcOptions => ({
  issuer: provider.url,
  clientId: 'gatehouse',
  clientSecret: 'client-secret-of-the-test',
  clientAuth: 'auto',
  scope: 'openid profile',
  roleClaim: 'roles',
  roleValues: { viewer: 'board-viewers', analyst: 'board-analysts', admin: 'board-admins' },
});

async function start({ inIdToken = true, change = {} as Partial<OidcOptions> } = {}): Promise<void> {
  await provider.start(`${publicUrl}/login/callback`, { inIdToken });
  server = new ShutServer({ mode: 'required', publicUrl, oidc: { ...options(), ...change } });
  server.url = await server.app.listen({ host: '127.0.0.1', port: Number(new URL(publicUrl).port) });
}

beforeEach(async () => {
  publicUrl = `http://127.0.0.1:${await freePort()}`;
  provider = new IdentityProvider();
  provider.people.set('ann', {
    id: 'ann',
    claims: { preferred_username: 'ann@example.org', roles: ['staff', 'board-analysts', 'board-viewers'] },
  });
  provider.people.set('bob', { id: 'bob', claims: { preferred_username: 'bob', roles: 'staff' } });
});
afterEach(async () => {
  await server.close();
  await provider.stop();
});

/** From the button on our page to the page that we show in the end. */
async function signIn(browser: Browser, who: string) {
  let { url, answer } = await browser.go(`${publicUrl}/login/oidc`);
  for (const prompt of ['login', 'consent']) {
    if (!url.startsWith(`${provider.url}/interaction/`)) break;
    ({ url, answer } = await browser.go(url, { prompt, login: who, password: 'any' }));
  }
  return { url, answer, text: await answer.text() };
}

it('gives the highest role that the claim tells, for this browser alone', async () => {
  await start();
  const browser = new Browser();
  const { answer, text } = await signIn(browser, 'ann');
  expect(answer.status).toBe(200);
  expect(text).toContain('<meta http-equiv="refresh" content="0;url=/">');
  const seen = await (await browser.go(`${publicUrl}/seen`)).answer.json();
  expect(seen).toMatchObject({ role: 'analyst', caller: '+13175550123' });
  expect((await new Browser().go(`${publicUrl}/bare`)).url).toBe(`${publicUrl}/login`);
  const events = await server.audit.read(10);
  expect(events.map(({ event, who }) => [event, who])).toEqual([
    ['look', 'ann@example.org'],
    ['signed-in', 'ann@example.org'],
  ]);
});

it('who calls himself by another’s name is told apart in the audit log', async () => {
  await start();
  provider.people.set('eve', {
    id: 'eve',
    claims: { preferred_username: 'ann@example.org', roles: ['board-analysts'] },
  });
  for (const who of ['ann', 'eve']) {
    const browser = new Browser();
    await signIn(browser, who);
    await browser.go(`${publicUrl}/seen`);
  }
  const looks = await server.audit.read(10, ({ event }) => event === 'look');
  expect(looks.map(({ who, subject }) => [who, subject])).toEqual([
    ['ann@example.org', 'eve'],
    ['ann@example.org', 'ann'],
  ]);
});

it('takes the role from the user info when the ID token does not tell it', async () => {
  await start({ inIdToken: false });
  const browser = new Browser();
  expect((await signIn(browser, 'ann')).answer.status).toBe(200);
  expect((await browser.go(`${publicUrl}/bare`)).answer.status).toBe(200);
});

it('who has no role here is known and not let in', async () => {
  await start();
  const browser = new Browser();
  const { answer, text } = await signIn(browser, 'bob');
  expect(answer.status).toBe(403);
  expect(text).toContain('You do not have a role in Gatehouse');
  expect((await browser.go(`${publicUrl}/seen`)).url).toBe(`${publicUrl}/login`);
  expect((await server.audit.read(1))[0]).toMatchObject({
    event: 'sign-in-failed',
    who: 'bob',
    detail: 'no role',
  });
});

it('what another browser brings back, or another time, or made up, signs nobody in', async () => {
  await start();
  const begun = await new Browser().go(`${publicUrl}/login/oidc`);
  expect(begun.url).toContain(provider.url);
  const stranger = new Browser();
  expect((await stranger.go(`${publicUrl}/login/callback?code=x&state=y`)).answer.status).toBe(400);
  const own = new Browser();
  await own.go(`${publicUrl}/login/oidc`);
  const made = await own.go(`${publicUrl}/login/callback?code=x&state=made-up`);
  expect(made.answer.status).toBe(401);
  // Once only: the attempt is spent.
  expect((await own.go(`${publicUrl}/login/callback?code=x&state=made-up`)).answer.status).toBe(400);
  const late = new Browser();
  await late.go(`${publicUrl}/login/oidc`);
  server.now += 600_001;
  expect((await late.go(`${publicUrl}/login/callback?code=x&state=y`)).answer.status).toBe(400);
});

it('a wrong client secret signs nobody in; an absent provider leaves the way with a token', async () => {
  await start({ change: { clientSecret: 'wrong' } });
  expect((await signIn(new Browser(), 'ann')).answer.status).toBe(401);
  await server.close();
  await provider.stop();
  server = new ShutServer({ mode: 'required', publicUrl, oidc: options() });
  server.url = await server.app.listen({ host: '127.0.0.1', port: Number(new URL(publicUrl).port) });
  const { answer } = await new Browser().go(`${publicUrl}/login/oidc`);
  expect(answer.status).toBe(502);
  expect(await server.signIn(await server.token('viewer'))).toContain('gatehouse=');
});
