import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Transition } from '../../src/call/change.ts';
import type { RealExit } from '../../src/call/disposition.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { RedisRangeRecords } from '../../src/call-store/projection/redis-range-records.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { callCsv } from '../../src/privacy/call-csv.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { CallLines } from '../../src/terminal/call-lines.ts';
import { callText } from '../../src/terminal/call-text.ts';
import { plainScreen } from '../../src/terminal/screen.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

const dayMs = 86_400_000;
const now = Date.now() - 3_600_000;
const range = { since: now - 3_600_000, until: now + 3_600_000 };

let server: RedisProcess;
let redis: ReturnType<typeof connectRedis>;
let store: RedisCallStore;
let records: RedisRangeRecords;

beforeAll(async () => {
  server = await RedisProcess.start();
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  store = new RedisCallStore(redis, 30 * dayMs);
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});
beforeEach(async () => {
  await server.admin.flushall();
  records = await RedisRangeRecords.open(redis);
});

const whole = { show: (number: string) => number, text: (text: string) => text };
let id = 0;
const outcome = (callId: string, changes: Partial<Outcome> = {}): Outcome =>
  sampleOutcome(callId, { facts: sampleFacts(callId, { now }), ...changes });
const ended = (one: Outcome): Transition => ({ id: ++id, callId: one.callId, kind: 'outcome', outcome: one });
const went = (callId: string, changes: Partial<RealExit> = {}): Transition => ({
  ...{ id: ++id, callId, kind: 'real-exit', arrivedAt: now },
  realExit: {
    ...{ at: now + 9_000, asked: 'gatehouse-voicemail,general', why: 'box-missing' },
    ...{ to: { kind: 'operators' }, ...changes },
  },
});
const toMailbox = { exit: { kind: 'voicemail', box: 'general' } } as const;

async function whereCounted() {
  const { totals } = await records.summary(range);
  const rows = await records.counts('where', { ...range });
  const counted = Object.fromEntries(rows.map(({ value, calls }) => [value, calls]));
  const { calls, connected, voicemail, rejected, unaccounted, bypassed } = totals;
  return { counted, totals: { calls, connected, voicemail, rejected, unaccounted, bypassed } };
}

test('a mailbox that was not there: the record says operators, in the page of calls, the report and the counts, once', async () => {
  await store.write([ended(outcome('n1/1', toMailbox)), ended(outcome('n1/2', toMailbox))]);
  const word = went('n1/1');
  for (let sent = 0; sent < 3; sent++)
    expect(await store.write([word])).toEqual([{ state: 'written', isNew: sent === 0 }]);
  expect(await whereCounted()).toEqual({
    counted: { voicemail: 1, connected: 1 },
    totals: { calls: 2, connected: 1, voicemail: 1, rejected: 0, unaccounted: 0, bypassed: 0 },
  });
  const connected = await records.page({ ...range, where: 'connected' }, null, 10);
  expect(connected.calls.map((call) => call.outcome.callId)).toEqual(['n1/1']);
  expect((await records.page({ ...range, where: 'voicemail' }, null, 10)).calls).toHaveLength(1);
  const call = await records.call('n1/1');
  expect(call?.realExit).toEqual({
    ...{ at: now + 9_000, asked: 'gatehouse-voicemail,general', why: 'box-missing' },
    to: { kind: 'operators' },
  });
  if (call === null) throw new Error('no call');
  const numbers = whole;
  expect(callText(call, numbers)).toContain('sent to mailbox general, no such mailbox: operators');
  expect(new CallLines([call], numbers, plainScreen).line(call)).toMatch(/ connected /);
  expect(callCsv(call, numbers).slice(-2)).toEqual(['operators', 'box-missing']);
  expect((await records.call('n1/2'))?.realExit).toBeUndefined();
});

