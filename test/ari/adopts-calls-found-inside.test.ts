import { expect, test } from 'vitest';
import { FakeAsterisk } from '../fakes/fake-asterisk.ts';
import { entryArgs, eventsOf, fakeAsterisk, linked, linkTo, oneCall, soon } from './linked.ts';

test('after a start: the calls in our app, with their arguments, and no others', async () => {
  const fake = await fakeAsterisk();
  const ours = fake.arrive({
    unheard: true,
    answered: true,
    args: entryArgs({ num: '+13175550199', name: 'a, b' }),
  });
  fake.arrive({ unheard: true, app: 'gatehouse2' });
  fake.watchdogTakes(fake.arrive({ unheard: true }), { unheard: true });
  const bare = fake.arrive({ unheard: true });
  const { link, calls } = linkTo(fake.url);
  await link.start();
  await soon(() => expect(calls).toHaveLength(2));
  expect(calls.map(({ facts, adopted, answered }) => [facts.callId, adopted, answered])).toEqual([
    [`n1/${ours}`, true, true],
    [`n1/${bare}`, true, false],
  ]);
  expect(calls[0]?.facts.caller).toMatchObject({ number: '+13175550199', displayName: 'a, b' });
});

test('twenty calls are adopted and can be carried on', async () => {
  const fake = await fakeAsterisk();
  const ids = Array.from({ length: 20 }, () => fake.arrive({ unheard: true, args: entryArgs() }));
  const { link, calls } = linkTo(fake.url);
  await link.start();
  await soon(() => expect(calls).toHaveLength(20));
  await Promise.all(calls.map(({ control }) => control.continueAt({ context: 'x', extension: 'operators' })));
  await soon(() => expect(ids.every((id) => fake.channels.get(id)?.app === null)).toBe(true));
});

test('what ended in the gap is told after it: gone is hangup, elsewhere is left, inside is nothing', async () => {
  const { fake, calls } = await linked();
  const [hungUp = '', left = '', stayed = ''] = [fake.arrive(), fake.arrive(), fake.arrive()];
  await soon(() => expect(calls).toHaveLength(3));
  const heard = calls.map(eventsOf);
  fake.sockets.drop();
  fake.hangUp(hungUp, { unheard: true });
  fake.watchdogTakes(left, { unheard: true });
  await soon(() => expect(heard[1]).toHaveLength(1));
  expect(heard).toEqual([[{ type: 'gone' }], [{ type: 'left', at: null }], []]);
  fake.press(stayed, '1');
  await soon(() => expect(heard[2]).toHaveLength(1));
  expect(calls).toHaveLength(3);
});

test('StasisStart while the list is under way: the call comes once', async () => {
  const fake = await fakeAsterisk();
  fake.stall('GET /channels', 1);
  const { link, calls } = linkTo(fake.url, { requestTimeoutMs: 60 });
  await link.start();
  // It enters while the first list stalls, is told by event, and is in the second list.
  await soon(() => expect(fake.requestsOf('GET /channels')).toHaveLength(1));
  fake.arrive();
  await soon(() => expect(fake.requestsOf('GET /channels')).toHaveLength(2));
  await link.liveCallIds();
  expect(calls.map(({ adopted }) => adopted)).toEqual([false]);
});

test('a list from before a call ended does not bring it back', async () => {
  const { fake, id, calls, events } = await oneCall();
  const answer = fake.holdNext('GET /channels');
  fake.sockets.drop();
  await soon(() => expect(fake.sockets.has('gatehouse')).toBe(true));
  await answer.asked;
  fake.watchdogTakes(id);
  await soon(() => expect(events).toMatchObject([{ type: 'left' }]));
  answer.send();
  const next = fake.arrive();
  await soon(() => expect(calls.at(-1)?.facts.callId).toBe(`n1/${next}`));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(calls).toHaveLength(2);
});

test('a list from before a call came does not end it', async () => {
  const { fake, calls } = await linked();
  const answer = fake.holdNext('GET /channels');
  fake.sockets.drop();
  await answer.asked;
  await soon(() => expect(fake.sockets.has('gatehouse')).toBe(true));
  fake.arrive();
  await soon(() => expect(calls).toHaveLength(1));
  const [events] = calls.map(eventsOf);
  answer.send();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(events).toEqual([]);
});

test('a list that fails is asked for again', async () => {
  const fake = await fakeAsterisk();
  fake.answerWith('GET /channels', 500, '', 1);
  fake.reset('GET /channels', 1);
  fake.answerWith('GET /channels', 200, '[{', 1);
  fake.arrive({ unheard: true });
  const { link, calls, logged } = linkTo(fake.url);
  await link.start();
  await soon(() => expect(calls).toHaveLength(1));
  expect(logged('could not be listed')).toHaveLength(3);
});

test('calls inside an Asterisk that restarted are gone', async () => {
  const first = await FakeAsterisk.start();
  const { link, calls } = linkTo(first.url);
  await link.start();
  first.arrive();
  await soon(() => expect(calls).toHaveLength(1));
  const [events] = calls.map(eventsOf);
  await first.stop();
  await fakeAsterisk({ port: first.port });
  await soon(() => expect(events).toEqual([{ type: 'gone' }]));
});
