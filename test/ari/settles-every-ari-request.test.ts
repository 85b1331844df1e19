import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { FakeAsterisk } from '../fakes/fake-asterisk.ts';
import { linked, oneCall, soon } from './linked.ts';

const exit = { context: 'gatehouse-exit', extension: 'operators' };
const route = 'POST /channels/{id}/continue';

const cases: [string, (fake: FakeAsterisk) => void, { code: string; status: number | null }][] = [
  ['stalls', (fake) => fake.stall(route), { code: 'deadline', status: null }],
  ['stops in the middle of its answer', (fake) => fake.halfAnswer(route), { code: 'deadline', status: null }],
  ['resets the connection', (fake) => fake.reset(route), { code: 'connection', status: null }],
  [
    'says 404',
    (fake) => fake.answerWith(route, 404, { message: 'Channel not found' }),
    { code: 'gone', status: 404 },
  ],
  ['has no ARI any more', (fake) => fake.answerWith(route, 404, '<html>'), { code: 'refused', status: 404 }],
  ['says 409', (fake) => fake.answerWith(route, 409), { code: 'not-ours', status: 409 }],
  ['says 412', (fake) => fake.answerWith(route, 412, { message: 'no' }), { code: 'refused', status: 412 }],
  ['says 500', (fake) => fake.answerWith(route, 500), { code: 'refused', status: 500 }],
  ['answers with garbage', (fake) => fake.answerWith(route, 200, '<oops'), { code: 'refused', status: 200 }],
  ['dies', (fake) => void fake.stop(), { code: 'connection', status: null }],
];

test.each(cases)('when Asterisk %s', async (_how, misbehave, wanted) => {
  const { fake, call } = await oneCall();
  misbehave(fake);
  await expect(call.control.continueAt(exit)).rejects.toMatchObject({ name: 'CallControlError', ...wanted });
});

test('requests that queue behind stalled ones meet their deadline too, and are not sent after it', async () => {
  const { fake, call, link } = await oneCall({ requestTimeoutMs: 60 });
  fake.stall(route);
  const results = await Promise.allSettled(Array.from({ length: 60 }, () => call.control.continueAt(exit)));
  expect(new Set(results.map((each) => each.status === 'rejected' && each.reason.code))).toEqual(
    new Set(['deadline']),
  );
  fake.behave();
  // 60 ms may be too short for a busy machine.
  await vi.waitFor(() => link.liveCallIds(), 5000);
  // 24 connections; a few more slip in while the first of them are given up.
  expect(fake.requestsOf(route).length).toBeLessThan(60);
});

test('a host that accepts connections and never reads', async () => {
  const { link, fake } = await linked();
  await fake.stop();
  const sockets: Socket[] = [];
  const deaf = createServer((socket) => void sockets.push(socket.on('error', () => {}).pause()));
  await new Promise<void>((resolve) => deaf.listen(fake.port, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    deaf.close();
  });
  // The first one may still meet the connection to the old Asterisk.
  await link.liveCallIds().catch(() => {});
  await expect(link.liveCallIds()).rejects.toMatchObject({ code: 'deadline' });
});

test('after a stall the next request works', async () => {
  const { fake, call, id } = await oneCall();
  fake.stall(route, 1);
  await expect(call.control.continueAt(exit)).rejects.toMatchObject({ code: 'deadline' });
  await call.control.continueAt(exit);
  await soon(() => expect(fake.channels.get(id)?.continuedAt).toEqual(exit));
});

test('one connection serves requests one after the other', async () => {
  const { fake, link } = await linked();
  const before = fake.http.connections;
  for (let i = 0; i < 20; i++) await link.liveCallIds();
  expect(fake.http.connections).toBe(before);
});

test('stop rejects what is under way', async () => {
  const { fake, call, link } = await oneCall({ requestTimeoutMs: 5_000 });
  fake.stall(route);
  const request = call.control.continueAt(exit);
  await soon(() => expect(fake.requestsOf(route)).toHaveLength(1));
  await Promise.all([
    expect(request).rejects.toMatchObject({ code: expect.stringMatching('connection|deadline') }),
    link.stop(),
  ]);
});
