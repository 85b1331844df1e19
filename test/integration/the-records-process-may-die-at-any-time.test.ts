import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../lab/child.ts';
import { Projection } from '../../src/call-store/projection/projection.ts';
import { databaseFile, recordsSocket } from '../../src/call-store/projection/projection-messages.ts';
import { SocketCallRecords } from '../../src/call-store/projection/socket-call-records.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

const day = 86_400_000;
const now = Date.now();
const around = { since: now - day, until: now + day };
const data = mkdtempSync(join(tmpdir(), 'gatehouse-records-'));
const log = new RecordingLog();
let server: RedisProcess;
let redis: RedisClient;
let projection: Projection;
let written = 0;

beforeAll(async () => {
  server = await RedisProcess.start();
  redis = connectRedis(server.url, log);
  await redisReady(redis, 20_000);
  projection = new Projection(
    { redisUrl: server.url, pseudonymKey: null, data, keptMs: 90 * 86_400_000 },
    log,
  );
  projection.start();
});
afterAll(async () => {
  projection.close();
  redis.disconnect();
  await server.remove();
  rmSync(data, { recursive: true, force: true });
});

/** Writes calls until there are so many, and waits for the answer that counts them. */
async function write(calls: number): Promise<void> {
  const store = new RedisCallStore(redis, 3650 * day);
  while (written < calls) {
    const callId = `n1/1772443800.${++written}`;
    const outcome = sampleOutcome(callId, { facts: sampleFacts(callId, { now }) });
    const [result] = await store.write([{ id: written, callId, kind: 'outcome', outcome }]);
    expect(result?.state).toBe('written');
  }
}

function counted(calls: number): Promise<true> {
  return until(`${calls} calls`, 30_000, async () =>
    (await projection.records.summary(around).catch(() => null))?.totals.calls === calls ? true : null,
  );
}

/** The process that has the database open. */
function pid(): Promise<number> {
  return until('the records process', 30_000, () => {
    const found = ofChildren().find((child) => execCommand(child).includes('projection-process'));
    return found ?? null;
  });
}

function ofChildren(): readonly number[] {
  return execFileSync('ps', ['-o', 'pid=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .map(Number)
    .filter(Boolean);
}

function execCommand(child: number): string {
  return execFileSync('ps', ['-o', 'args=', '-p', String(child)], { encoding: 'utf8' });
}

test('only this user may ask', async () => {
  await write(3);
  await counted(3);
  expect(statSync(recordsSocket(data)).mode & 0o777).toBe(0o600);
  expect(statSync(join(data, databaseFile)).mode & 0o077).toBe(0);
});

test('killed, it is started again and knows what came meanwhile; a question that it had is refused', async () => {
  const before = await pid();
  process.kill(before, 'SIGSTOP');
  const refused = expect(projection.records.summary(around)).rejects.toMatchObject({ code: 'records-away' });
  process.kill(before, 'SIGKILL');
  await refused;
  await write(5);
  await counted(5);
  expect(await pid()).not.toBe(before);
  expect(log.messages('warn')).toContain('The records process ended; it is started again');
});

test('one that stands still holds no question for ever', async () => {
  const still = await pid();
  const impatient = new SocketCallRecords(recordsSocket(data), 500);
  process.kill(still, 'SIGSTOP');
  await expect(impatient.summary(around)).rejects.toMatchObject({ code: 'records-away' });
  process.kill(still, 'SIGCONT');
  await counted(5);
  impatient.close();
});

test('the database is deleted under it: it answers on, and a new one is built at its next start', async () => {
  rmSync(join(data, databaseFile));
  rmSync(join(data, `${databaseFile}.wal`), { force: true });
  await write(7);
  await counted(7);
  process.kill(await pid(), 'SIGKILL');
  await counted(7);
  expect(existsSync(join(data, databaseFile))).toBe(true);
});

test('what is no question is refused', async () => {
  const asked = new SocketCallRecords(recordsSocket(data));
  const page = asked.page({ since: 'x', until: {} } as never, 'no cursor', 1);
  await expect(page).resolves.toEqual({ calls: [], next: null, previous: null });
  const call = asked.call({ toString: 1 } as never);
  await expect(call).rejects.toMatchObject({ code: 'records-failed' });
  await counted(7);
  asked.close();
});

test('a request to forget reaches the database, which then reads anew what Redis has', async () => {
  await projection.records.forget(['+13175550123']);
  await counted(7);
});
