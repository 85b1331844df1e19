import { expect, it } from 'vitest';
import type { FakeReply } from '../fakes/fake-call.ts';
import { challenge, screeningRoom, toOperators } from './screening-room.ts';

it('a known caller is connected within the seconds of the decision', async () => {
  const room = screeningRoom(toOperators);
  const call = await room.arrive({ stage: 'decision' });
  await room.clock.advance(10);
  expect(call.requests.map(({ name }) => name)).toEqual(['continue']);
});

it('asks before anything is played, and has the longer time from then on', async () => {
  const room = screeningRoom(challenge({ attempts: 5, digitTimeoutMs: 20_000 }));
  const call = await room.arrive({ stage: 'decision', challengeMs: 40_000 });
  expect(call.requests.slice(0, 3).map(({ name }) => name)).toEqual(['enter', 'answer', 'play']);
  expect(call.sent('enter')).toEqual([{ name: 'enter', step: 'press-1' }]);
  await room.clock.advance(36_990);
  expect(call.targets).toEqual([]);
  await room.clock.advance(20);
  expect(call.targets).toEqual(['gatehouse-release/watchdog']);
});

it('a rejection with words needs the time too, one without does not', async () => {
  for (const [announcement, steps] of [
    ['redress', ['announcement']],
    [null, []],
  ] as const) {
    const room = screeningRoom({ kind: 'reject', sip: 607, announcement, language: 'en' });
    const call = await room.arrive({ stage: 'decision' });
    expect(call.sent('enter').map(({ step }) => step)).toEqual(steps);
  }
});

it.each<FakeReply>(['refused', 'deadline', 'connection', 'never', 'throw'])(
  'sends the call to the operators when that ends as %s',
  async (reply) => {
    const room = screeningRoom(challenge());
    const call = await room.arrive({ stage: 'decision' }, (made) => {
      made.script = ({ name }) => (name === 'enter' ? reply : undefined);
    });
    await room.clock.advance(6000);
    expect(call.sent('answer')).toEqual([]);
    expect(call.targets).toHaveLength(1);
    expect(call.targets[0]).toMatch(/^gatehouse-release[/](?:ari-failed|watchdog|exception)$/);
  },
);

it('asks a dialplan with one timer for nothing', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({ stage: 'whole' });
  expect(call.sent('enter')).toEqual([]);
});

it('a caller whose challenge a restart broke off is asked once more', async () => {
  const room = screeningRoom(challenge({ attempts: 3 }));
  const call = await room.arrive({ stage: 'challenge', adopted: true, answered: true });
  expect(call.sent('enter')).toEqual([{ name: 'enter', step: 'press-1=interrupted' }]);
  await room.clock.advance(15_000);
  expect(call.sent('play').map(({ media }) => media.at(-1))).toEqual([
    'sound:en/press-1',
    'sound:en/to-voicemail',
  ]);
  expect(call.targets).toEqual(['gatehouse-voicemail/screened']);
});

it('a caller who waits through a second restart goes to a person', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({ stage: 'challenge', adopted: true, answered: true, interrupted: true });
  await room.clock.advance(10);
  expect(call.targets).toEqual(['gatehouse-release/adopted-too-late']);
  expect(room.outcome().bypass?.detail).toBe('interrupted for the second time');
});

it('a call found in its decision is decided while there is a second left', async () => {
  for (const [watchdogMs, target] of [
    [1500, 'gatehouse-connect/operators='],
    [900, 'gatehouse-release/adopted-too-late'],
  ] as const) {
    const room = screeningRoom(toOperators);
    const call = await room.arrive({ stage: 'decision', adopted: true, watchdogMs });
    await room.clock.advance(10);
    expect(call.targets).toEqual([target]);
  }
});
