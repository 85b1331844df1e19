import { describe, expect, it } from 'vitest';
import type { ConnectVerdict } from '../../src/call/verdict.ts';
import type { FakeCall, FakeReply } from '../fakes/fake-call.ts';
import { challenge, screeningRoom } from './screening-room.ts';

const closed: ConnectVerdict = {
  kind: 'connect',
  exit: 'desk',
  label: 'Snow',
  announcement: { prompt: 'snow-day', language: 'es' },
};
const connected = 'gatehouse-connect/desk=Snow';
const played = (call: FakeCall) => call.sent('play');

it('plays the words, then connects', async () => {
  const room = screeningRoom(closed);
  const call = await room.arrive();
  await room.clock.advance(100);
  expect(played(call)).toHaveLength(1);
  expect(JSON.stringify(played(call))).toContain('sound:es/snow-day');
  expect(call.targets).toEqual([]);
  await room.clock.advance(4000);
  expect(call.targets).toEqual([connected]);
  expect(room.outcome()).toMatchObject({
    bypass: null,
    challenge: null,
    exit: { kind: 'connect', exit: 'desk', label: 'Snow' },
  });
});

describe.each<FakeReply>(['deadline', 'connection', 'refused', 'never'])(
  'a request that ends as %s',
  (reply) => {
    it.each(['answer', 'play'])('connects as decided: %s', async (name) => {
      const room = screeningRoom(closed);
      const call = await room.arrive({}, (one) => {
        one.script = (request) => (request.name === name ? reply : undefined);
      });
      await room.clock.advance(7000);
      expect(call.targets).toEqual([connected]);
      expect(room.outcome()).toMatchObject({ bypass: null, exit: { exit: 'desk', label: 'Snow' } });
    });
  },
);

it('a sound that is not there connects at once; one whose end is never told within half a minute', async () => {
  for (const isMissing of [true, false]) {
    const room = screeningRoom(closed);
    const call = await room.arrive({ promptMs: null });
    await room.clock.advance(100);
    const [{ playbackId } = { playbackId: '' }] = played(call);
    if (isMissing) call.emit({ type: 'playback-finished', playbackId, failed: true });
    await room.clock.advance(isMissing ? 1000 : 31_000);
    expect(call.targets).toEqual([connected]);
  }
});

it('who hangs up during the words is recorded so', async () => {
  const room = screeningRoom(closed);
  const call = await room.arrive();
  await room.clock.advance(100);
  call.hangUp();
  await room.clock.advance(100);
  expect(room.outcome().exit).toEqual({ kind: 'none', reason: 'caller-hung-up' });
});

it('keys during the words change nothing', async () => {
  const room = screeningRoom(closed);
  const call = await room.arrive();
  await room.clock.advance(100);
  for (const key of ['1', '5', '#']) call.press(key);
  await room.clock.advance(100);
  expect(call.targets).toEqual([]);
  await room.clock.advance(4000);
  expect(call.targets).toEqual([connected]);
});

it('who passed a challenge may hear words too, once', async () => {
  const room = screeningRoom(challenge({ passed: closed }));
  const call = await room.arrive();
  await room.clock.advance(100);
  call.press('1');
  await room.clock.advance(100);
  call.press('1');
  await room.clock.advance(100);
  expect(JSON.stringify(played(call).at(-1))).toContain('sound:es/snow-day');
  expect(call.targets).toEqual([]);
  await room.clock.advance(4000);
  expect(call.targets).toEqual([connected]);
  expect(room.outcome()).toMatchObject({ challenge: { result: 'passed', attempts: [{ result: 'right' }] } });
});

it('under overload the words are left out', async () => {
  const admission = { isShedding: true, arrived: () => {}, shed: () => {} };
  const room = screeningRoom(closed, { admission });
  const call = await room.arrive();
  await room.clock.advance(100);
  expect(played(call)).toEqual([]);
  expect(call.targets).toEqual([connected]);
});
