import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Transition } from '../../src/call/change.ts';
import type { CallFacts, CallHistory, Verification } from '../../src/call/facts.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { standardWindows } from '../../src/call/windows.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { RedisCallerFlags } from '../../src/history/redis-caller-flags.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { callerKeys, scopeCountsKey } from '../../src/redis/redis-keys.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const caller = '+13175550123';
const signed = { result: 'passed', attestation: 'A', origid: null, source: 'asterisk' } as const;

let server: RedisProcess;
let redis: ReturnType<typeof connectRedis>;
let store: RedisCallStore;
let history: RedisCallerHistory;
// On a bucket's edge of every size, so that what a window touches does not depend on when the test runs.
const now = Math.floor(Date.now() / (6 * 3_600_000)) * 6 * 3_600_000;

beforeAll(async () => {
  server = await RedisProcess.start();
});
afterAll(() => server.remove());
beforeEach(async () => {
  await server.admin.flushall();
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  store = new RedisCallStore(redis, 90 * dayMs);
  history = new RedisCallerHistory(redis);
});
afterEach(() => redis.disconnect());

interface Call {
  readonly id: string;
  readonly at: number;
  readonly from?: string | null;
  readonly to?: string;
  readonly result?: 'passed' | 'failed' | 'silent' | 'gave-up';
  readonly signer?: string;
}

function factsOf({ id, at, from = caller, to = '+13175550000', signer }: Call): CallFacts {
  return sampleFacts(id, {
    now: at,
    caller: { number: from, reason: from === null ? 'withheld' : null, raw: '', displayName: '' },
    called: { number: to, raw: to },
    ...(signer === undefined ? {} : { verification: { ...signed, signer } }),
  });
}

function transitionOf(call: Call, changes: Partial<Outcome> = {}): Transition {
  const sample = sampleOutcome(call.id);
  const challenge =
    call.result === undefined || sample.challenge === null
      ? null
      : { ...sample.challenge, result: call.result };
  const outcome = { ...sample, facts: factsOf(call), challenge, ...changes };
  return { id: 1, callId: call.id, kind: 'outcome', outcome };
}

const write = (calls: readonly Call[]) => store.write(calls.map((call) => transitionOf(call)));
const read = (call: Partial<Call> = {}): Promise<CallHistory> =>
  history.read(factsOf({ id: 'n1/asks', at: now, ...call }), 1_000);

/** In each window, of the calls that `which` picks; `sizeMs` for a window's buckets. */
function expected(
  calls: readonly Call[],
  count: (inWindow: readonly Call[]) => number,
  inBuckets = false,
  lengths = standardWindows,
) {
  return lengths.map((length) => {
    const tier = length <= 3_600_000 ? minuteMs : length <= dayMs ? 15 * minuteMs : 6 * 3_600_000;
    const bucket = (at: number) => Math.floor(at / (inBuckets ? tier : 1));
    const touches = (at: number) =>
      bucket(at) <= bucket(now) && (inBuckets ? bucket(at) >= bucket(now - length) : at > now - length);
    return count(calls.filter(({ at }) => touches(at)));
  });
}

/** Everything in Redis, comparable. */
async function contents(): Promise<Record<string, unknown>> {
  const { admin } = server;
  const found: Record<string, unknown> = {};
  for (const key of (await admin.keys('*')).sort()) {
    const type = await admin.type(key);
    if (type === 'hash') found[key] = await admin.hgetallBuffer(key);
    else if (type === 'zset') found[key] = await admin.zrange(key, '0', '-1', 'WITHSCORES');
    else if (type === 'set') found[key] = (await admin.smembers(key)).sort();
    else found[key] = type === 'stream' ? await admin.xlen(key) : await admin.get(key);
  }
  return found;
}

