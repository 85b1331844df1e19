import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { RunningGatehouse } from '../report/access/running-gatehouse.ts';

const gatehouse = new RunningGatehouse();
const rules = join(gatehouse.dir, 'rules');
const policy = join(rules, 'policy.yaml');
const newRule = `  - id: leaves-a-message
    about: One caller leaves a message.
    when: { caller: { number: '+13175550123' } }
    then: voicemail

`;
const waits = { timeout: 120_000, interval: 200 };
const git = (...args: string[]) => execFileSync('git', ['-C', rules, ...args], { encoding: 'utf8' }).trim();
const page = async (path: string) => (await fetch(gatehouse.url + path)).text();
/** What a person reads of it. */
const words = (html: string) =>
  html
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&#39;', "'");
let server: RedisProcess;
let redis: RedisClient;

beforeAll(async () => {
  server = await RedisProcess.start({ settings: ['--maxmemory-policy', 'noeviction'] });
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  const calls = [1, 2, 3].map((n) => {
    const number = n === 3 ? '+12125550160' : '+13175550123';
    const facts = sampleFacts(`n1/${n}`, { now: Date.now() - 60_000 * n });
    return sampleOutcome(`n1/${n}`, { facts: { ...facts, caller: { ...facts.caller, number } } });
  });
  await new RedisCallStore(redis, 86_400_000).write(
    calls.map((outcome, id) => ({ id, callId: outcome.callId, kind: 'outcome', outcome })),
  );
  cpSync('rules', rules, { recursive: true });
  git('init', '-q');
  git('config', 'user.name', 'Rosa Ruiz');
  git('config', 'user.email', 'rosa@example.org');
  git('add', '.');
  git('commit', '-qm', 'rules');
  await gatehouse.start({ GATEHOUSE_REDIS_URL: server.url, GATEHOUSE_RULES: rules });
});
afterAll(async () => {
  redis.disconnect();
  await gatehouse.stop();
  await server.remove();
});

/** Addresses of the changes on the page, the newest first. */
async function changes(): Promise<string[]> {
  return [...(await page('/rules/changes')).matchAll(/href="(\/rules\/changes\/[^"?]+)"/g)].map(
    ([, href = '']) => href,
  );
}

test('an edit is on the page of rules with its diff, its author, the calls that it changes by proof, and recorded calls', async () => {
  await vi.waitFor(async () => expect(await changes()).toHaveLength(1), waits);
  expect(words(await page('/rules/changes'))).toContain('first policy known here');
  await vi.waitFor(
    async () => expect(words(await page('/rules/changes'))).not.toContain('being compared'),
    waits,
  );

  writeFileSync(policy, readFileSync(policy, 'utf8').replace(/^ {2}- id: withheld\n/m, `${newRule}$&`));
  git('commit', '-qam', 'One caller leaves a message');
  await vi.waitFor(async () => expect(await changes()).toHaveLength(2), waits);
  const [newest = ''] = await changes();
  // One click from the page of rules.
  expect(await page('/rules')).toContain(`href="${newest}"`);
  await vi.waitFor(
    async () => expect(await page(newest)).not.toContain('found out in the background'),
    waits,
  );

  const shown = words(await page(newest));
  expect(shown).toMatch(/Rosa Ruiz commit [0-9a-f]{7}/);
  expect(shown).toContain('policy.yaml +5 −0');
  expect(shown).toContain('+ - id: leaves-a-message');
  // A viewer sees no number of a person.
  expect(shown).toContain("number: '+1317•••••23'");
  expect(shown).not.toContain('5550123');
  expect(shown).toMatch(/1 kind of call fares otherwise/);
  expect(shown).toMatch(/everyone-else .* leaves-a-message/);
  expect(shown).toMatch(/2 of 3 calls since .* would have another result/);
  expect(words(await page('/rules'))).toMatch(/policy\.yaml \+5 −0; .*2 of 3 recorded calls would change/);
});

test('a refused edit is there with why and its diff, once; and what is said outlives a restart', async () => {
  const good = readFileSync(policy, 'utf8');
  writeFileSync(policy, good.replace('then: voicemail', 'then: voicemal'));
  await vi.waitFor(async () => expect(await changes()).toHaveLength(3), waits);
  const [refused = ''] = await changes();
  await vi.waitFor(
    async () => expect(await page(refused)).not.toContain('found out in the background'),
    waits,
  );
  const shown = words(await page(refused));
  expect(shown).toMatch(/Refused rules .* files changed/);
  expect(shown).toMatch(/Why it was refused .*policy\.yaml:\d+:\d+ error: .*voicemal/);
  await vi.waitFor(
    async () => expect(words(await page(refused))).toMatch(/- then: voicemail\s+\+ then: voicemal /),
    waits,
  );

  const before = await changes();
  await gatehouse.restart();
  await vi.waitFor(async () => expect(await changes()).toEqual(before), waits);
  expect(words(await page(refused))).toContain('Why it was refused');
  expect(words(await page(before[1] ?? ''))).toMatch(/2 of 3 calls since/);

  writeFileSync(policy, good.replace('One caller leaves', 'This caller leaves'));
  await vi.waitFor(async () => expect(await changes()).toHaveLength(4), waits);
  const [last = ''] = await changes();
  await vi.waitFor(async () => expect(await page(last)).not.toContain('found out in the background'), waits);
  // Compared with what was in force, not with what was refused.
  expect(words(await page(last))).toContain('policy.yaml +1 −1');
  expect(words(await page(last))).toMatch(/No call fares otherwise|Nothing changes: proven/);
  const kept = join(gatehouse.dir, 'data/policy/changes');
  await vi.waitFor(
    () => expect(existsSync(join(kept, 'work')) ? readdirSync(join(kept, 'work')) : []).toEqual([]),
    waits,
  );
});

test('a possible call is tried; whom a viewer tries is withheld', async () => {
  const tried = await page('/rules/try?from=&to=&verification=none&known=nothing&name=&trunk=&at=');
  expect(words(tried)).toMatch(/A call from withheld to .* decided by policy/);
  expect(tried).toContain('<code>withheld</code>');
  const number = await fetch(`${gatehouse.url}/rules/try?from=%2B13175550120&verification=none`);
  expect(number.status).toBe(400);
  expect(words(await number.text())).toMatch(/requires the analyst role.* Nothing was decided/);

  const { text: token } = await gatehouse.tokens.create(
    { name: 'ann', role: 'analyst', lastsMs: null },
    Date.now(),
  );
  const asked = async (query: string) => {
    const answer = await fetch(`${gatehouse.url}/rules/try?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return [answer.status, words(await answer.text())] as const;
  };
  const [status, staff] = await asked('from=317-555-0120&verification=passed-A&at=2026-12-24T17:30');
  expect(status).toBe(200);
  expect(staff).toMatch(/from \+13175550120 to .*Thu 24 Dec 2026, 17:30/);
  expect(staff).toMatch(/Rule staff/);
  expect((await asked('from=317-555-0120&verification=great'))[0]).toBe(400);
  expect((await asked('from=317-555-0120&verification=none&at=tomorrow'))[0]).toBe(400);
  expect((await asked('from=202-555-0143&verification=none&known=expected'))[1]).toMatch(/Rule expected/);
});
