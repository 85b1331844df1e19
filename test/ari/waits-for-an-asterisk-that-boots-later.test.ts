import { expect, test } from 'vitest';
import { FakeAsterisk } from '../fakes/fake-asterisk.ts';
import { fakeAsterisk, linkTo, soon } from './linked.ts';

test('a refused connection is tried again until Asterisk is there', async () => {
  const early = await FakeAsterisk.start();
  await early.stop();
  const { link, logged } = linkTo(early.url);
  const started = link.start();
  await soon(() => expect(logged('not available yet').length).toBeGreaterThanOrEqual(2));
  expect(link.state()).toBe('connecting');
  await fakeAsterisk({ port: early.port });
  await started;
  expect(link.state()).toBe('connected');
});

test('an Asterisk that accepts and never answers is tried again', async () => {
  const fake = await fakeAsterisk();
  fake.stall('GET /asterisk/info', 2);
  const { link, logged } = linkTo(fake.url, { requestTimeoutMs: 200 });
  await link.start();
  expect(logged('not available yet').map(({ fields }) => fields.error)).toMatchObject([
    { code: 'deadline' },
    { code: 'deadline' },
  ]);
});

test('stop ends the wait', async () => {
  const { link } = linkTo('http://127.0.0.1:1');
  const started = link.start();
  await link.stop();
  await started;
  expect(link.state()).toBe('stopped');
});

test('a refused event socket is tried again', async () => {
  const fake = await fakeAsterisk();
  fake.sockets.refuseWith = 503;
  const { link, logged } = linkTo(fake.url);
  const started = link.start();
  await soon(() =>
    expect(logged('socket lost')[0]?.fields).toMatchObject({ reason: 'refused with status 503' }),
  );
  fake.behave();
  await started;
  expect(link.state()).toBe('connected');
});
