import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readableContracts } from '../../src/screening/entry/entry-args.ts';
import { entryArgs, eventsOf, firstCall, linked, oneCall, settled, soon } from './linked.ts';

test('facts, watchdog and state come from the entry arguments', async () => {
  const { fake, calls } = await linked({ node: 'pbx-2' });
  const before = Date.now();
  const id = fake.arrive({ args: entryArgs({ wd: '30', num: '+13175550123' }), answered: true });
  const call = await firstCall({ calls });
  expect(call).toMatchObject({
    adopted: false,
    answered: true,
    facts: { callId: `pbx-2/${id}`, history: null },
  });
  expect(call.facts.caller.number).toBe('+13175550123');
  expect(call.stay.watchdogAt).toBeGreaterThanOrEqual(before + 30_000);
  expect(call.stay.watchdogAt).toBeLessThan(before + 32_000);
});

test('events that came before anybody listened are delivered first, in order', async () => {
  const under = await linked();
  const id = under.fake.arrive({ args: entryArgs() });
  under.fake.press(id, '12');
  const call = await firstCall(under);
  await settled(under);
  under.fake.press(id, '3');
  const events = eventsOf(call);
  await soon(() =>
    expect(events.map((event) => event.type === 'digit' && event.digit)).toEqual(['1', '2', '3']),
  );
});

test('a hangup is a hangup and comes once, though StasisEnd and ChannelDestroyed follow', async () => {
  const { fake, id, events, call, ...under } = await oneCall();
  await call.control.play('prompt-1', ['sound:hello']);
  const channel = { id };
  fake.hangUp(id, { cause: 16 });
  fake.send({ type: 'ChannelDestroyed', channel, cause: 16 });
  fake.send({ type: 'ChannelDtmfReceived', channel, digit: '1' });
  await settled({ fake, ...under });
  expect(events).toEqual([{ type: 'hangup', cause: 16 }]);
});

test('a call that the dialplan watchdog takes has left', async () => {
  const { fake, id, events, ...under } = await oneCall();
  fake.watchdogTakes(id);
  fake.send({ type: 'ChannelHangupRequest', channel: { id } });
  await settled({ fake, ...under });
  expect(events).toMatchObject([{ type: 'left' }]);
});

test('a prompt that ended, and one that failed', async () => {
  const { fake, call, events } = await oneCall();
  await call.control.play('prompt-1', ['sound:hello']);
  await call.control.play('prompt-2', ['sound:no-such-sound']);
  fake.finishPlayback('prompt-1');
  fake.finishPlayback('prompt-2', 'failed');
  await soon(() => expect(events).toHaveLength(2));
  expect(events).toEqual([
    { type: 'playback-finished', playbackId: 'prompt-1', failed: false },
    { type: 'playback-finished', playbackId: 'prompt-2', failed: true },
  ]);
});

test('404 on a request says that the caller is gone, even when no event said so', async () => {
  const { fake, id, call, events } = await oneCall();
  fake.hangUp(id, { unheard: true });
  await expect(call.control.answer()).rejects.toMatchObject({ code: 'gone' });
  await soon(() => expect(events).toEqual([{ type: 'gone' }]));
  await expect(call.control.play('p', ['sound:hello'])).rejects.toMatchObject({ code: 'gone' });
  expect(events).toHaveLength(1);
});

test('events reach the call of their channel only', async () => {
  const { fake, calls } = await linked();
  const ids = [fake.arrive(), fake.arrive(), fake.arrive()];
  await soon(() => expect(calls).toHaveLength(3));
  const heard = calls.map(eventsOf);
  fake.press(ids[1] ?? '', '5');
  fake.hangUp(ids[2] ?? '');
  await soon(() => expect(heard[2]).toHaveLength(1));
  expect(heard).toEqual([[], [{ type: 'digit', digit: '5' }], [{ type: 'hangup', cause: null }]]);
});

test('a caller who leans on the keys fills no memory', async () => {
  const under = await linked();
  const id = under.fake.arrive();
  const call = await firstCall(under);
  const start = Date.now();
  for (let press = 0; press < 1_000; press++) {
    const timestamp = new Date(start + press * 400).toISOString();
    under.fake.send({
      type: 'ChannelDtmfReceived',
      digit: '1',
      duration_ms: 100,
      timestamp,
      channel: { id },
    });
  }
  under.fake.hangUp(id);
  await settled(under);
  const events = eventsOf(call);
  expect(events).toHaveLength(201);
  expect(events.at(-1)).toMatchObject({ type: 'hangup' });
});

test('a channel that left and comes in again is a call again', async () => {
  const { fake, id, calls, events } = await oneCall();
  fake.watchdogTakes(id);
  await soon(() => expect(events).toMatchObject([{ type: 'left' }]));
  fake.arrive({ channelId: id });
  await soon(() => expect(calls).toHaveLength(2));
});

test('live call ids are those of every channel, in the app or gone on', async () => {
  const { fake, link } = await linked();
  const inside = fake.arrive();
  const on = fake.arrive();
  fake.watchdogTakes(on);
  const gone = fake.arrive();
  fake.hangUp(gone);
  expect(await link.liveCallIds()).toEqual(new Set([`n1/${inside}`, `n1/${on}`]));
});

test('a setting of the dialplan that is out of range is said once, until it is right again', async () => {
  const { fake, link, calls, logged } = await linked();
  expect(link.oddSettings()).toEqual([]);
  for (let i = 0; i < 3; i++) fake.arrive({ args: entryArgs({ wdbad: '1' }) });
  await soon(() => expect(calls).toHaveLength(3));
  expect(link.oddSettings()).toEqual(['GATEHOUSE_WATCHDOG']);
  expect(logged('setting out of range')).toHaveLength(1);
  fake.arrive({ args: entryArgs() });
  await soon(() => expect(link.oddSettings()).toEqual([]));
});

test('a call of a dialplan of another version goes on to the operators, and that is said once, until it is ours again', async () => {
  const { fake, link, calls, logged } = await linked();
  const others = [1, 2, 3].map(() => fake.arrive({ args: entryArgs({ v: '2' }) }));
  await soon(() => expect(link.otherContract()).toBe('2'));
  const wentOn = { context: null, extension: null };
  await soon(() =>
    expect(others.map((id) => fake.channels.get(id)?.continuedAt)).toEqual([wentOn, wentOn, wentOn]),
  );
  expect([calls, logged('The dialplan is of another version').length]).toEqual([[], 1]);
  fake.arrive({ args: entryArgs() });
  await soon(() => expect(calls).toHaveLength(1));
  expect(link.otherContract()).toBeNull();
});

test('the shipped dialplan is of the version that this program is written for', () => {
  const dialplan = readFileSync('dialplan/gatehouse.conf', 'utf8');
  const written = new Set([...dialplan.matchAll(/GATEHOUSE_FACTS=v=(\d+),/g)].map(([, version]) => version));
  expect([...written]).toEqual([readableContracts.at(-1)]);
});
