import { expect, test } from 'vitest';
import { linked, soon } from './linked.ts';

test('user and password travel in the Authorization header only, and reach no log line', async () => {
  const password = 'pass word/+&';
  const { fake, lines, link } = await linked({ password }, { password });
  fake.sockets.drop();
  await soon(() => expect(fake.sockets.accepted).toBe(2));
  fake.reset('GET /channels');
  await expect(link.liveCallIds()).rejects.toThrow();

  const header = `Basic ${Buffer.from(`gatehouse:${password}`).toString('base64')}`;
  expect(new Set(fake.requests.map(({ authorization }) => authorization))).toEqual(new Set([header]));
  expect(fake.sockets.handshakes).toEqual(['?app=gatehouse', '?app=gatehouse']);
  const logged = JSON.stringify(lines, (_key, value) =>
    value instanceof Error ? String(value.stack) : value,
  );
  expect(logged).not.toContain('pass word');
  expect(logged).not.toContain(header.slice(6));
});

test('two links in one process keep their own credentials', async () => {
  const one = await linked({ password: 'first' }, { password: 'first' });
  const two = await linked({ password: 'second' }, { password: 'second' });
  await one.link.liveCallIds();
  await two.link.liveCallIds();
  expect(one.fake.requests.at(-1)?.authorization).not.toBe(two.fake.requests.at(-1)?.authorization);
});
