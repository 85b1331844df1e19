import { expect, test } from 'vitest';
import { entryArgs, eventsOf, firstCall, linked, linkTo, soon } from './linked.ts';

const twoTimers = { dd: '5', wd: '40' };

async function inDecision() {
  const under = await linked();
  const id = under.fake.arrive({ args: entryArgs(twoTimers) });
  const call = await firstCall(under);
  return { ...under, id, call, events: eventsOf(call) };
}

test('it leaves and comes back: the same call, with more time, told of nothing', async () => {
  const { fake, id, call, calls, events } = await inDecision();
  const begun = Date.now();
  expect(call.stay.stage).toBe('decision');
  const until = await call.control.enterChallenge('press-1');
  expect(until).toBeGreaterThan(begun + 38_000);
  expect(fake.channels.get(id)?.continuedAt).toEqual({
    context: 'gatehouse-challenge',
    extension: 'press-1',
  });
  fake.press(id, '1');
  await soon(() => expect(events).toEqual([{ type: 'digit', digit: '1' }]));
  expect(calls).toHaveLength(1);
  fake.watchdogTakes(id);
  await soon(() => expect(events).toHaveLength(2));
});

test('found again by a new process: in its challenge, and whether it was interrupted before', async () => {
  const { fake, call } = await inDecision();
  await call.control.enterChallenge('press-1');
  const second = await linkedTo(fake.url);
  expect(second.stay).toMatchObject({ stage: 'challenge', interrupted: false });
  await second.control.enterChallenge('press-1=interrupted');
  const third = await linkedTo(fake.url);
  expect(third.stay).toMatchObject({ stage: 'challenge', interrupted: true });
});

test('the dialplan does not give it back: the call has left', async () => {
  const { fake, call, events } = await inDecision();
  fake.givesBack = false;
  await expect(call.control.enterChallenge('press-1')).rejects.toMatchObject({ code: 'not-ours' });
  expect(events).toEqual([{ type: 'left', at: null }]);
}, 10_000);

test('the caller hangs up on the way', async () => {
  const { fake, id, call, events } = await inDecision();
  fake.givesBack = false;
  const entered = call.control.enterChallenge('press-1');
  await soon(() => expect(fake.channels.get(id)?.continuedAt).not.toBeNull());
  fake.channels.delete(id);
  await expect(entered).rejects.toMatchObject({ code: 'gone' });
  await soon(() => expect(events).toEqual([{ type: 'gone' }]));
}, 10_000);

test('Asterisk gives no answer, and carries it out all the same', async () => {
  const { fake, id, call, events } = await inDecision();
  fake.reset('POST /channels/{id}/continue', 1);
  const entered = call.control.enterChallenge('press-1');
  await soon(() => expect(fake.requestsOf('POST /channels/{id}/continue')).toHaveLength(1));
  fake.givesBackNow(id, 'press-1');
  await expect(entered).resolves.toBeGreaterThan(Date.now());
  expect(events).toEqual([]);
});

test('Asterisk refuses: nothing else happens to the call', async () => {
  const { fake, call, events } = await inDecision();
  fake.answerWith('POST /channels/{id}/continue', 500, '', 1);
  await expect(call.control.enterChallenge('press-1')).rejects.toMatchObject({ code: 'refused' });
  expect(events).toEqual([]);
});

async function linkedTo(url: string) {
  const { link, calls } = linkTo(url);
  await link.start();
  return soon(() => {
    const [call] = calls;
    if (call === undefined) throw new Error('no call found');
    return call;
  });
}
