import { expect, it } from 'vitest';
import type { Verdict } from '../../src/call/verdict.ts';
import type { FakeCall, FakeCallOptions } from '../fakes/fake-call.ts';
import { challenge, type Room, screeningRoom, toOperators } from './screening-room.ts';

interface Scene {
  readonly state: string;
  readonly verdict: Verdict;
  readonly options?: FakeCallOptions;
  readonly script?: FakeCall['script'];
  readonly reach?: (room: Room, call: FakeCall) => Promise<void>;
  readonly result: string | null;
  readonly attempts?: readonly string[];
}

const never =
  (name: string): FakeCall['script'] =>
  (request) =>
    request.name === name ? 'never' : undefined;
const silent = challenge({ attempts: 1 });

const scenes: readonly Scene[] = [
  { state: 'answering', verdict: challenge(), script: never('answer'), result: 'gave-up', attempts: [] },
  { state: 'prompting', verdict: challenge(), result: 'gave-up', attempts: ['hung-up'] },
  {
    state: 'prompting',
    verdict: challenge(),
    script: never('play'),
    result: 'gave-up',
    attempts: ['hung-up'],
  },
  {
    state: 'collecting',
    verdict: challenge(),
    reach: (room) => room.clock.advance(4500),
    result: 'gave-up',
    attempts: ['hung-up'],
  },
  {
    state: 'prompting',
    verdict: challenge(),
    reach: async (room, call) => {
      call.press('5');
      await room.clock.advance(700);
    },
    result: 'gave-up',
    attempts: ['wrong', 'hung-up'],
  },
  {
    state: 'announcing',
    verdict: silent,
    reach: (room) => room.clock.advance(9500),
    result: 'silent',
    attempts: ['silent'],
  },
  {
    state: 'announcing',
    verdict: { kind: 'reject', sip: 603, announcement: 'redress', language: 'en' },
    result: null,
  },
  { state: 'leaving', verdict: toOperators, script: never('continue'), result: null },
  { state: 'leaving', verdict: toOperators, options: { leaveMs: null }, result: null },
  {
    state: 'leaving',
    verdict: challenge(),
    options: { leaveMs: null },
    reach: async (room, call) => {
      call.press('1');
      await room.clock.advance(100);
    },
    result: 'passed',
    attempts: ['right'],
  },
];

it.each(scenes)(
  'while $state ($result)',
  async ({ state, verdict, options, script, reach, result, attempts }) => {
    const room = screeningRoom(verdict);
    const call = await room.arrive(options, (made) => {
      if (script) made.script = script;
    });
    await reach?.(room, call);
    expect(room.screener.liveCalls()).toMatchObject([{ id: 'node1/1772463600.17', state }]);
    const sentBefore = call.requests.length;

    call.hangUp();
    await room.clock.advance(120_000);

    expect(room.outcome()).toMatchObject({ exit: { kind: 'none', reason: 'caller-hung-up' }, bypass: null });
    expect(room.outcome().challenge?.result ?? null).toBe(result);
    if (attempts)
      expect(room.outcome().challenge?.attempts.map((attempt) => attempt.result)).toEqual(attempts);
    expect(call.requests.length).toBe(sentBefore);
    expect(room.screener.liveCalls()).toEqual([]);
    expect(room.clock.pending).toBe(0);
  },
);

it('while deciding', async () => {
  const room = screeningRoom(toOperators, { history: { read: () => new Promise(() => {}) } });
  const call = await room.arrive();
  expect(room.screener.liveCalls()[0]?.state).toBe('deciding');
  call.hangUp();
  await room.clock.advance(120_000);
  expect(room.outcome()).toMatchObject({ decision: null, exit: { kind: 'none', reason: 'caller-hung-up' } });
  expect(call.requests).toEqual([]);
});

it('before the screener listened', async () => {
  const room = screeningRoom(toOperators);
  const call = await room.arrive({}, (made) => made.hangUp());
  await room.clock.advance(120_000);
  expect(room.outcomes.begun).toHaveLength(1);
  expect(room.outcome().exit).toEqual({ kind: 'none', reason: 'caller-hung-up' });
  expect(call.requests).toEqual([]);
});

it('when a failed playback was the first sign of it', async () => {
  const room = screeningRoom(challenge(), {});
  const call = await room.arrive({ promptMs: null });
  const playbackId = call.sent('play')[0]?.playbackId ?? '';
  call.emit({ type: 'playback-finished', playbackId, failed: true });
  await room.clock.advance(20);
  call.hangUp();
  await room.clock.advance(120_000);
  expect(room.outcome().challenge).toMatchObject({ result: 'gave-up', attempts: [{ result: 'hung-up' }] });
  expect(call.targets).toEqual([]);
});

it('keeps the pass of a caller who passed and hung up before the phone rang', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({ leaveMs: null });
  call.press('1');
  await room.clock.advance(10);
  call.hangUp();
  expect(room.outcomes.ends[0]?.passForMs).toBe(86_400_000);
});

it('sends nothing more of what was queued behind a request that stalls', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({}, (made) => {
    made.script = never('play');
  });
  call.press('5');
  call.hangUp();
  await room.clock.advance(120_000);
  expect(call.requests.map(({ name }) => name)).toEqual(['answer', 'play']);
});
