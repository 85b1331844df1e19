import { expect, test } from 'vitest';
import { oneCall, soon } from './linked.ts';

test('bad JSON, unknown types and events without their fields stop nothing', async () => {
  const { fake, id, events, link, logged } = await oneCall();
  const odd: (object | string)[] = [
    '{"type": "StasisSta',
    '',
    'null',
    '[]',
    '"text"',
    { type: 'ChannelLevitated', channel: { id } },
    { type: 42 },
    { type: 'StasisStart' },
    { type: 'StasisStart', channel: null },
    { type: 'ChannelDtmfReceived', channel: { id }, digit: 1 },
    { type: 'PlaybackFinished', playback: { id: 'p', target_uri: 'bridge:b', state: 'done' } },
    { type: 'PlaybackFinished', playback: null },
    { type: 'ChannelHangupRequest', channel: { id: 'nobody' } },
    { type: 'constructor', channel: { id: '__proto__' } },
  ];
  for (const event of odd) fake.send(event);
  fake.press(id, '7');
  await soon(() => expect(events).toEqual([{ type: 'digit', digit: '7' }]));
  expect(link.state()).toBe('connected');
  expect(logged('unreadable event').map(({ fields }) => fields)).toEqual(
    [19, 0, 4, 2, 6, expect.anything()].map((length) => ({ length })),
  );
});
