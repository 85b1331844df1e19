import { expect, test } from 'vitest';
import { fakeAsterisk, linked, linkTo, soon } from './linked.ts';

const beats = 'POST /asterisk/variable';

test('the beat is Asterisk’s own time, before the first call can come and then again and again', async () => {
  const { fake } = await linked({ beatIntervalMs: 20 });
  const first = Number(fake.globals.get('GATEHOUSE_BEAT'));
  expect(Math.abs(first - Date.now() / 1000)).toBeLessThan(3);
  const sent = fake.requests.findIndex(({ route }) => route === beats);
  const asked = fake.requests.findIndex(({ route }) => route === 'GET /channels');
  expect(sent).toBeLessThan(asked);
  await soon(() => expect(fake.requestsOf(beats).length).toBeGreaterThan(3));
});

test('a beat that is refused gives the app up at once; nothing is opened until one is taken', async () => {
  const { fake, link, logged } = await linked({ beatIntervalMs: 20 });
  fake.answerWith(beats, 404);
  await soon(() => expect(link.state()).toBe('connecting'));
  await soon(() => expect(fake.sockets.has('gatehouse')).toBe(false));
  await soon(() => expect(logged('socket lost').length).toBeGreaterThan(2));
  expect(fake.sockets.has('gatehouse')).toBe(false);
  fake.behave();
  await soon(() => expect(link.state()).toBe('connected'));
});

test('one beat without an answer may be chance, two are not', async () => {
  const { fake, link } = await linked({ beatIntervalMs: 20, pingIntervalMs: 60_000 });
  fake.reset(beats, 1);
  await soon(() => expect(fake.requestsOf(beats).length).toBeGreaterThan(3));
  expect(link.state()).toBe('connected');
  fake.reset(beats, 2);
  await soon(() => expect(link.state()).toBe('connecting'));
  await soon(() => expect(link.state()).toBe('connected'));
});

test('stopped: no beat any more', async () => {
  const { fake, link } = await linked({ beatIntervalMs: 20 });
  await link.stop();
  const sent = fake.requestsOf(beats).length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(fake.requestsOf(beats)).toHaveLength(sent);
});

test('calls that come in while it stops are sent to the operators', async () => {
  const fake = await fakeAsterisk();
  const { link } = linkTo(fake.url);
  await link.start();
  const unheard = fake.arrive({ unheard: true });
  await link.stop();
  expect(fake.channels.get(unheard)?.app).toBeNull();
});