test('written in any order, each three times: every window counts what arrived in it, by everything it is counted by', async () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const calls: Call[] = Array.from({ length: 400 }, (_, n) => {
    // Dense in the last hour, thinner before; none older than what is still counted when it comes late.
    const at = now - 1 - Math.floor(6.5 * dayMs * (random(10_000) / 10_000) ** 4);
    const from = random(3) === 0 ? null : random(2) === 0 ? caller : `+1317555${1000 + random(9)}`;
    const result = (['passed', 'failed', 'silent', 'gave-up'] as const)[random(4)] ?? 'passed';
    const signer = random(2) === 0 ? { signer: `CN=carrier ${random(2)}` } : {};
    return { id: `n1/${n}`, at, from, to: `+1317555000${random(6)}`, result, ...signer };
  });
  const three = [...calls, ...calls, ...calls];
  three.sort(() => random(3) - 1);
  for (let n = 0; n < three.length; n += 150) await write(three.slice(n, n + 150));

  const found = await read({ to: '+13175550001', signer: 'CN=carrier 1' });
  const own = calls.filter(({ from }) => from === caller);
  const size = (some: readonly Call[]) => some.length;
  expect(found).toMatchObject({
    passUntil: null,
    dialedUntil: null,
    expected: null,
    optedOut: false,
    flags: {},
    calls: expected(own, size),
    failedChallenges: expected(
      own,
      (some) => some.filter(({ result }) => result === 'failed' || result === 'silent').length,
    ),
    calledNumbers: expected(own, (some) => new Set(some.map(({ to }) => to)).size),
    exchangeCalls: expected(
      calls.filter(({ from }) => from?.startsWith('+1317555')),
      size,
      true,
    ),
    signerCalls: expected(
      calls.filter(({ signer }) => signer === 'CN=carrier 1'),
      size,
      true,
    ),
    calledNumberCalls: expected(
      calls.filter(({ to }) => to === '+13175550001'),
      size,
      true,
    ),
    boardCalls: expected(calls, size, true),
  });
  expect(found.boardCalls?.at(-1)).toBe(400);
});

test('windows that rules ask for besides, and calls of unknown callers by themselves', async () => {
  const calls: Call[] = Array.from({ length: 120 }, (_, n) => ({
    id: `n1/${n}`,
    at: now - 1 - Math.floor(3 * dayMs * (n / 120) ** 3),
    from: n % 4 === 0 ? null : caller,
    to: `+1317555000${n % 2}`,
  }));
  const { decision } = sampleOutcome('n1/x');
  const isKnown = ({ id }: Call) => Number(id.slice(3)) % 3 === 0;
  const bypassed = ({ id }: Call) => id === 'n1/7' || id === 'n1/8';
  const transitions = calls.map((call) => {
    const known = isKnown(call) ? { known: true as const } : {};
    return transitionOf(call, {
      decision: bypassed(call) || decision === null ? null : { ...decision, ...known },
    });
  });
  await store.write([...transitions, ...transitions]);

  const more = [15, 2, 90, 36 * 60, 3 * 1440].map((minutes) => minutes * minuteMs);
  const lengths = [...standardWindows, ...more];
  const reads = new RedisCallerHistory(redis, undefined, () => more);
  const found = await reads.read(factsOf({ id: 'n1/asks', at: now, to: '+13175550001' }), 1_000);
  const size = (some: readonly Call[]) => some.length;
  const unknown = calls.filter((call) => !isKnown(call) && !bypassed(call));
  const toOne = ({ to }: Call) => to === '+13175550001';
  expect(found).toMatchObject({
    moreWindows: more,
    calls: expected(
      calls.filter(({ from }) => from === caller),
      size,
      false,
      lengths,
    ),
    boardCalls: expected(calls, size, true, lengths),
    calledNumberCalls: expected(calls.filter(toOne), size, true, lengths),
    unknownBoardCalls: expected(unknown, size, true, lengths),
    unknownCalledNumberCalls: expected(unknown.filter(toOne), size, true, lengths),
  });
  expect(found.unknownBoardCalls?.at(-1)).toBe(unknown.length);
  expect(new Set(found.boardCalls).size).toBeGreaterThan(8);
});

