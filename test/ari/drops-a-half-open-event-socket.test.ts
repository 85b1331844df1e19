import { expect, test } from 'vitest';
import { entryArgs, linked, soon } from './linked.ts';

test('no pong: the socket is dropped, another one opened, and the call nobody heard of is adopted', async () => {
  const { fake, calls, states, logged } = await linked({ pongTimeoutMs: 300 });
  fake.sockets.silent = true;
  const id = fake.arrive({ args: entryArgs() });
  await soon(() =>
    expect(logged('socket lost')[0]?.fields).toMatchObject({ reason: 'no pong within 300 ms' }),
  );
  fake.behave();
  await soon(() =>
    expect(calls.map(({ facts, adopted }) => [facts.callId, adopted])).toEqual([[`n1/${id}`, true]]),
  );
  expect(states).toEqual(['connected', 'connecting', 'connected']);
});

test('a socket with pongs stays', async () => {
  const { fake, states } = await linked({ pingIntervalMs: 100, pongTimeoutMs: 900 });
  const before = performance.now();
  await soon(() => expect(performance.now() - before).toBeGreaterThan(2000));
  expect(fake.sockets.accepted).toBe(1);
  expect(states).toEqual(['connected']);
});

test('a pong that lies unread while this process is busy is no reason to drop the socket', async () => {
  const { fake, link } = await linked({ pingIntervalMs: 1, pongTimeoutMs: 20 });
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    const until = performance.now() + 60;
    // The fake lives in this process too, so its pong needs one turn between.
    while (performance.now() < until);
    await link.liveCallIds();
  }
  expect(fake.sockets.accepted).toBe(1);
});
