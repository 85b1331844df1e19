import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallFilter } from '../../src/call/call-filter.ts';
import type { CallRecord, CountDimension } from '../../src/call/call-records.ts';
import type { Transition } from '../../src/call/change.ts';
import { everyCaller } from '../../src/call/every-caller.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { callImpacts } from '../../src/call/vocabulary.ts';
import { SqlCallRecords } from '../../src/call-store/projection/sql-call-records.ts';
import { SqlDatabase } from '../../src/call-store/projection/sql-database.ts';
import { StreamFollower } from '../../src/call-store/projection/stream-follower.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { shardKeysOfCall } from '../../src/redis/redis-keys.ts';
import { collected } from '../fakes/collected.ts';
import { MemoryCallRecords } from '../fakes/memory-call-records.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisOutcomes } from '../fakes/redis-outcomes.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleOutcome } from '../fakes/sample-outcome.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { variedOutcome } from '../fakes/varied-outcome.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const calls = 3000;
const end = Math.floor(Date.now() / dayMs) * dayMs - 3 * dayMs;
const begin = end - 4 * dayMs;
const everything = { since: begin - 2 * dayMs, until: end + dayMs };

let server: RedisProcess;
let redis: RedisClient;
let records: SqlCallRecords;
let follower: StreamFollower;
let expected: MemoryCallRecords;
let outcomes: readonly Outcome[];
let told: readonly CallRecord[];

beforeAll(async () => {
  server = await RedisProcess.start();
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  const database = await SqlDatabase.open(':memory:');
  follower = new StreamFollower({ database, redis, log: new RecordingLog() });
  records = new SqlCallRecords({ database, redis, complete: (range) => follower.complete(range) });
  const random = seeded(7);
  outcomes = Array.from({ length: calls }, (_, index) => {
    // Every arrival its own, most in order, some written hours late.
    const late = random() < 0.1 ? random() * 30 * hourMs : 0;
    const outcome = variedOutcome(index, Math.floor(begin + (index * (end - begin)) / calls - late), random);
    // Some numbers call only twice.
    if (index % 10 !== 3) return outcome;
    const number = `+1463556${String(Math.floor(index / 20)).padStart(4, '0')}`;
    const caller = { ...outcome.facts.caller, number, reason: null };
    return { ...outcome, facts: { ...outcome.facts, caller } };
  });
  const afterExit = { answeredMs: 4_100, talkMs: 60_000, cause: 16 };
  const store = new RedisCallStore(redis, 3650 * dayMs);
  for (let from = 0; from < calls; from += 200) {
    const batch: Transition[] = outcomes.slice(from, from + 200).flatMap((outcome, at) => {
      const { callId, facts } = outcome;
      const own: Transition = { id: from + at, callId, kind: 'outcome', outcome };
      if (outcome.exit.kind !== 'connect' || at % 3 !== 0) return [own];
      return [own, { id: 1e6 + from + at, callId, kind: 'after-exit', afterExit, arrivedAt: facts.now }];
    });
    const results = await store.write(batch);
    expect(results.every((result) => result.state === 'written' && result.isNew)).toBe(true);
  }
  told = outcomes.map((outcome, at) => ({
    outcome,
    afterExit: outcome.exit.kind === 'connect' && (at % 200) % 3 === 0 ? afterExit : null,
  }));
  await follower.readAll();
  expected = new MemoryCallRecords(told);
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});

async function allPages(from: Pick<SqlCallRecords, 'page'>, filter: CallFilter, limit: number) {
  const found: CallRecord[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await from.page(filter, cursor, limit);
    found.push(...page.calls);
    expect(page.calls.length === limit || page.next === null).toBe(true);
    if (page.next === null) return found;
    expect(page.next).toMatch(/^[0-9a-z.-]+$/);
    cursor = page.next;
  }
}