test('a node whose clock is ahead blinds nobody: calls of the others go on being counted', async () => {
  const present = Date.now();
  const calls = (from: number): Call[] =>
    Array.from({ length: 20 }, (_, n) => ({ id: `n1/${from + n}`, at: present - from - n }));
  await write(calls(0));
  for (const ahead of [dayMs, 400 * dayMs]) await write([{ id: `n2/${ahead}`, at: present + ahead }]);
  await write(calls(20));
  const all = standardWindows.map(() => 40);
  const found = await read({ at: present });
  expect(found).toMatchObject({ calls: all, boardCalls: all, calledNumberCalls: all });
  // Its own windows are by its own clock.
  const ahead = await read({ at: present + 400 * dayMs });
  expect(ahead.boardCalls).toEqual(standardWindows.map(() => 1));
});

test('scripts that are repeated three times change nothing', async () => {
  const flags = new RedisCallerFlags(redis);
  const calls: Call[] = Array.from({ length: 20 }, (_, n) => ({ id: `n1/${n}`, at: now - n * 7 * minuteMs }));
  const all = async () => {
    await write(calls);
    await flags.flag(caller, 'scam', 'n1/3', now);
    await flags.optOut(caller, now);
    await redis.extendUntil(callerKeys(caller).dialed, String(now + dayMs));
  };
  await all();
  const once = await contents();
  for (let n = 0; n < 3; n++) await all();
  expect(await contents()).toEqual(once);
});

test('a call is not counted before it ended, nor after its time, nor one that arrived later', async () => {
  expect((await read()).calls).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  await write([
    { id: 'n1/exactly-30d', at: now - 30 * dayMs },
    { id: 'n1/just-inside-5m', at: now - 5 * minuteMs + 1 },
    { id: 'n1/exactly-5m', at: now - 5 * minuteMs },
    { id: 'n1/later', at: now + 1 },
  ]);
  expect((await read()).calls).toEqual([1, 2, 2, 2, 2, 2, 2, 2]);
});

test('calls that went round the screener, or of which nothing more is known, were calls', async () => {
  const bypass = { reason: 'app-absent', detail: '' } as const;
  await store.write([
    transitionOf({ id: 'n1/1', at: now - 1 }, { bypass, decision: null, challenge: null }),
    transitionOf({ id: 'n1/2', at: now - 2 }, { exit: { kind: 'none', reason: 'unaccounted' } }),
  ]);
  const found = await read();
  expect([found.calls?.[0], found.boardCalls?.[0], found.failedChallenges?.[0]]).toEqual([2, 2, 0]);
});

test('after Redis was away: days late lands where it arrived; a call too late to be told from a repeat is left out', async () => {
  await write([
    { id: 'n1/today', at: now - minuteMs },
    { id: 'n1/days-late', at: now - 6 * dayMs },
    { id: 'n1/ten-days-late', at: now - 10 * dayMs },
  ]);
  const found = await read();
  expect(found.calls).toEqual([1, 1, 1, 1, 1, 1, 2, 3]);
  expect(found.boardCalls).toEqual([1, 1, 1, 1, 1, 1, 2, 2]);
});

test('a caller without a number: what belongs to numbers is not known, but no admission is there', async () => {
  await write([
    { id: 'n1/1', at: now - 1 },
    { id: 'n1/2', at: now - 1, from: null },
  ]);
  const found = await read({ from: null });
  expect(found).toEqual({
    passUntil: null,
    dialedUntil: null,
    expected: null,
    calledNumberCalls: [2, 2, 2, 2, 2, 2, 2, 2],
    boardCalls: [2, 2, 2, 2, 2, 2, 2, 2],
    unknownCalledNumberCalls: [2, 2, 2, 2, 2, 2, 2, 2],
    unknownBoardCalls: [2, 2, 2, 2, 2, 2, 2, 2],
  });
});

