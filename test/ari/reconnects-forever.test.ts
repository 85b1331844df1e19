import { expect, test, vi } from 'vitest';
import { retryDelay } from '../../src/ari/ari-socket.ts';
import { FakeAsterisk } from '../fakes/fake-asterisk.ts';
import { fakeAsterisk, linked, linkTo, oneCall, soon } from './linked.ts';

test('a cut socket is opened again and again', async () => {
  const { fake, link } = await linked();
  for (let connections = 2; connections <= 4; connections++) {
    fake.sockets.drop();
    await soon(() => expect(fake.sockets.accepted).toBe(connections));
  }
  await soon(() => expect(link.state()).toBe('connected'));
});

test('an Asterisk that restarts is found again', async () => {
  const first = await FakeAsterisk.start();
  const { link } = linkTo(first.url);
  await link.start();
  await first.stop();
  await soon(() => expect(link.state()).toBe('connecting'));
  await fakeAsterisk({ port: first.port });
  await soon(() => expect(link.state()).toBe('connected'));
});

test('delays grow from 100 ms to 5 s, and nodes do not return in step', () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0);
  expect([0, 1, 3, 6, 1_000_000].map(retryDelay)).toEqual([100, 200, 800, 5_000, 5_000]);
  random.mockReturnValue(0.999_999);
  expect([0, 1, 3, 6, 1_000_000].map(retryDelay)).toEqual([100, 100, 400, 2_500, 2_500]);
  random.mockRestore();
});

test('a password that became wrong does not end a running process', async () => {
  const { fake, link, logged } = await linked();
  fake.sockets.refuseWith = 401;
  fake.sockets.drop();
  await soon(() =>
    expect(logged('socket lost').at(-1)?.fields).toMatchObject({ reason: 'refused with status 401' }),
  );
  fake.behave();
  await soon(() => expect(link.state()).toBe('connected'));
});

test('a call goes on across the gap', async () => {
  const { fake, id, events, calls } = await oneCall();
  fake.sockets.drop();
  await soon(() => expect(fake.sockets.accepted).toBe(2));
  fake.press(id, '1');
  await soon(() => expect(events).toEqual([{ type: 'digit', digit: '1' }]));
  expect(calls).toHaveLength(1);
});

test('stop closes the socket and does not come back', async () => {
  const { fake, link, states } = await linked();
  await link.stop();
  await soon(() => expect(fake.sockets.has('gatehouse')).toBe(false));
  expect(link.state()).toBe('stopped');
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(fake.sockets.accepted).toBe(1);
  expect(states).toEqual(['connected', 'stopped']);
});
