import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { reportCommand } from '../../src/cli/report.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

let server: RedisProcess;

beforeAll(async () => {
  server = await RedisProcess.start();
  const redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  const ago = [1, 30, 90].map((minutes) => Date.now() - minutes * 60_000);
  const transitions = ago.map((now, id) => {
    const callId = `n1/${id}`;
    const outcome = sampleOutcome(callId, { facts: sampleFacts(callId, { now }) });
    return { id, callId, kind: 'outcome', outcome } as const;
  });
  await new RedisCallStore(redis, 86_400_000).write(transitions);
  redis.disconnect();
});
afterAll(() => server.remove());

async function run(...args: string[]): Promise<{ out: string; err: string; code: unknown }> {
  let out = '';
  let err = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  const command = reportCommand().exitOverride();
  command.configureOutput({ writeErr: (text) => (err += text) });
  const failure = await command.parseAsync(args, { from: 'user' }).then(
    () => null,
    (error: { code: unknown }) => error.code,
  );
  spy.mockRestore();
  return { out, err, code: failure };
}

test('as JSON, of the time asked for, with our own numbers whole', async () => {
  const { out } = await run('--since', '1h', '--json', '--redis', server.url);
  const report = JSON.parse(out);
  expect(report.totals).toMatchObject({ calls: 2, connected: 2, challenged: 2, passed: 2, bypassed: 0 });
  const shown = await run('--json', '--redis', server.url);
  expect(JSON.parse(shown.out).byCalledNumber).toMatchObject([{ called: '+13175550000', calls: 3 }]);
});

test('as tables', async () => {
  const { out } = await run('--redis', server.url);
  expect(out).toMatch(/everyone-else +3 +3/);
});

test('Redis away, a wrong address and a wrong time: one line, a code, and an end', async () => {
  const away = await run('--redis', 'redis://127.0.0.1:1');
  expect(away).toMatchObject({ code: 'redis-away', out: '' });
  expect(away.err).toMatch(/^error: Redis did not answer .*ECONNREFUSED.*\n$/);
  expect(await run('--redis', 'localhost')).toMatchObject({ code: 'redis-url' });
  expect(await run('--since', 'yesterdya')).toMatchObject({ code: 'time-range' });
});