const filters: readonly (Partial<CallFilter> & { what: string })[] = [
  { what: 'all' },
  { what: 'one hour', since: begin + 30 * hourMs, until: begin + 31 * hourMs },
  { what: 'from midnight', since: end - dayMs },
  { what: 'a caller', caller: '+13175550117' },
  { what: 'a called number', called: '+13176660007' },
  { what: 'a rule', rule: 'war-dialing' },
  { what: 'no decision', verdict: 'none' },
  { what: 'a verdict', verdict: 'voicemail' },
  { what: 'bypassed', where: 'bypassed' },
  { what: 'abandoned', where: 'abandoned', challenge: 'gave-up' },
  { what: 'a bypass reason', bypass: 'draining' },
  { what: 'failed signatures', verification: 'failed', attestation: 'C' },
  { what: 'a signer', signer: 'https://sti.example/3.pem' },
  {
    what: 'many at once',
    challenge: 'silent',
    rule: 'customers',
    attestation: 'A',
    called: '+13176660003',
    until: end - dayMs,
  },
  { what: 'two that are never together', where: 'bypassed', challenge: 'passed' },
  { what: 'a caller that never called', caller: '+13175559999' },
  { what: 'challenged', challenge: 'any' },
  { what: 'no attestation', attestation: 'none' },
  { what: 'no public called number', called: 'none' },
  { what: 'no rule', rule: 'none' },
  ...callImpacts.words.map((impact) => ({ what: `impact ${impact}`, impact })),
  { what: 'a language', language: 'es' },
  { what: 'hung up at a second', 'quit-second': '3' },
  { what: 'a monitored rule', monitored: 'watched' },
  { what: 'what a monitored rule would have decided', monitored: 'watched', would: 'voicemail' },
  { what: 'what any monitored rule would have decided', would: 'voicemail', where: 'connected' },
  { what: 'a campaign', campaign: 'c-1' },
  { what: 'any campaign', campaign: 'any', challenge: 'any' },
  { what: 'no campaign', campaign: 'none', where: 'voicemail' },
  { what: 'a caller name, in any case', name: 'aNn bA' },
  { what: 'an hour of the week', hour: 'tue-09@America/Indiana/Indianapolis' },
  { what: 'an hour of the week elsewhere', hour: 'sun-23@Asia/Kathmandu' },
];

test.each(filters)('calls are found and paged as in memory: $what', async ({ what: _, ...filter }) => {
  const wanted = { ...everything, ...filter };
  const inMemory = (await expected.page(wanted, null, calls)).calls;
  expect(await allPages(records, wanted, 7 + inMemory.length / 5 - ((inMemory.length / 5) % 1))).toEqual(
    inMemory,
  );
});

test('the oldest come first when asked for, and a page leads back to the one before it', async () => {
  const wanted = { ...everything, verdict: 'challenge' } as const;
  const all = (await expected.page(wanted, null, calls)).calls;
  const longest = (await records.page(wanted, null, calls, 'longest')).calls;
  const lengths = longest.map(({ outcome }) => Math.round(outcome.timings.exitMs));
  expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
  expect(new Set(longest.map(({ outcome }) => outcome.callId)).size).toBe(all.length);
  for (const [order, listed] of [
    ['newest', all],
    ['oldest', all.toReversed()],
    ['longest', longest],
  ] as const) {
    const pages = [await records.page(wanted, null, 40, order)];
    while (pages.at(-1)?.next) pages.push(await records.page(wanted, pages.at(-1)?.next ?? '', 40, order));
    expect(pages.flatMap((page) => page.calls)).toEqual(listed);
    expect(pages[0]?.previous).toBe(null);
    for (let at = pages.length - 1; at > 0; at--) {
      const before = await records.page(wanted, pages[at]?.previous ?? '', 40, order);
      expect(before.calls).toEqual(pages[at - 1]?.calls);
      expect(before.previous === null).toBe(at === 1);
      expect(before.next).toBe(pages[at - 1]?.next);
    }
  }
});

test.each(filters)('counts of a filter are those of its calls: $what', async ({ what: _, ...filter }) => {
  const wanted = { ...everything, ...filter };
  for (const dimension of ['where', 'monitored'] as const)
    expect(await records.counts(dimension, wanted)).toEqual(await expected.counts(dimension, wanted));
});

test.each([
  'where',
  'rule',
  'monitored',
  'verdict',
  'challenge',
  'bypass',
  'verification',
] as CountDimension[])('counts by %s are those of the calls', (dimension) => sameCounts(dimension));
test.each(['attestation', 'signer', 'called', 'language', 'quit-second', 'policy'] as CountDimension[])(
  'counts by %s are those of the calls',
  (dimension) => sameCounts(dimension),
);

async function sameCounts(dimension: CountDimension): Promise<void> {
  const range = { since: begin + 5 * hourMs + 12_345, until: end - 7 * hourMs };
  const counted = await records.counts(dimension, range);
  expect(counted.length).toBeGreaterThan(0);
  expect(counted).toEqual(await expected.counts(dimension, range));
}

