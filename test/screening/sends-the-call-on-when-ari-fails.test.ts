import { describe, expect, it } from 'vitest';
import type { FakeCall, FakeReply } from '../fakes/fake-call.ts';
import { challenge, screeningRoom, toOperators } from './screening-room.ts';

const release = 'gatehouse-release/ari-failed';

function failing(name: string, reply: FakeReply, times = 1) {
  return (call: FakeCall) => {
    call.script = (request, nth) => (request.name === name && nth < times ? reply : undefined);
  };
}

describe.each<FakeReply>(['deadline', 'connection', 'refused', 'never'])(
  'a request that ends as %s',
  (reply) => {
    it.each(['answer', 'play'])('sends the call to the operators: %s', async (name) => {
      const room = screeningRoom(challenge());
      const call = await room.arrive({}, failing(name, reply));
      await room.clock.advance(7000);
      expect(call.targets).toEqual([release]);
      expect(room.outcome()).toMatchObject({
        bypass: { reason: 'ari-failed' },
        exit: { kind: 'connect', exit: 'operators' },
        challenge: null,
        decision: { rule: 'everyone-else' },
      });
    });

    it('sends a call to the operators that could not be sent to its exit', async () => {
      const room = screeningRoom({ kind: 'voicemail', box: '100' });
      const call = await room.arrive({}, failing('continue', reply));
      await room.clock.advance(7000);
      expect(call.targets).toEqual(['gatehouse-voicemail/100', release]);
      expect(room.outcome()).toMatchObject({ bypass: { reason: 'ari-failed' }, exit: { exit: 'operators' } });
    });

    it('does not mind that a prompt could not be stopped', async () => {
      const room = screeningRoom(challenge());
      const call = await room.arrive({}, failing('stop', reply));
      call.press('1');
      await room.clock.advance(7000);
      expect(call.targets).toEqual(['gatehouse-connect/operators=Passed']);
      expect(room.outcome()).toMatchObject({ challenge: { result: 'passed' }, bypass: null });
    });

    it('keeps asking until the call has left', async () => {
      const room = screeningRoom(toOperators);
      const call = await room.arrive({}, failing('continue', reply, 5));
      await room.clock.advance(50_000);
      expect(call.targets).toEqual(['gatehouse-connect/operators=', ...Array(5).fill(release)]);
      expect(room.outcome().bypass?.reason).toBe('ari-failed');
    });

    it('leaves the call to the watchdog when nothing helps, and ends', async () => {
      const room = screeningRoom(toOperators);
      const call = await room.arrive({}, failing('continue', reply, Number.POSITIVE_INFINITY));
      await room.clock.advance(67_500);
      // Refused, only the watchdog can have taken it; without an answer nobody knows.
      expect(room.outcome().bypass?.reason).toBe(reply === 'refused' ? 'watchdog' : undefined);
      expect(room.outcome().exit.kind).toBe(reply === 'refused' ? 'connect' : 'none');
      expect(call.targets.length).toBeGreaterThan(5);
      expect(call.targets.length).toBeLessThan(60);
      const asked = call.requests.length;
      await room.clock.advance(600_000);
      expect(call.requests.length).toBe(asked);
      expect(room.clock.pending).toBe(0);
    });
  },
);

it('stops the prompt before it releases the call, which would wait for its end else', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({ promptMs: null });
  await room.clock.advance(31_000);
  expect(call.requests.map(({ name }) => name)).toEqual(['answer', 'play', 'stop', 'continue']);
  expect(room.outcome().bypass).toEqual({ reason: 'ari-failed', detail: 'the prompt could not be played' });
});

it('asks again when a prompt failed, and blames no caller who heard none', async () => {
  const room = screeningRoom(challenge({ attempts: 2 }));
  const call = await room.arrive({ promptMs: null });
  for (const nth of [0, 1]) {
    const playbackId = call.sent('play')[nth]?.playbackId ?? '';
    call.emit({ type: 'playback-finished', playbackId, failed: true });
    await room.clock.advance(310);
  }
  expect(call.sent('play').map(({ media }) => media.at(-1))).toEqual([
    'sound:en/press-1',
    'sound:en/press-1',
  ]);
  expect(call.targets).toEqual([release]);
});

it('takes 404 for a hangup, when that is the word that comes', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({}, failing('play', 'gone'));
  await room.clock.advance(100);
  call.hangUp();
  expect(room.outcome()).toMatchObject({
    exit: { reason: 'caller-hung-up' },
    challenge: { result: 'gave-up' },
  });
  expect(call.targets).toEqual([]);
});

it('does not guess what became of a call that is gone without a word', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({}, failing('play', 'gone'));
  await room.clock.advance(6000);
  expect(room.outcome()).toMatchObject({ exit: { kind: 'none', reason: 'unaccounted' }, challenge: null });
  expect(call.targets).toEqual([]);
});