test('a signer is who signed, not who is named by a signature that failed', async () => {
  const forged = transitionOf({ id: 'n1/1', at: now - 1, signer: 'CN=carrier' });
  if (forged.kind !== 'outcome') throw new Error('not an outcome');
  const { facts } = forged.outcome;
  const verification = { ...facts.verification, result: 'failed' } as const;
  await store.write([{ ...forged, outcome: { ...forged.outcome, facts: { ...facts, verification } } }]);
  await write([{ id: 'n1/2', at: now - 1, signer: 'CN=carrier' }]);
  expect((await read({ signer: 'CN=carrier' })).signerCalls?.[0]).toBe(1);
  expect((await history.read({ ...facts, verification }, 1_000)).signerCalls).toBeUndefined();
});

test('a part that Redis cannot read is left out; the caller’s own is not, because it may hold a pass', async () => {
  await write([{ id: 'n1/1', at: now - 1 }]);
  await server.admin.set(scopeCountsKey({ by: 'board', who: '' }), 'not what is wanted here');
  const found = await read();
  expect(found.boardCalls).toBeUndefined();
  expect([found.calls?.[0], found.calledNumberCalls?.[0]]).toEqual([1, 1]);

  await server.admin.del(callerKeys(caller).calls);
  await server.admin.set(callerKeys(caller).calls, 'not what is wanted here');
  await expect(read()).rejects.toMatchObject({ code: 'unavailable' });
});

test('hostile called numbers and signers are counted like others', async () => {
  const to = '}{"\r\nDEL x';
  const call: Call = { id: 'n1/1', at: now - 1, to, signer: '}{\0' };
  expect(await write([call])).toMatchObject([{ state: 'written' }]);
  const found = await read({ to, signer: '}{\0' });
  expect([found.signerCalls?.[0], found.calledNumberCalls?.[0], found.calledNumbers?.[0]]).toEqual([1, 1, 1]);
});

test('memory is bounded: the newest calls of a caller, and no more buckets than windows reach', async () => {
  const hours: Call[] = Array.from({ length: 1500 }, (_, n) => ({
    id: `n1/${n}`,
    at: now + n * 47 * minuteMs,
  }));
  for (let n = 0; n < hours.length; n += 300) await write(hours.slice(n, n + 300));
  const last = hours.at(-1)?.at ?? 0;
  expect(await server.admin.zcard(callerKeys(caller).calls)).toBe(512);
  expect((await read({ at: last })).calls?.at(-1)).toBe(512);
  expect(await server.admin.hlen(scopeCountsKey({ by: 'board', who: '' }))).toBeLessThanOrEqual(
    61 + 97 + 121,
  );
  expect((await read({ at: last })).boardCalls?.at(-1)).toBeGreaterThan(900);
  expect(await server.admin.memory('USAGE', callerKeys(caller).calls)).toBeLessThan(80_000);
});

test('how challenges of an origin ended, and decoys that it dialed, by exchange, signer and origid', async () => {
  const origid = '3a47ca23-d7f4-446b-821d-33d5dab15e1c';
  const ends = ['failed', 'silent', 'passed', 'gave-up', undefined, 'failed'] as const;
  const transitions = ends.map((result, n) => {
    const call: Call = { id: `n1/${n}`, at: now - 1 - n * 7 * minuteMs, from: `+131755511${10 + n}` };
    const facts: CallFacts = {
      ...factsOf({ ...call, signer: 'CN=carrier', ...(result !== undefined && { result }) }),
      ...(n < 3 && { signals: { decoy: true } }),
    };
    const verification = { ...facts.verification, origid };
    return transitionOf(
      { ...call, ...(result !== undefined && { result }) },
      { facts: { ...facts, verification } },
    );
  });
  await store.write([...transitions, ...transitions]);
  const asks = factsOf({ id: 'n1/asks', at: now, from: '+13175551199', signer: 'CN=carrier' });
  const other = '00000000-d7f4-446b-821d-33d5dab15e1c';
  const of = (origid: string) =>
    history.read({ ...asks, verification: { ...asks.verification, origid } }, 1_000);
  const found = await of(origid.toUpperCase());
  const at = (...counts: number[]) => counts;
  const windows = {
    failed: at(1, 2, 2, 3, 3, 3, 3, 3),
    passed: at(0, 0, 1, 1, 1, 1, 1, 1),
    decoys: at(1, 2, 3, 3, 3, 3, 3, 3),
  };
  expect(found).toMatchObject({
    exchangeFailed: windows.failed,
    exchangePassed: windows.passed,
    exchangeDecoyCalls: windows.decoys,
    signerFailed: windows.failed,
    signerPassed: windows.passed,
    signerDecoyCalls: windows.decoys,
    origidFailed: windows.failed,
    origidPassed: windows.passed,
  });
  expect(await of(other)).toMatchObject({
    origidFailed: at(0, 0, 0, 0, 0, 0, 0, 0),
    signerFailed: windows.failed,
  });
});

