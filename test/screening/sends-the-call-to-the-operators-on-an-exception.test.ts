import { expect, it } from 'vitest';
import type { Verdict } from '../../src/call/verdict.ts';
import type { ScreenerDeps } from '../../src/screening/screener.ts';
import type { FakeCall } from '../fakes/fake-call.ts';
import { challenge, screeningRoom } from './screening-room.ts';

function broken(): never {
  throw new TypeError('a bug');
}

const places: readonly [string, Partial<ScreenerDeps>, Verdict, (call: FakeCall) => void][] = [
  ['the policy', { decide: broken }, challenge(), () => {}],
  ['the prompts', { promptMedia: { media: broken } }, challenge(), () => {}],
  ['the random digits', { random: broken }, challenge({ challenge: 'two-digits' }), () => {}],
  ['a verdict that is none', {}, { kind: 'sing' } as unknown as Verdict, () => {}],
  ['an adapter that throws on answer', {}, challenge(), (call) => failOn(call, 'answer')],
  ['an adapter that throws on play', {}, challenge(), (call) => failOn(call, 'play')],
];

function failOn(call: FakeCall, name: string): void {
  call.script = (request) => (request.name === name ? 'throw' : undefined);
}

it.each(places)('in %s', async (_place, changes, verdict, prepare) => {
  const room = screeningRoom(verdict, changes);
  const call = await room.arrive({}, prepare);
  await room.clock.advance(100);
  expect(call.targets).toEqual(['gatehouse-release/exception']);
  expect(room.outcome()).toMatchObject({
    bypass: { reason: 'exception' },
    exit: { kind: 'connect', exit: 'operators', label: null },
  });
  expect(room.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
});

it('in the listener of an adapter', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({}, (made) => {
    (made.arrived as { listen: unknown }).listen = broken;
  });
  await room.clock.advance(10_000);
  expect(call.targets[0]).toBe('gatehouse-release/exception');
  expect(room.outcome().bypass?.reason).toBe('exception');
});

it('and others are screened meanwhile', async () => {
  let nth = 0;
  const room = screeningRoom(challenge(), {
    random: Math.random,
    promptMedia: { media: () => (nth++ === 0 ? broken() : ['sound:x']) },
  });
  const first = await room.arrive();
  const facts = { callId: 'node1/2' };
  const second = await room.arrive({ facts });
  second.press('1');
  await room.clock.advance(100);
  expect(first.targets).toEqual(['gatehouse-release/exception']);
  expect(second.targets).toEqual(['gatehouse-connect/operators=Passed']);
});

it('screens on when the call could not be noted', async () => {
  const ends: unknown[] = [];
  const room = screeningRoom(challenge(), {
    outcomes: { begin: broken, settle: broken, end: (outcome) => ends.push(outcome) },
  });
  const call = await room.arrive();
  call.press('1');
  await room.clock.advance(100);
  expect(call.targets).toEqual(['gatehouse-connect/operators=Passed']);
  expect(ends).toHaveLength(1);
});

it('tries the outcome once, and forgets the call, when the outcome cannot be noted', async () => {
  let tries = 0;
  const end = () => {
    tries++;
    broken();
  };
  const room = screeningRoom(challenge(), { outcomes: { begin: () => {}, settle: () => {}, end } });
  const call = await room.arrive();
  call.press('1');
  await room.clock.advance(100);
  expect(tries).toBe(1);
  expect(room.screener.liveCalls()).toEqual([]);
});

it('lives on when even the log throws', async () => {
  const room = screeningRoom(challenge(), {
    decide: broken,
    log: { debug: broken, info: broken, warn: broken, error: broken },
  });
  const call = await room.arrive();
  await room.clock.advance(100);
  expect(call.targets).toEqual(['gatehouse-release/exception']);
  expect(room.outcome().bypass?.reason).toBe('exception');
});
