import { expect, test } from 'vitest';
import { entryArgs, fakeAsterisk, firstCall, linked, linkTo, oneCall, soon } from './linked.ts';

test('a call listener that throws is logged and hears the next event', async () => {
  const { fake, calls, logged } = await linked();
  const id = fake.arrive({ args: entryArgs() });
  const heard: string[] = [];
  (await firstCall({ calls })).listen((event) => {
    heard.push(event.type);
    throw new Error('bug');
  });
  fake.press(id, '1');
  fake.hangUp(id);
  await soon(() => expect(heard).toEqual(['digit', 'hangup']));
  expect(logged('Call listener failed')).toHaveLength(2);
});

test('a call handler that throws: that call is sent on in the dialplan, the next one is taken', async () => {
  const fake = await fakeAsterisk();
  const { link, calls, logged } = linkTo(fake.url);
  link.onCall((call) => {
    if (calls.push(call) === 1) throw new Error('bug');
  });
  await link.start();
  const bad = fake.arrive({ args: entryArgs() });
  const good = fake.arrive({ args: entryArgs() });
  // The next priority after Stasis() is the road to the operators.
  await soon(() => expect(fake.channels.get(bad)?.continuedAt).toEqual({ context: null, extension: null }));
  expect(fake.channels.get(good)?.app).toBe('gatehouse');
  expect(calls).toHaveLength(2);
  expect(logged('could not be accepted')[0]?.fields).toMatchObject({ callId: `n1/${bad}` });
});

test('a state listener that throws does not stop the others', async () => {
  const fake = await fakeAsterisk();
  const { link, logged } = linkTo(fake.url);
  const states: string[] = [];
  link.onState(() => {
    throw new Error('bug');
  });
  link.onState((state) => void states.push(state));
  await link.start();
  expect(states).toEqual(['connected']);
  expect(logged('State listener failed')).toHaveLength(1);
});

test('a listener that causes the next event hears them in order', async () => {
  const { fake, calls } = await linked();
  const id = fake.arrive({ args: entryArgs() });
  fake.stall('*', 0);
  const call = await firstCall({ calls });
  const heard: string[] = [];
  call.listen((event) => {
    heard.push(event.type === 'digit' ? event.digit : event.type);
    if (heard.length === 1) fake.watchdogTakes(id);
  });
  fake.press(id, '12');
  await soon(() => expect(heard).toEqual(['1', '2', 'left']));
});

test('a second listener is refused', async () => {
  const { call } = await oneCall();
  expect(() => call.listen(() => {})).toThrow();
});
