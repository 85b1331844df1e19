import { expect, onTestFinished, test } from 'vitest';
import { readLaterEvent } from '../../src/ari/ari-events.ts';
import { AriFollower, type AriFollowerOptions } from '../../src/ari/ari-follower.ts';
import type { LaterEvent } from '../../src/screening/ports.ts';
import type { FakeAsterisk } from '../fakes/fake-asterisk.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { fakeAsterisk, soon } from './linked.ts';

const filter = 'PUT /applications/{id}/eventFilter';
const subscription = 'POST /applications/{id}/subscription';

async function following(options: Partial<AriFollowerOptions> = {}, prepare = (_: FakeAsterisk) => {}) {
  const fake = await fakeAsterisk();
  prepare(fake);
  const log = new RecordingLog();
  const follower = new AriFollower({
    url: fake.url,
    username: 'gatehouse',
    password: 'secret',
    app: 'gatehouse',
    node: 'n1',
    requestTimeoutMs: 2_000,
    pingIntervalMs: 30,
    pongTimeoutMs: 2_000,
    log,
    ...options,
  });
  onTestFinished(() => follower.stop());
  follower.start();
  // However slow this machine is, a call is followed in time unless a test says otherwise.
  const follow = (channelId: string, leftSince = Date.now() + 60_000): LaterEvent[] => {
    const events: LaterEvent[] = [];
    follower.follow(`n1/${channelId}`, leftSince, (event) => void events.push(event));
    return events;
  };
  return { fake, log, follower, follow };
}

/** A call that is followed, subscribed and all. */
async function oneFollowed(options: Partial<AriFollowerOptions> = {}) {
  const under = await following(options);
  const id = under.fake.arrive({ app: 'elsewhere', unheard: true });
  await soon(() => expect(under.fake.requestsOf(filter)).toHaveLength(1));
  const events = await soon(() => {
    const told = under.follow(id);
    if (under.follower.size === 0) throw new Error('not yet');
    return told;
  });
  await soon(() => expect(under.fake.channels.get(id)?.followers).toContain('gatehouse-after'));
  return { ...under, id, events };
}

test('answered once by the one who answers, and ended with its cause', async () => {
  const { fake, id, events, follower } = await oneFollowed();
  for (const status of ['', 'RINGING', 'BUSY', 'RINGING', 'ANSWER']) fake.dial(id, status);
  fake.destroy(id, 16);
  await soon(() => expect(events).toMatchObject([{ type: 'answered' }, { type: 'ended', cause: 16 }]));
  expect(follower.size).toBe(0);
});

test('a channel that is gone when it is asked for has ended', async () => {
  const { fake, id, follow } = await oneFollowed();
  fake.destroy(id, 16);
  const events = follow('1700000000.99');
  await soon(() => expect(events).toMatchObject([{ type: 'ended', cause: null }]));
});

test('calls that leave together are asked for together; one of them that is gone has ended, the others are followed', async () => {
  const { fake, follow } = await oneFollowed();
  const before = fake.requestsOf(subscription).length;
  const ids = Array.from({ length: 5 }, () => fake.arrive({ app: 'elsewhere', unheard: true }));
  const told = ids.map((id) => follow(id));
  await soon(() => {
    for (const id of ids) expect(fake.channels.get(id)?.followers).toContain('gatehouse-after');
  });
  expect(fake.requestsOf(subscription).length - before).toBeLessThan(5);
  const withOneGone = [fake.arrive({ app: 'elsewhere', unheard: true }), '1700000000.99'];
  const [here, gone] = withOneGone.map((id) => follow(id));
  await soon(() => expect(gone).toMatchObject([{ type: 'ended', cause: null }]));
  await soon(() => expect(fake.channels.get(withOneGone[0] ?? '')?.followers).toContain('gatehouse-after'));
  expect([here, ...told]).toEqual(Array(6).fill([]));
});

test('Asterisk that does not answer the subscription, or refuses it: nothing is told, and nothing waits', async () => {
  const { fake, follow, log } = await oneFollowed();
  fake.stall(subscription, 1);
  const stalled = follow(fake.arrive({ app: 'elsewhere', unheard: true }));
  fake.answerWith(subscription, 500, '', 1);
  const refused = follow(fake.arrive({ app: 'elsewhere', unheard: true }));
  await soon(() => expect([stalled, refused]).toEqual([[{ type: 'lost' }], [{ type: 'lost' }]]));
  expect(log.lines.filter(({ message }) => message === 'A call is not followed after its exit')).toHaveLength(
    1,
  );
});

test('no call is followed before Asterisk has agreed to send only what is read', async () => {
  const { fake, follow } = await following({}, (asterisk) => asterisk.answerWith(filter, 500, '', 1));
  await soon(() => expect(fake.requestsOf(filter)).toHaveLength(1));
  expect(follow(fake.arrive({ app: 'elsewhere', unheard: true }))).toEqual([{ type: 'lost' }]);
  expect(fake.requestsOf(subscription)).toHaveLength(0);
});

test('a lost event socket: what happened meanwhile is not guessed; calls after it are followed again', async () => {
  const { fake, id, events, follow, follower } = await oneFollowed();
  fake.sockets.drop();
  await soon(() => expect(events).toEqual([{ type: 'lost' }]));
  await soon(() => {
    follow(id);
    expect(follower.size).toBe(1);
  });
  expect(fake.requestsOf(filter).length).toBeGreaterThanOrEqual(2);
});

test('another process that takes the app over: it follows, we do not come back', async () => {
  const { fake, events, follow, id } = await oneFollowed();
  fake.sockets.replace('gatehouse-after');
  await soon(() => expect(events).toEqual([{ type: 'lost' }]));
  expect(follow(id)).toEqual([{ type: 'lost' }]);
  expect(fake.sockets.accepted).toBe(1);
});

test('more calls than may be followed: the further ones are not, and memory stays', async () => {
  const { fake, follow, follower } = await oneFollowed({ mostCalls: 3 });
  const told = Array.from({ length: 10 }, () => follow(fake.arrive({ app: 'elsewhere', unheard: true })));
  expect(told.filter((events) => events.length === 1)).toHaveLength(8);
  expect(follower.size).toBe(3);
});

test('words of callers in an event are not taken for it', () => {
  const name = '"dialstatus":"ANSWER","type":"ChannelDestroyed"';
  const caller = { id: '1.1', caller: { name } };
  expect(readLaterEvent(JSON.stringify({ type: 'Dial', dialstatus: 'RINGING', caller }))).toBeNull();
  expect(readLaterEvent(`{"type":"Dial","x":${name}`)).toBeNull();
  expect(readLaterEvent('{"type": "Dial", "dialstatus": "ANSWER", "caller": {"id": "1.1"}}')).toMatchObject({
    channelId: '1.1',
    event: { type: 'answered' },
  });
  expect(readLaterEvent('{"type":"ChannelDestroyed","channel":null}')).toBeNull();
});

test('a call that left a while before it is followed: that somebody answered may have gone unheard', async () => {
  const { fake, follow } = await oneFollowed();
  const events = follow(fake.arrive({ app: 'elsewhere', unheard: true }), Date.now() - 200);
  await soon(() => expect(events).toEqual([{ type: 'unsure' }]));
});
