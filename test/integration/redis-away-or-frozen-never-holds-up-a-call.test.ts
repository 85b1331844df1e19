import { createServer, type Socket } from 'node:net';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { passKey } from '../../src/redis/redis-keys.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

const caller = '+13175550123';
const facts = sampleFacts('n1/0');
const servers: RedisProcess[] = [];
/** Far above what an answer at once takes on a machine with other work, far below the deadline beside it. */
const longMs = 1_500;

afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove();
});

async function startRedis(): Promise<RedisProcess> {
  const server = await RedisProcess.start();
  servers.push(server);
  return server;
}

function connect(url: string, commandTimeoutMs = 300) {
  const log = new RecordingLog();
  const redis = connectRedis(url, log, { commandTimeoutMs });
  onTestFinished(() => redis.disconnect());
  return { log, redis, history: new RedisCallerHistory(redis), store: new RedisCallStore(redis, 86_400_000) };
}

async function timed(work: Promise<unknown>): Promise<{ readonly error: unknown; readonly ms: number }> {
  const start = performance.now();
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - start };
}

test('frozen: a history read ends at its deadline, and once the socket is given up at once; thawed, it reads again', async () => {
  const server = await startRedis();
  await server.admin.set(passKey(caller), '12345');
  const { redis, history } = connect(server.url);
  await redisReady(redis, 20_000);
  expect(await history.read(facts, 2_000)).toMatchObject({ passUntil: 12345 });

  server.freeze();
  const reads = await Promise.all(Array.from({ length: 20 }, () => timed(history.read(facts, 100))));
  for (const { error, ms } of reads) {
    expect(error).toMatchObject({ code: 'deadline' });
    expect(ms).toBeGreaterThan(90);
    expect(ms).toBeLessThan(longMs);
  }
  await vi.waitFor(() => expect(redis.status).not.toBe('ready'), 90_000);
  const known = await timed(history.read(facts, 2 * longMs));
  expect(known.error).toMatchObject({ code: 'unavailable' });
  expect(known.ms).toBeLessThan(longMs);

  server.thaw();
  await vi.waitFor(
    async () => expect(await history.read(facts, 2_000)).toMatchObject({ passUntil: 12345 }),
    20_000,
  );
});

test('frozen: writing a batch ends within the deadline of a command, and asks to be tried again', async () => {
  const server = await startRedis();
  const { redis, store } = connect(server.url);
  await redisReady(redis, 20_000);
  server.freeze();
  const batch = Array.from({ length: 200 }, (_, id) => {
    const callId = `n1/${id}`;
    return { id, callId, kind: 'outcome', outcome: sampleOutcome(callId) } as const;
  });
  const start = performance.now();
  const results = await store.write(batch);
  expect(performance.now() - start).toBeLessThan(longMs);
  expect(new Set(results.map(({ state }) => state))).toEqual(new Set(['retry']));
});

test('stopped: reads and writes end at once; started again, they work', async () => {
  const server = await startRedis();
  const { log, redis, history, store } = connect(server.url);
  await redisReady(redis, 20_000);
  await server.stop();
  await vi.waitFor(() => expect(redis.status).not.toBe('ready'), 90_000);
  const read = await timed(history.read(facts, 2 * longMs));
  expect(read.error).toMatchObject({ code: 'unavailable' });
  expect(read.ms).toBeLessThan(longMs);
  const outcome = sampleOutcome('n1/1');
  expect(await store.write([{ id: 1, callId: 'n1/1', kind: 'outcome', outcome }])).toMatchObject([
    { state: 'retry' },
  ]);

  const available = vi.fn();
  store.onAvailable(available);
  await server.start();
  await vi.waitFor(() => expect(available).toHaveBeenCalled(), 90_000);
  expect(await history.read(facts, 2_000)).toMatchObject({ passUntil: null });
  expect(log.messages('warn')).toEqual(['Redis is away: outcomes wait in the outbox']);
  expect(log.messages('info')).toEqual(['Redis is connected', 'Redis is connected']);
});

test('a server that takes connections and never says a word is not taken for a Redis', async () => {
  const sockets: Socket[] = [];
  const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    mute.close();
  });
  await vi.waitFor(() => expect(mute.listening).toBe(true), 90_000);
  const { port } = mute.address() as { port: number };
  const { redis, history } = connect(`redis://127.0.0.1:${port}`, 100);
  await expect(redisReady(redis, 800)).rejects.toMatchObject({ code: 'redis-away' });
  expect((await timed(history.read(facts, 2 * longMs))).ms).toBeLessThan(longMs);
  expect(sockets.length).toBeGreaterThan(1);
});

test('a wrong password is said, without the password, and tried again', async () => {
  const server = await startRedis();
  await server.admin.config('SET', 'requirepass', 'right');
  const { log, redis } = connect(`redis://:wr0ng@127.0.0.1:${server.port}/0`);
  await expect(redisReady(redis, 800)).rejects.toMatchObject({ code: 'redis-away' });
  expect(JSON.stringify(log.lines)).toContain('WRONGPASS');
  expect(JSON.stringify(log.lines)).not.toContain('wr0ng');
  await server.admin.config('SET', 'requirepass', 'wr0ng');
  await redisReady(redis, 20_000);
});

test('what is not an address is refused with a code', () => {
  for (const url of ['', 'localhost:6379', '/tmp/x.sock', 'http://x', 'redis://[']) {
    expect(() => connectRedis(url, new RecordingLog())).toThrow(
      expect.objectContaining({ code: 'redis-url' }),
    );
  }
});
