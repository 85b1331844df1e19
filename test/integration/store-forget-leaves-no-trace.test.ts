import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Outcome } from '../../src/call/outcome.ts';
import { RedisOutcomeLines } from '../../src/call-store/outcome-lines.ts';
import { RedisRangeRecords } from '../../src/call-store/projection/redis-range-records.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { RedisCallerFlags } from '../../src/history/redis-caller-flags.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { RedisDialedNumbers } from '../../src/history/redis-dialed-numbers.ts';
import { RedisExpectedCalls } from '../../src/history/redis-expected-calls.ts';
import { silentLog } from '../../src/log/log.ts';
import { KeptCalls } from '../../src/outbox/kept-calls.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { OutboxDrain } from '../../src/outbox/outbox-drain.ts';
import { changesOf } from '../../src/outbox/transition.ts';
import { callerNames } from '../../src/privacy/caller-names.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { auditKey, auditName } from '../../src/report/access/private-file.ts';
import { runCli } from '../cli/run-cli.ts';
import { collected } from '../fakes/collected.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { variedOutcome } from '../fakes/varied-outcome.ts';

const person = '+13175550163';
const forms = [person, '13175550163', '3175550163', '317-555-0163', 'WHISTLER'];
const other = '+13175550164';
const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;

async function world(key: string | null) {
  const names = callerNames(key);
  const log = new RecordingLog();
  const server = await RedisProcess.start({ keepsData: true });
  onTestFinished(() => server.remove());
  const dir = temporaryFolder();
  const data = join(dir, 'data');
  const spool = join(dir, 'spool');
  mkdirSync(data);
  mkdirSync(spool);
  const redis = connectRedis(server.url, log);
  await redisReady(redis, 20_000);
  const outbox = new Outbox({ path: join(data, 'outbox.sqlite'), log, names });
  const drain = new OutboxDrain({ outbox, store: new RedisCallStore(redis, yearMs), log });
  onTestFinished(async () => {
    await drain.close();
    redis.disconnect();
    outbox.close();
  });
  drain.start();
  const env = {
    ...process.env,
    GATEHOUSE_REDIS_URL: server.url,
    GATEHOUSE_DATA: data,
    GATEHOUSE_SPOOL: spool,
    ...(key === null ? {} : { GATEHOUSE_PSEUDONYM_KEY: key }),
  };
  const now = Date.now();
  const records = await RedisRangeRecords.open(redis, names);
  return { names, server, redis, outbox, drain, data, spool, dir, env, now, records };
}

type World = Awaited<ReturnType<typeof world>>;

function callOf(callId: string, now: number, number: string, changes: Partial<Outcome> = {}): Outcome {
  const { caller } = sampleFacts(callId);
  const displayName = number === person ? 'WHISTLER, JO 317-555-0163' : caller.displayName;
  const facts = sampleFacts(callId, {
    now,
    sipCallId: `${number.slice(2)}.${callId.slice(3)}@carrier.example`,
    caller: { number, reason: null, raw: number.slice(2), displayName },
  });
  const sample = sampleOutcome(callId, { facts });
  const label = number === person ? 'Passed: WHISTLER, JO 317-555-0163' : 'Passed: ANN';
  const decision = sample.decision && {
    ...sample.decision,
    listedName: number === person ? 'WHISTLER, JO' : null,
  };
  return { ...sample, decision, exit: { kind: 'connect', exit: 'operators', label }, ...changes };
}

