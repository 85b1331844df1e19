import { expect, test } from 'vitest';
import { entryArgs, linked, linkTo, soon } from './linked.ts';

const short = { requestTimeoutMs: 400 };

/** A link whose Asterisk stood still for three handshakes, and went on. */
async function afterStandstill() {
  const under = await linked(short);
  const { fake } = under;
  fake.sockets.still = true;
  fake.sockets.drop();
  await soon(() => expect(fake.sockets.handshakes.length).toBeGreaterThanOrEqual(3));
  fake.sockets.still = false;
  await soon(() => expect(under.link.state()).toBe('connected'));
  return under;
}

test('handshakes that Asterisk carries out after we gave them up: we connect again, and calls come', async () => {
  const { fake, link, calls, logged } = await afterStandstill();
  const before = fake.sockets.accepted;
  fake.sockets.carryOut();
  expect(fake.sockets.accepted).toBeGreaterThan(before);
  await soon(() => expect(logged('socket lost').at(-1)?.fields.reason).toContain('of our own'));
  await soon(() => expect(fake.sockets.has('gatehouse') && link.state() === 'connected').toBe(true));
  fake.arrive({ args: entryArgs() });
  await soon(() => expect(calls).toHaveLength(1));
});

test('after a standstill another process takes over all the same, as often as it takes', async () => {
  const { fake, link } = await afterStandstill();
  await soon(() => {
    if (fake.sockets.has('gatehouse')) fake.sockets.replace('gatehouse');
    expect(link.state()).toBe('replaced');
  });
});

test('without a standstill another process is believed at once', async () => {
  const { fake, link } = await linked(short);
  await linkTo(fake.url).link.start();
  await soon(() => expect(link.state()).toBe('replaced'));
});