it('takes 409 for gone on, when no word comes', async () => {
  const room = screeningRoom(challenge());
  await room.arrive({}, failing('play', 'not-ours'));
  expect(room.outcomes.ends).toEqual([]);
  await room.clock.advance(6000);
  expect(room.outcome().bypass?.reason).toBe('watchdog');
});

it('takes 409 for a hangup, when that is the word that comes', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({}, failing('play', 'not-ours'));
  call.hangUp();
  await room.clock.advance(5000);
  expect(room.outcome()).toMatchObject({ exit: { kind: 'none' }, bypass: null });
});

it('asks again when an accepted request has no effect', async () => {
  const room = screeningRoom(toOperators);
  const call = await room.arrive({ leaveMs: null });
  await room.clock.advance(2000);
  call.leaveMs = 5;
  await room.clock.advance(2000);
  expect(call.targets).toEqual(['gatehouse-connect/operators=', 'gatehouse-connect/operators=']);
  expect(room.outcome()).toMatchObject({ exit: { exit: 'operators' }, bypass: null });
});

it.each<FakeReply>(['gone', 'not-ours'])(
  'counts an exit that was accepted when only the event got lost (then %s)',
  async (reply) => {
    const room = screeningRoom({ kind: 'voicemail', box: '100' });
    await room.arrive({ leaveMs: null }, (call) => {
      call.script = (request, nth) => (request.name === 'continue' && nth > 0 ? reply : undefined);
    });
    await room.clock.advance(5000);
    expect(room.outcome()).toMatchObject({ exit: { kind: 'voicemail', box: '100' }, bypass: null });
  },
);

it('counts an exit that was accepted when asking again finds the channel gone', async () => {
  const room = screeningRoom({ kind: 'voicemail', box: '100' });
  const call = await room.arrive({ leaveMs: null }, (made) => {
    made.script = (request, nth) => {
      if (request.name !== 'continue' || nth === 0) return undefined;
      made.emit({ type: 'gone' });
      return 'gone';
    };
  });
  await room.clock.advance(5000);
  expect(call.targets).toHaveLength(2);
  expect(room.outcome()).toMatchObject({ exit: { kind: 'voicemail', box: '100' }, bypass: null });
});

it('counts the decided exit when its request was never answered and yet took effect', async () => {
  const room = screeningRoom({ kind: 'voicemail', box: '100' });
  const call = await room.arrive({}, failing('continue', 'never'));
  call.emit({ type: 'left', at: null });
  await room.clock.advance(10_000);
  expect(room.outcome()).toMatchObject({ exit: { kind: 'voicemail', box: '100' }, bypass: null });
  expect(call.targets).toHaveLength(1);
});

it('goes on to the decided exit when only the prompt before it failed', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({}, failing('play', 'never'));
  call.press('1');
  await room.clock.advance(5100);
  expect(call.targets).toEqual(['gatehouse-connect/operators=Passed']);
  expect(room.outcome()).toMatchObject({ challenge: { result: 'passed' }, bypass: null });
});

it('does not guess when its request was not answered, the channel is gone, and no word came', async () => {
  const room = screeningRoom(toOperators);
  await room.arrive({ leaveMs: null }, (call) => {
    call.script = (request, nth) =>
      request.name === 'continue' ? (nth === 0 ? 'deadline' : 'gone') : undefined;
  });
  await room.clock.advance(10_000);
  expect(room.outcome()).toMatchObject({ exit: { kind: 'none', reason: 'unaccounted' }, bypass: null });
});

it('does not guess who took a call that left after the watchdog’s time, its request unanswered', async () => {
  const room = screeningRoom(toOperators);
  await room.arrive({ leaveMs: null, watchdogMs: 4000 }, failing('continue', 'never', 99));
  await room.clock.advance(12_000);
  expect(room.outcome().exit).toEqual({ kind: 'none', reason: 'unaccounted' });
});

it('believes the time at which Asterisk says that a call left, not the time at which that was read', async () => {
  const room = screeningRoom({ kind: 'voicemail', box: '100' });
  const begun = room.clock.now();
  const call = await room.arrive({ leaveMs: null, watchdogMs: 5000 }, failing('continue', 'never', 99));
  await room.clock.advance(6000);
  call.emit({ type: 'left', at: begun + 20 });
  expect(room.outcome()).toMatchObject({ exit: { kind: 'voicemail', box: '100' }, timings: { exitMs: 20 } });
});

it('waits for the dialplan’s note about a call that is found elsewhere after a cut, and asks nothing more meanwhile', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({ leaveMs: null, watchdogMs: 20_000 }, failing('continue', 'never', 99));
  await room.clock.advance(20_500);
  const asked = call.targets.length;
  call.emit({ type: 'left', at: null });
  await room.clock.advance(5000);
  expect(room.outcomes.ends).toEqual([]);
  room.screener.noted(call.arrived.facts.callId, 'watchdog', room.clock.now());
  expect(room.outcome().bypass?.reason).toBe('watchdog');
  expect(call.targets).toHaveLength(asked);
});