/** Everything that Gatehouse ever stores of the person, and of others. */
async function fill({ redis, outbox, drain, names, spool, data, now }: World): Promise<void> {
  const random = seeded(3);
  for (let call = 0; call < 400; call++)
    outbox.end(variedOutcome(call, now - hourMs + call * 1000, random), 0);
  for (let call = 0; call < 30; call++)
    outbox.end(callOf(`n1/p${call}`, now - 50 * hourMs + call * hourMs, person), 60 * hourMs * 24);
  outbox.ended('n1/p3', { answeredMs: 5_000, talkMs: 9_000, cause: 16 });
  outbox.end(callOf('n1/other', now - hourMs, other), 24 * hourMs);
  const spoofed = callOf('n1/spoofed', now - hourMs, '+12125550100');
  const withName = { ...spoofed.facts.caller, displayName: 'callback 3175550163' };
  outbox.end({ ...spoofed, facts: { ...spoofed.facts, caller: withName } }, 0);
  await drain.flush(90_000);
  const flags = new RedisCallerFlags(redis, names);
  await flags.flag(person, 'scam', 'n1/p1', now);
  await flags.flag(person, 'sales', 'n1/p1', now);
  await flags.takeBack(person, 'sales', 'n1/p1');
  await flags.flag(other, 'wanted', 'n1/other', now);
  await flags.optOut(person, now);
  await new RedisDialedNumbers(redis, names).remember([
    { number: person, until: now + hourMs },
    { number: other, until: now + hourMs },
  ]);
  const expected = new RedisExpectedCalls(redis, names);
  await expected.add({ caller: person, called: null, until: now + hourMs, why: 'calls back' }, now);
  await expected.add({ caller: other, called: null, until: now + hourMs, why: 'a colleague' }, now);
  // What has not reached Redis: ready, open, and in the spool.
  await drain.close();
  outbox.end(callOf('n1/ready', now, person), hourMs);
  outbox.begin(callOf('n1/open', now, person).facts, false);
  writeFileSync(
    join(spool, '1771234567.1'),
    `v=1,uid=1771234567.1,at=${now},num=3175550163,name=WHISTLER%2C%20JO,did=3175550000,reason=watchdog,end=1`,
  );
  writeFileSync(join(spool, `dialed~${now}~1771234567.2`), `v=1,at=${now},to=3175550163,end=1`);
  writeFileSync(join(spool, `dialed~${now}~1771234567.3`), `v=1,at=${now},to=3175550164,end=1`);
  writeFileSync(join(data, 'outbox.sqlite.damaged-2026'), `broken … ${person} …`);
  const ended = callOf('n1/kept', now, person);
  const second = new KeptCalls(spool, silentLog);
  const unsent = changesOf(ended, hourMs, names);
  second.keep({ callId: 'n1/kept', arrivedAt: now, facts: names.facts(ended.facts), ended: true, unsent });
  const begun = names.facts(callOf('n1/kept-open', now, person).facts);
  second.keep({ callId: 'n1/kept-open', arrivedAt: now, facts: begun, ended: false, unsent: [] });
  // Looks at numbers as pages and commands note them.
  const keyOfAudit = auditKey(data, silentLog);
  const audit = new AuditLog(data, { fileBytes: 300 });
  for (const number of [person, other, '3175550163', names.of(person)])
    await audit.add({
      ...{ event: 'look', who: 'ann', role: 'analyst', address: '127.0.0.1', route: 'GET /calls/:id' },
      ...{ calls: ['n1/p1'], numbers: [auditName(keyOfAudit, number)], count: 1 },
    });
}

/** Where one of the words stands: keys, values as read and as dumped, records unpacked, and every file. */
async function traces(
  { server, redis, data, spool, now }: World,
  words: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  const look = (where: string, what: Buffer | string) => {
    for (const word of words) if (what.includes(word)) found.push(`${where}: ${word}`);
  };
  for (const key of await server.admin.keys('*')) {
    look(`key ${key}`, key);
    look(`dump of ${key}`, (await server.admin.dumpBuffer(key)) ?? '');
    look(`value of ${key}`, JSON.stringify(await contentOf(server.admin, key)));
  }
  const pages = await collected(new RedisOutcomeLines(redis, now - 90 * 24 * hourMs, now + hourMs).pages());
  for (const line of pages.flat()) look('record', line);
  for (const dir of [data, spool])
    for (const name of readdirSync(dir)) look(`file ${name}`, readFileSync(join(dir, name)));
  return found.filter((place) => !place.includes('.damaged-'));
}

async function contentOf(admin: Redis, key: string): Promise<unknown> {
  switch (await admin.type(key)) {
    case 'string':
      return admin.get(key);
    case 'hash':
      return admin.hgetall(key);
    case 'set':
      return admin.smembers(key);
    case 'zset':
      return admin.zrange(key, '0', '-1');
    default:
      return admin.xrange(key, '-', '+');
  }
}

async function forget({ env }: World) {
  const { stdout, stderr, exitCode } = await runCli(['forget', person, '--json'], { env });
  expect(stderr).toBe('');
  const done = JSON.parse(stdout) as {
    outbox: { outcomes: number; passes: number; openCalls: number; damagedFiles: string[] };
    spool: number;
    audit: number;
    leftIn: string[];
    redis: {
      outcomes: number;
      keys: string[];
      expected: number;
      unreadable: number;
      left: number;
      rewriting: number;
    };
  };
  // 0 says that the search afterward found nothing.
  const isLeft = done.leftIn.length > 0 || done.outbox.openCalls > 0 || done.redis.left > 0;
  expect(exitCode).toBe(isLeft ? 1 : 0);
  return done;
}