test('an origid that no challenge of it ended makes no key, nor does a call that dialed no decoy', async () => {
  const facts = factsOf({ id: 'n1/1', at: now - 1, signer: 'CN=carrier' });
  const verification = { ...facts.verification, origid: '3a47ca23-d7f4-446b-821d-33d5dab15e1c' };
  await store.write([
    transitionOf({ id: 'n1/1', at: now - 1 }, { facts: { ...facts, verification }, challenge: null }),
  ]);
  expect((await server.admin.keys('*')).filter((key) => key.includes('origid'))).toEqual([]);
  const exchange = scopeCountsKey({ by: 'exchange', who: '+1317555' });
  expect((await server.admin.hkeys(exchange)).sort()).toEqual(['m', 'q', 's']);
});

test('decoys that a number dialed are told apart; a number that is dialed twice counts once', async () => {
  const dialed = ['+13175550190', '+13175550191', '+13175550190', '+13175550192'];
  const decoys = new Set(['+13175550190', '+13175550191']);
  await store.write(
    dialed.map((to, n) => {
      const call: Call = { id: `n1/${n}`, at: now - 1 - n * 20 * minuteMs, to };
      const facts = factsOf(call);
      return transitionOf(call, {
        facts: decoys.has(to) ? { ...facts, signals: { decoy: true } } : facts,
      });
    }),
  );
  expect(await read()).toMatchObject({
    calledNumbers: [1, 1, 2, 2, 3, 3, 3, 3],
    decoys: [1, 1, 2, 2, 2, 2, 2, 2],
  });
});

