import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { decide } from '../../src/policy/decide.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { RunningGatehouse } from '../report/access/running-gatehouse.ts';

const caller = '+13175550123';
const gatehouse = new RunningGatehouse();
const rules = join(gatehouse.dir, 'rules');
const flaggedRule = `  - id: flagged-as-scam
    about: Staff called it a scam.
    when: { history: { flagged: { as: scam, over: 0 } } }
    then: voicemail

`;
let server: RedisProcess;
let redis: RedisClient;
let people = 0;

beforeAll(async () => {
  server = await RedisProcess.start({ settings: ['--maxmemory-policy', 'noeviction'] });
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  cpSync('rules', rules, { recursive: true });
  const policy = join(rules, 'policy.yaml');
  writeFileSync(policy, readFileSync(policy, 'utf8').replace(/^ {2}- id: withheld\n/m, `${flaggedRule}$&`));
  await gatehouse.start({
    GATEHOUSE_REDIS_URL: server.url,
    GATEHOUSE_RULES: rules,
    GATEHOUSE_ACCESS: 'required',
  });
  const facts = sampleFacts('n1/1', { now: Date.now() - 60_000 });
  const withheld = { ...facts.caller, number: null, reason: 'withheld' } as const;
  const calls = [
    sampleOutcome('n1/1', { facts }),
    sampleOutcome('n1/2', { facts: { ...facts, callId: 'n1/2', caller: withheld } }),
  ];
  await new RedisCallStore(redis, 86_400_000).write(
    calls.map((outcome, id) => ({ id, callId: outcome.callId, kind: 'outcome', outcome })),
  );
  const { page } = await signedIn('viewer');
  await vi.waitFor(async () => expect(await page('/calls/n1/2')).toContain('n1/2'), { timeout: 90_000 });
});
afterAll(async () => {
  redis.disconnect();
  await gatehouse.stop();
  await server.remove();
});

/** A browser of somebody who signed in with a token of this role. */
async function signedIn(role: 'viewer' | 'analyst') {
  const form = await fetch(`${gatehouse.url}/login`);
  const [, csrf = ''] = /name="_csrf" value="([^"]+)"/.exec(await form.text()) ?? [];
  const token = (
    await gatehouse.tokens.create({ name: `${role} ${++people}`, role, lastsMs: null }, Date.now())
  ).text;
  const answer = await fetch(`${gatehouse.url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: cookiesOf(form) },
    body: new URLSearchParams({ _csrf: csrf, token }),
  });
  expect(answer.status).toBe(303);
  const cookie = cookiesOf(answer);
  const page = async (path: string) => (await fetch(gatehouse.url + path, { headers: { cookie } })).text();
  const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${gatehouse.url}/calls/flag`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, origin: gatehouse.url, ...headers },
      body: new URLSearchParams(fields),
    });
  return { page, post };
}

const cookiesOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((one) => one.split(';', 1)[0])
    .join('; ');

async function nextCall(): Promise<string> {
  const facts = sampleFacts('n1/next', { now: Date.now() });
  const history = await new RedisCallerHistory(redis).read(facts, 1_000);
  const { policy } = await loadRules(rules);
  if (policy === null) throw new Error('the rules of this test are refused');
  return decide({ ...facts, history }, policy).rule;
}

test('an analyst flags a call on its page, and a rule decides the next call by it until it is taken back', async () => {
  const { page, post } = await signedIn('analyst');
  const before = await page('/calls/n1/1');
  const [, csrf = ''] = /<form class="flags".*?name="_csrf" value="([^"]+)"/s.exec(before) ?? [];
  expect(csrf).not.toBe('');
  expect(await nextCall()).not.toBe('flagged-as-scam');

  const said = await post({ id: 'n1/1', flag: 'scam', why: 'robot of +13175550199', _csrf: csrf });
  expect([said.status, said.headers.get('location')]).toEqual([303, '/calls/n1/1#h-flags']);
  expect(await page('/calls/n1/1')).toContain('Remove flag: scam');
  expect(await nextCall()).toBe('flagged-as-scam');

  const explained = await page('/calls/explain?id=n1%2F1');
  expect(explained).toContain('<code>flagged-as-scam</code>');

  expect((await post({ id: 'n1/1', 'take-back': 'scam', _csrf: csrf })).status).toBe(303);
  expect(await nextCall()).not.toBe('flagged-as-scam');

  const noted = await new AuditLog(join(gatehouse.dir, 'data')).read(10, ({ event }) => event === 'flagged');
  expect(noted.map(({ time: _, ...entry }) => entry)).toEqual(
    ['scam taken back', 'scam: robot of +1317•••••99'].map((detail) => ({
      ...{
        event: 'flagged',
        who: expect.stringMatching(/^analyst \d+$/),
        role: 'analyst',
        address: '127.0.0.1',
      },
      ...{ route: 'POST /calls/flag', calls: ['n1/1'], detail },
      numbers: [expect.stringMatching(/^[0-9a-f]{16}$/)],
    })),
  );
  expect(JSON.stringify(noted)).not.toContain(caller.slice(2));
});

test('not without the token of the form, nor from another site, nor as a viewer', async () => {
  const { page, post } = await signedIn('analyst');
  const [, csrf = ''] = /name="_csrf" value="([^"]+)"/.exec(await page('/calls/n1/1')) ?? [];
  const fields = { id: 'n1/1', flag: 'wanted', why: 'x' };
  expect((await post(fields)).status).toBe(403);
  expect((await post({ ...fields, _csrf: csrf }, { origin: 'https://evil.example' })).status).toBe(403);
  // What a browser says of its own origin when a page tells it to send no referrer.
  expect((await post({ ...fields, _csrf: csrf }, { origin: 'null' })).status).toBe(403);
  expect(await page('/calls/n1/1')).toContain('<meta name="referrer" content="same-origin">');

  const viewer = await signedIn('viewer');
  expect(await viewer.page('/calls/n1/1')).not.toContain('<form class="flags"');
  expect((await viewer.post(fields)).status).toBe(403);
  expect((await new RedisCallerHistory(redis).read(sampleFacts('n1/x'), 1_000)).flags).toEqual({});
});

test('a caller without a number cannot be flagged; Redis away is said', async () => {
  const { page, post } = await signedIn('analyst');
  const [, csrf = ''] = /name="_csrf" value="([^"]+)"/.exec(await page('/calls/n1/1')) ?? [];
  expect((await post({ id: 'n1/2', flag: 'scam', why: 'x', _csrf: csrf })).status).toBe(409);
  expect((await post({ id: 'n1/3', flag: 'scam', why: 'x', _csrf: csrf })).status).toBe(404);
  await server.stop();
  const away = await post({ id: 'n1/1', flag: 'scam', why: 'robot of +13175550199', _csrf: csrf });
  expect(away.status).toBe(503);
  expect(await away.text()).toContain('Redis');
});