test('calls by local day and by hour of the week are those of the calls', async () => {
  const range = { since: begin + 5 * hourMs, until: end - 7 * hourMs };
  const starts = [0, 19, 43, 67].map((hours) => range.since + hours * hourMs);
  const inOrder = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
  for (const filter of [range, { ...range, rule: 'customers', where: 'connected' } as const])
    expect(inOrder(await records.timeline(starts, filter))).toEqual(
      inOrder(await expected.timeline(starts, filter)),
    );
  for (const zone of ['America/Indiana/Indianapolis', 'Asia/Kathmandu'])
    expect(inOrder(await records.hoursOfWeek(range, zone))).toEqual(
      inOrder(await expected.hoursOfWeek(range, zone)),
    );
});

test('what calls meant to people by quarter of an hour, of several ranges at once', async () => {
  const inOrder = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
  const ranges = [
    { since: begin + 3 * hourMs, until: begin + 27 * hourMs },
    { since: begin + 50 * hourMs + 1, until: begin + 60 * hourMs },
  ];
  const found = await records.impacts(ranges);
  expect(new Set(found.map(({ value }) => value))).toEqual(new Set([...callImpacts.words, 'people']));
  expect(inOrder(found)).toEqual(inOrder(await expected.impacts(ranges)));
  expect(await records.impacts([])).toEqual([]);
});

test('challenges and changed verdicts are those of the calls', async () => {
  for (const by of ['language', 'called', 'attestation', 'verification', 'campaign'] as const)
    for (const filter of [everything, { ...everything, campaign: 'none', where: 'voicemail' } as const])
      expect(await records.challenges(by, filter, 5)).toEqual(await expected.challenges(by, filter, 5));
  expect(await records.changedVerdicts(everything)).toEqual(await expected.changedVerdicts(everything));
});

test('people possibly harmed are those of the calls, page after page, and as many as are counted', async () => {
  const none = { since: end + 2 * dayMs, until: end + 3 * dayMs };
  const short = { since: begin + 30 * hourMs, until: begin + 33 * hourMs };
  for (const range of [everything, short, none]) {
    const whole = await records.missedPeople(range, null, 500);
    expect(whole).toEqual(await expected.missedPeople(range, null, 500));
    const pages = [await records.missedPeople(range, null, 3)];
    for (let next = pages[0]?.next ?? null; next !== null; next = pages.at(-1)?.next ?? null)
      pages.push(await records.missedPeople(range, next, 3));
    expect(pages.flatMap(({ people }) => people)).toEqual(whole.people);
    const counted = await records.impacts([range]);
    const ofWord = (word: string) =>
      counted.reduce((sum, { value, calls: many }) => (value === word ? sum + many : sum), 0);
    expect([ofWord('people'), ofWord('harmed')]).toEqual([whole.all, whole.calls]);
  }
  const some = await records.missedPeople(short, null, 500);
  expect(some.all).toBeGreaterThan(1);
  expect(some.callers).toBeGreaterThan(some.all);
});

test('a call means the same in each range: days add up to the whole, each figure is as many calls', async () => {
  const days = Array.from({ length: 6 }, (_, day) => begin + (day - 1) * dayMs);
  for (const impact of callImpacts.words) {
    const idsOf = async (since: number, until: number) =>
      (await allPages(records, { since, until, impact }, 400)).map(({ outcome }) => outcome.callId);
    const parts = await Promise.all(days.map((day) => idsOf(day, day + dayMs)));
    expect(parts.flat().sort()).toEqual((await idsOf(begin - dayMs, begin + 5 * dayMs)).sort());
    const [first = 0] = days.slice(2);
    const counted = await records.impacts([{ since: first, until: first + dayMs }]);
    const many = counted.filter(({ value }) => value === impact).reduce((sum, row) => sum + row.calls, 0);
    expect(many).toBe(parts[2]?.length);
    expect(many).toBeGreaterThan(0);
  }
});

test('every caller comes once: those with most calls first, the others by number', async () => {
  const wanted = await expected.topCallers(everything, 1000);
  expect(await records.callersAfter(everything, '', 1000)).toEqual(
    await expected.callersAfter(everything, '', 1000),
  );
  const [third] = (await records.callersAfter(everything, '', 3)).slice(2);
  const next = await records.callersAfter({ ...everything, where: 'voicemail' }, third?.caller ?? '', 5);
  expect(next).toEqual(
    await expected.callersAfter({ ...everything, where: 'voicemail' }, third?.caller ?? '', 5),
  );
  expect(next).toHaveLength(5);
  expect(await collected(everyCaller(records, everything))).toEqual([wanted.callers]);
});

test('callers are found by some digits of their number, and by nothing else', async () => {
  for (const digits of ['5550117', '31755501', '011'])
    expect(await records.callersWith(digits, everything, 6)).toEqual(
      await expected.callersWith(digits, everything, 6),
    );
  expect(await records.callersWith('5550117', everything, 6)).toHaveLength(1);
  expect(await records.callersWith('%', everything, 6)).toEqual([]);
});

