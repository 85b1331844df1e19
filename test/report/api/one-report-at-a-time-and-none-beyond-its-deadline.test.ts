import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ReportSummary } from '../../../src/call/call-records.ts';
import { localAccess } from '../../../src/report/access/access-options.ts';
import { protect } from '../../../src/report/access/protect.ts';
import { addReportRoute } from '../../../src/report/api/report-route.ts';
import { RecordingLog } from '../../fakes/recording-log.ts';
import { sampleOutcome } from '../../fakes/sample-outcome.ts';
import { scannedSummary } from '../../fakes/scanned-summary.ts';

type Range = { since: number; until: number };

const deadlineMs = 20_000;
const policy = { version: 'v1', loadedAt: 0, refused: null, standIn: null, kept: null, reloads: [] };
let dir: string;
let app: FastifyInstance;
/** Summaries that were begun: each is ended by the test. */
let begun: { range: Range; signal: AbortSignal | undefined; end: () => Promise<void>; fail: () => void }[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-report-'));
  begun = [];
  app = Fastify();
  protect(app, localAccess(dir, new RecordingLog()));
  addReportRoute(app, {
    records: {
      summary: (range, signal) =>
        new Promise<ReportSummary>((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
          const end = async () => resolve(await scannedSummary(source, range));
          begun.push({ range, signal, end, fail: () => reject(new Error('connection lost')) });
        }),
    },
    health: () => ({ policy, closures: [], levels: { above: [], surges: [], measures: [] } }),
    log: new RecordingLog(),
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});

const source = {
  async *between() {
    yield sampleOutcome('n1/1');
  },
};
const ask = (since: string) => app.inject({ url: `/api/report?since=${since}` });
/** vi.waitFor would move the clock. */
async function oneMoreBegun(count: number): Promise<void> {
  for (let turn = 0; turn < 10_000 && begun.length < count; turn++) await setImmediate();
  expect(begun).toHaveLength(count);
}

test('the summary, with the policy in force and our own numbers whole', async () => {
  const asked = ask('24h');
  await oneMoreBegun(1);
  await begun[0]?.end();
  const { statusCode, body } = await asked;
  expect(statusCode).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ totals: { calls: 1 }, policy: { version: 'v1' } });
  expect(body).toContain('+13175550000');
  const { since = 0, until = 0 } = begun[0]?.range ?? {};
  expect(until - since).toBe(24 * 3_600_000);
});

test('who asks for the same meanwhile shares it, who asks for another time waits for its turn', async () => {
  const first = [ask('24h'), ask('24h')];
  await oneMoreBegun(1);
  const second = ask('7d');
  const third = ask('24h');
  await setImmediate();
  expect(begun).toHaveLength(1);
  await begun[0]?.end();
  await oneMoreBegun(2);
  expect((begun[1]?.range.until ?? 0) - (begun[1]?.range.since ?? 0)).toBe(7 * 86_400_000);
  await begun[1]?.end();
  for (const asked of [...first, second, third]) expect((await asked).statusCode).toBe(200);
  expect(begun).toHaveLength(2);
});

test('a summary that takes too long is given up with a clear answer, and the next one has its turn', async () => {
  const slow = ask('90d');
  await oneMoreBegun(1);
  vi.advanceTimersByTime(deadlineMs - 1);
  const next = ask('24h');
  await setImmediate();
  expect(begun[0]?.signal?.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  const { statusCode, body } = await slow;
  expect(statusCode).toBe(503);
  expect(JSON.parse(body)).toEqual({ error: expect.stringMatching(/took too long.*shorter time/) });
  expect(begun[0]?.signal?.aborted).toBe(true);
  await oneMoreBegun(2);
  await begun[1]?.end();
  expect((await next).statusCode).toBe(200);
});

test('too many different ones at once are refused at once; what waits does not run after its deadline', async () => {
  const asked = Array.from({ length: 9 }, (_, at) => ask(`${at + 1}h`));
  await oneMoreBegun(1);
  await setImmediate();
  const refused = await ask('10h');
  expect(refused.statusCode).toBe(503);
  expect(JSON.parse(refused.body).error).toMatch(/too many/);
  vi.advanceTimersByTime(deadlineMs);
  for (const one of asked) expect((await one).statusCode).toBe(503);
  expect(begun).toHaveLength(1);
});

test('Redis away and a wrong time have answers of their own, and hold up nobody', async () => {
  const away = ask('24h');
  await oneMoreBegun(1);
  begun[0]?.fail();
  expect((await away).statusCode).toBe(503);
  expect(JSON.parse((await away).body).error).toMatch(/Redis is unavailable/);
  expect((await ask('yesterdya')).statusCode).toBe(400);
  const again = ask('24h');
  await oneMoreBegun(2);
  await begun[1]?.end();
  expect((await again).statusCode).toBe(200);
});