test.each([
  ['by number', null],
  ['by pseudonym', 'a key of pseudonyms, long enough'],
] as const)('a person stored %s: nothing is left, all counts and all others stay', async (_, key) => {
  const w = await world(key);
  await fill(w);
  const keyOfAudit = auditKey(w.data, silentLog);
  const inAudit = [person, '3175550163', w.names.of(person)].map((form) => auditName(keyOfAudit, form));
  const words = [...forms, w.names.of(person), ...inAudit];
  const looksBefore = await new AuditLog(w.data).read(100);
  const range = { since: w.now - 90 * 24 * hourMs, until: w.now + hourMs };
  const [places, rules] = await Promise.all(
    (['where', 'rule'] as const).map((dimension) => w.records.counts(dimension, range)),
  );
  expect((await w.records.page({ ...range, caller: person }, null, 100)).calls.length).toBeGreaterThanOrEqual(
    30,
  );
  expect((await traces(w, words)).length).toBeGreaterThan(20);
  const before = await w.records.page(range, null, 1000);

  const done = await forget(w);
  expect(done.redis.keys).toEqual(['calls', 'dialed', 'flagged', 'flags', 'opted-out', 'pass']);
  expect(done).toMatchObject({
    redis: { expected: 1, unreadable: 0, left: 0, rewriting: 1 },
    spool: 4,
    audit: 3,
  });
  expect(done.leftIn).toEqual(done.outbox.damagedFiles);
  expect(done.redis.outcomes).toBe(key === null ? 31 : 30);
  expect(done.outbox).toMatchObject({ openCalls: 1 });
  expect(done.outbox.outcomes).toBeGreaterThanOrEqual(31);
  expect(done.outbox.passes).toBeGreaterThanOrEqual(31);
  expect(done.outbox.damagedFiles).toHaveLength(1);

  expect(await traces(w, words)).toEqual([]);
  // The looks themselves stay, and those at others as they were.
  const looks = await new AuditLog(w.data).read(100);
  expect(looks.length).toBe(looksBefore.length);
  expect(looks.filter(({ numbers }) => numbers?.[0] === auditName(keyOfAudit, other))).toHaveLength(1);
  const restored = new Outbox({
    path: join(w.dir, 'another.sqlite'),
    log: silentLog,
    secondPlace: new KeptCalls(w.spool, silentLog),
  });
  onTestFinished(() => restored.close());
  expect(restored.pending().map(({ callId, kind }) => `${callId} ${kind}`)).toEqual(['n1/kept outcome']);
  // Older writes stand in Redis's own file until it is written anew.
  await vi.waitFor(() => expect(w.server.filesHolding(words)).toEqual([]), {
    timeout: 90_000,
    interval: 100,
  });

  const records = await RedisRangeRecords.open(w.redis, w.names);
  const after = await records.page(range, null, 1000);
  expect(after.calls.map(({ outcome }) => outcome.callId)).toEqual(
    before.calls.map(({ outcome }) => outcome.callId),
  );
  const forgotten = after.calls.find(({ outcome }) => outcome.callId === 'n1/p3');
  expect(forgotten).toMatchObject({
    outcome: {
      facts: {
        caller: { number: null, raw: 'forgotten', displayName: '' },
        called: { number: '+13175550000' },
      },
      decision: { rule: 'everyone-else', listedName: null },
      exit: { kind: 'connect', label: null },
    },
    afterExit: { answeredMs: 5_000 },
  });
  expect((await records.page({ ...range, caller: person }, null, 100)).calls).toEqual([]);
  expect(await Promise.all(['where', 'rule'].map((d) => records.counts(d as 'rule', range)))).toEqual([
    places,
    rules,
  ]);

  const history = new RedisCallerHistory(w.redis, w.names);
  const asks = (number: string) =>
    history.read(
      sampleFacts('n1/x', { now: w.now, caller: { ...sampleFacts('n1/x').caller, number } }),
      1_000,
    );
  expect(await asks(other)).toMatchObject({ flags: { wanted: 1 }, expected: { why: 'a colleague' } });
  expect((await asks(other)).passUntil).toBeGreaterThan(w.now);
  expect(await asks(person)).toMatchObject({ passUntil: null, flags: {}, optedOut: false, expected: null });

  const again = await forget(w);
  expect(again).toMatchObject({
    redis: { outcomes: 0, keys: [], expected: 0 },
    spool: 0,
    outbox: { outcomes: 0 },
  });
});

test('with pseudonyms no number of a caller is stored in the first place, and what belongs to one is found by number', async () => {
  const w = await world('a key of pseudonyms, long enough');
  await fill(w);
  // The files of the dialplan are its own; a spoofed name of somebody else is not looked through.
  const places = (await traces(w, [...forms, other, other.slice(1), other.slice(2)])).filter(
    (place) => !place.startsWith('file 17') && !place.startsWith('file dialed'),
  );
  expect(places).toEqual([]);
  const [found] = (await w.records.page({ since: 0, until: w.now, caller: person }, null, 1)).calls;
  expect(found?.outcome.facts.caller).toEqual({
    number: w.names.of(person),
    reason: null,
    raw: w.names.of(person),
    displayName: '',
  });
  expect(found?.outcome.facts.sipCallId).toContain('@carrier.example');
  const history = new RedisCallerHistory(w.redis, w.names);
  const { caller } = sampleFacts('n1/x');
  const facts = sampleFacts('n1/x', { now: w.now, caller: { ...caller, number: person } });
  const read = await history.read(facts, 1_000);
  expect(read).toMatchObject({ flags: { scam: 1 }, optedOut: true, expected: { why: 'calls back' } });
  expect(read.passUntil).toBeGreaterThan(w.now);
  expect(read.calls?.[7]).toBe(30);
  expect(read.exchangeCalls?.[7]).toBeGreaterThan(30);
  expect(w.outbox.openCalls()).toEqual([]);
});