test('one call is found by its call id and by its SIP Call-ID, with its later life', async () => {
  for (const at of [0, 1, 200, 1234, calls - 1]) {
    const record = told[at];
    expect(await records.call(record?.outcome.callId ?? '')).toEqual(record);
    expect(await records.call(record?.outcome.facts.sipCallId ?? '')).toEqual(record);
  }
  expect(await records.call('n1/1773100000.9999')).toBeNull();
  expect(await records.call('nobody@10.0.0.1')).toBeNull();
  expect(await records.call('')).toBeNull();
});

test('every record comes back to the letter, and none is unreadable', async () => {
  const read = await collected(new RedisOutcomes(redis).between(everything.since, everything.until));
  const byId = new Map(read.map((outcome) => [outcome.callId, JSON.stringify(outcome)]));
  expect(read).toHaveLength(calls);
  for (const outcome of outcomes) expect(byId.get(outcome.callId)).toBe(JSON.stringify(outcome));
});

test('a cursor of somebody else, and a page of nothing, are empty', async () => {
  expect(await records.page(everything, '../../etc', 10)).toEqual({ calls: [], next: null, previous: null });
  expect(await records.page(everything, null, 0)).toEqual({ calls: [], next: null, previous: null });
  const future = { since: Date.now() + 10 * dayMs, until: Date.now() + 20 * dayMs };
  expect(await records.page(future, null, 10)).toEqual({ calls: [], next: null, previous: null });
  expect(await records.counts('where', future)).toEqual([]);
});

test('a call that comes while pages are turned neither doubles nor hides one', async () => {
  const range = { since: begin + dayMs, until: begin + dayMs + 4 * hourMs };
  const before = await allPages(records, range, 1000);
  const first = await records.page(range, null, 10);
  const callId = 'n1/in-between';
  const facts = { ...sampleOutcome(callId).facts, now: begin + dayMs + 3 * hourMs + 1_700_000 };
  const between = sampleOutcome(callId, { facts: { ...facts, callId } });
  await new RedisCallStore(redis, 3650 * dayMs).write([
    { id: 9e6, callId, kind: 'outcome', outcome: between },
  ]);
  await follower.readAll();
  const rest: CallRecord[] = [];
  for (let { next } = first; next !== null; ) {
    const page = await records.page(range, next, 10);
    rest.push(...page.calls);
    next = page.next;
  }
  const ids = [...first.calls, ...rest].map(({ outcome }) => outcome.callId);
  expect(ids.filter((id) => id !== callId)).toEqual(before.map(({ outcome }) => outcome.callId));
});

test('a signer for each call is counted as what it is', async () => {
  const now = Date.UTC(2026, 1, 1, 12);
  const store = new RedisCallStore(redis, 3650 * dayMs);
  const random = seeded(11);
  const batch = Array.from({ length: 2000 }, (_, index): Transition => {
    const outcome = variedOutcome(index, now + index, random);
    const isKnown = index % 4 === 0;
    const signer = isKnown ? 'https://known.example' : `https://s${index}.example`;
    const { verification } = outcome.facts;
    const facts = { ...outcome.facts, verification: { ...verification, signer } };
    return { id: index, callId: outcome.callId, kind: 'outcome', outcome: { ...outcome, facts } };
  });
  for (let from = 0; from < batch.length; from += 200) await store.write(batch.slice(from, from + 200));
  await follower.readAll();
  const rows = await records.counts('signer', { since: now, until: now + hourMs });
  expect(rows.reduce((sum, row) => sum + row.calls, 0)).toBe(2000);
  expect(rows).toHaveLength(1501);
  expect(rows.find(({ value }) => value === 'https://known.example')?.calls).toBe(500);
});

test('what expired in Redis is gone here too, also of days before those that are looked at', async () => {
  const now = Date.now() - 100 * dayMs;
  const callId = 'n1/long-ago';
  const { facts } = sampleOutcome(callId);
  const outcome = sampleOutcome(callId, { facts: { ...facts, callId, now } });
  await new RedisCallStore(redis, 3650 * dayMs).write([{ id: 8e6, callId, kind: 'outcome', outcome }]);
  await follower.readAll();
  const range = { since: now - hourMs, until: now + hourMs };
  expect((await records.page(range, null, 10)).calls.map((call) => call.outcome.callId)).toEqual([callId]);
  await redis.del(shardKeysOfCall(callId, now).records);
  await follower.readAll(Date.now() - 90 * dayMs);
  expect((await records.page(range, null, 10)).calls).toEqual([]);
});