describe('how calls of a number are usually verified', () => {
  /** One call after the other, each decided by what the calls before it left. */
  async function ring(
    states: readonly (Verification['result'] | 'A' | 'B')[],
    changes: Partial<Outcome> = {},
    from = 0,
  ): Promise<CallHistory> {
    for (const [n, state] of states.entries()) {
      const call: Call = { id: `n1/${from + n}`, at: now - 10_000 + from + n };
      const facts = factsOf(call);
      const letter = state === 'A' || state === 'B' ? state : null;
      const result = letter === null ? (state as Verification['result']) : 'passed';
      const verification = { ...signed, signer: null, attestation: letter, result };
      const known = await history.read(facts, 1_000);
      const outcome = { facts: { ...facts, verification, history: known }, challenge: null, ...changes };
      await store.write([transitionOf(call, { exit: toOperators, ...outcome })]);
    }
    return read();
  }
  const toOperators: Outcome['exit'] = { kind: 'connect', exit: 'operators', label: null };
  const { challenge } = sampleOutcome('n1/x');
  if (challenge === null) throw new Error('the sample has no challenge');
  const ten = Array<'A'>(10).fill('A');

  test('calls that were connected unasked count, as they were verified', async () => {
    const found = await ring(['A', 'A', 'B', 'passed', 'none', 'failed', 'A', 'A', 'A', 'A', 'A', 'A', 'A']);
    expect(found.verified).toEqual({ A: 9, B: 1, signed: 1, none: 1 });
  });

  test('a forger who is connected without a signature does not change what is usual', async () => {
    await ring(ten);
    const found = await ring(Array<'none'>(40).fill('none'), {}, 10);
    expect(found.verified).toEqual({ A: 10 });
    expect(found.calls?.at(-1)).toBe(50);
  });

  test('nor one who fails the challenge, goes to a mailbox or hangs up; who passes it does', async () => {
    await ring(ten);
    await ring(['none'], { challenge: { ...challenge, result: 'failed' } }, 10);
    await ring(['none'], { challenge: { ...challenge, result: 'gave-up' } }, 11);
    await ring(['none'], { exit: { kind: 'voicemail', box: 'general' } }, 12);
    await ring(['none'], { exit: { kind: 'none', reason: 'caller-hung-up' } }, 13);
    await ring(['none'], { bypass: { reason: 'overload', detail: '' }, decision: null }, 14);
    expect((await read()).verified).toEqual({ A: 10 });
    const found = await ring(['none'], { challenge: { ...challenge, result: 'passed' } }, 15);
    expect(found.verified).toEqual({ A: 10, none: 1 });
  });

  test('a fax machine and a text telephone are remembered', async () => {
    await ring(['none'], { bypass: { reason: 'tty', detail: '' } });
    const found = await ring(['none', 'none'], { bypass: { reason: 'fax', detail: '' } }, 1);
    expect(found).toMatchObject({ heard: { tty: 1, fax: 2 }, verified: {} });
    expect(found.calls?.at(-1)).toBe(3);
  });

  test('beside calls that an older program wrote', async () => {
    const at = now - 60_000;
    const { calls } = callerKeys(caller);
    await redis.countCallerCall(
      calls,
      String(at),
      '0123456789abcdef',
      'fAAAAAAAA',
      String(30 * dayMs),
      '512',
    );
    await redis.countCallerCall(
      calls,
      String(at),
      '1123456789abcdef',
      '-BBBBBBBB',
      String(30 * dayMs),
      '512',
    );
    const found = await ring(['A']);
    expect(found).toMatchObject({ verified: { A: 1 }, heard: {} });
    const last = (counts: CallHistory['calls']) => counts?.at(-1);
    expect([found.calls, found.failedChallenges, found.calledNumbers, found.decoys].map(last)).toEqual([
      3, 1, 3, 0,
    ]);
  });
});

test('every key expires', async () => {
  const flags = new RedisCallerFlags(redis);
  await write([{ id: 'n1/1', at: now - 1, signer: 'CN=carrier', result: 'failed' }]);
  await store.write([
    { id: 1, callId: 'n1/1', kind: 'pass', grant: { callerNumber: caller, until: now + 60_000 + dayMs } },
  ]);
  await flags.flag(caller, 'sales', 'n1/1', now);
  await flags.optOut(caller, now);
  await redis.extendUntil(callerKeys(caller).dialed, String(Date.now() + dayMs));
  const keys = await server.admin.keys('*');
  expect(keys.length).toBeGreaterThan(15);
  for (const key of keys)
    expect([key, await server.admin.pttl(key)]).toEqual([key, expect.toSatisfy((ms) => Number(ms) > 0)]);
});

test('flags and opt-outs are read back; a word on one call counts once', async () => {
  const flags = new RedisCallerFlags(redis);
  expect(await flags.flag(caller, 'scam', 'n1/1', now)).toBe(true);
  expect(await flags.flag(caller, 'scam', 'n1/1', now)).toBe(false);
  expect(await flags.flag(caller, 'scam', 'n1/2', now)).toBe(true);
  expect(await flags.flag(caller, 'wanted', 'n1/2', now)).toBe(true);
  expect(await flags.optOut(caller, now)).toBe(true);
  expect(await read()).toMatchObject({ flags: { scam: 2, wanted: 1 }, optedOut: true });
  await expect(flags.flag('+1}{x', 'scam', 'n1/1', now)).rejects.toMatchObject({ code: 'redis-key' });
});
