import Fastify, { type FastifyInstance } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { isShort, letCallsGoFirst } from '../../src/report/calls-first.ts';
import { longestTurnMs } from '../processor-time.ts';

function server(add: (app: FastifyInstance) => void): FastifyInstance {
  const app = Fastify();
  letCallsGoFirst(app);
  add(app);
  onTestFinished(() => app.close());
  return app;
}

const busy = (ms: number) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

test('a hundred requests of the same moment leave the event loop free between them', async () => {
  const app = server((it) => {
    it.get('/page', () => {
      busy(5);
      return 'page';
    });
  });
  await app.ready();
  const longest = await longestTurnMs(async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => app.inject('/page')));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  });
  expect(longest).toBeLessThan(100);
});

test('no more than four are worked on at once, and above 200 that wait are refused', async () => {
  let atWork = 0;
  let most = 0;
  const { promise: goOn, resolve } = Promise.withResolvers<void>();
  const app = server((it) =>
    it.get('/page', async () => {
      if (++atWork > most) most = atWork;
      if (atWork === 1) setTimeout(resolve, 100);
      await goOn;
      atWork--;
      return 'page';
    }),
  );
  await app.ready();
  const answers = Promise.all(Array.from({ length: 300 }, () => app.inject('/page')));
  const statuses = (await answers).map(({ statusCode }) => statusCode);
  expect(most).toBe(4);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(200);
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(50);
  expect((await app.inject('/page')).statusCode).toBe(200);
});

test('probes wait for nobody, and pages that fail make room as others do', async () => {
  const { promise: goOn, resolve } = Promise.withResolvers<void>();
  const app = server((it) => {
    it.get('/healthz', () => 'ok');
    it.get('/slow', async () => {
      await goOn;
      throw new Error('as it may');
    });
  });
  await app.ready();
  const slow = Promise.all(Array.from({ length: 20 }, () => app.inject('/slow')));
  expect((await app.inject('/healthz')).body).toBe('ok');
  resolve();
  expect((await slow).map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(500));
});

test('when memory is short pages are refused; probes and metrics are not', async () => {
  let short = false;
  const app = Fastify();
  onTestFinished(() => app.close());
  letCallsGoFirst(app, () => short);
  for (const path of ['/page', '/metrics', '/healthz']) app.get(path, () => 'here');
  await app.ready();
  const statuses = () =>
    Promise.all(['/page', '/metrics', '/healthz'].map(async (path) => (await app.inject(path)).statusCode));
  expect(await statuses()).toEqual([200, 200, 200]);
  short = true;
  expect(await statuses()).toEqual([503, 200, 200]);
  short = false;
  expect(await statuses()).toEqual([200, 200, 200]);
});

test.each([
  ['the heap is nearly full', { heapBytes: 900 }, true],
  ['the container is nearly full', { residentBytes: 1900 }, true],
  ['there is no limit but the heap', { residentBytes: 1900, limitBytes: null }, false],
  ['there is room', {}, false],
])('memory is looked at: %s', (_, changes, short) => {
  const calm = { heapBytes: 500, heapLimitBytes: 1000, residentBytes: 1000, limitBytes: 2000 };
  expect(isShort({ ...calm, ...changes })).toBe(short);
});