test('a later word replaces an earlier one, an earlier one changes nothing, and each counts in one place', async () => {
  await store.write([ended(outcome('n1/1', { exit: { kind: 'none', reason: 'unaccounted' } }))]);
  await store.write([
    went('n1/1', { at: now + 5_000, why: 'app-silent', to: { kind: 'voicemail', box: 'a' } }),
  ]);
  expect((await whereCounted()).totals).toMatchObject({ voicemail: 1, unaccounted: 0 });
  await store.write([went('n1/1', { at: now + 7_000, why: 'no-answer', to: { kind: 'nowhere' } })]);
  await store.write([went('n1/1', { at: now + 6_000, why: 'busy' })]);
  expect(await whereCounted()).toEqual({
    counted: { rejected: 1 },
    totals: { calls: 1, connected: 0, voicemail: 0, rejected: 1, unaccounted: 0, bypassed: 0 },
  });
  expect((await records.call('n1/1'))?.realExit?.why).toBe('no-answer');
});

test('a bypassed call stays bypassed, whatever became of it at the operators', async () => {
  const bypass = { reason: 'watchdog', detail: '' } as const;
  await store.write([ended(outcome('n1/1', { decision: null, bypass }))]);
  await store.write([went('n1/1', { why: 'queue-empty', to: { kind: 'voicemail', box: 'general' } })]);
  expect((await whereCounted()).totals).toMatchObject({ bypassed: 1, voicemail: 0 });
  expect((await records.call('n1/1'))?.realExit?.to).toEqual({ kind: 'voicemail', box: 'general' });
});

test('the dialplan knows which of two unanswered requests was carried out: the call bypassed screening', async () => {
  await store.write([ended(outcome('n1/1')), ended(outcome('n1/2'))]);
  const asked = 'gatehouse-release,ari-failed';
  await store.write([went('n1/1', { asked, why: 'app-silent', to: { kind: 'operators' } })]);
  const asDecided = { asked: 'gatehouse-connect,operators', why: 'app-silent' };
  await store.write([went('n1/2', { ...asDecided, to: { kind: 'operators' } })]);
  expect((await whereCounted()).totals).toMatchObject({ bypassed: 1, connected: 1 });
  expect((await records.summary(range)).byBypassReason).toEqual([{ reason: 'ari-failed', calls: 1 }]);
  const call = await records.call('n1/1');
  if (call === null) throw new Error('no call');
  expect(callText(call, whole)).toContain('Result: operators, not screened: an Asterisk request failed');
  expect(new CallLines([call], whole, plainScreen).line(call)).toMatch(/ bypassed /);
});

test('it comes with its outcome or after it, and without one it is set aside; it expires with its day', async () => {
  const together = [ended(outcome('n1/1', toMailbox)), went('n1/1')];
  expect(await store.write(together)).toMatchObject([{ state: 'written' }, { state: 'written' }]);
  expect(await store.write([went('n1/stranger')])).toMatchObject([{ state: 'refused' }]);
  const keys = await server.admin.keys('*:real-exits');
  expect(keys).toHaveLength(1);
  const counts = await server.admin.keys('*{day:*:counts:where');
  for (const key of [...keys, ...counts]) expect(await server.admin.pttl(key)).toBeGreaterThan(dayMs);
});

test('a talk of which nothing is known is not one that nobody answered', async () => {
  await store.write([ended(outcome('n1/1')), ended(outcome('n1/2'))]);
  const later = (callId: string, talkMs: number | null): Transition => ({
    ...{ id: ++id, callId, kind: 'after-exit', arrivedAt: now },
    afterExit: { answeredMs: null, talkMs, cause: null },
  });
  await store.write([later('n1/1', null), later('n1/2', 0)]);
  const numbers = whole;
  const [unknown, nobody] = [await records.call('n1/1'), await records.call('n1/2')];
  if (unknown === null || nobody === null) throw new Error('no call');
  expect(unknown.afterExit).toEqual({ answeredMs: null, talkMs: null, cause: null });
  expect(new CallLines([unknown], numbers, plainScreen).line(unknown)).toMatch(/ unknown /);
  expect(new CallLines([nobody], numbers, plainScreen).line(nobody)).toMatch(/ nobody /);
  expect(callText(unknown, numbers)).toMatch(/answered +unknown\n +talked +unknown/);
  expect(callText(nobody, numbers)).toMatch(/answered +by no one/);
});
