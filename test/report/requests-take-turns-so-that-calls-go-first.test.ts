import Fastify, { type FastifyInstance } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { letCallsGoFirst } from '../../src/report/calls-first.ts';

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
  let last = performance.now();
  let longest = 0;
  let isOver = false;
  const look = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  const answers = await Promise.all(Array.from({ length: 100 }, () => app.inject('/page')));
  isOver = true;
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
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
