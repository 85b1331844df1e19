import { expect, test } from 'vitest';
import type { AfterExit } from '../../src/call/outcome.ts';
import type { Verdict } from '../../src/call/verdict.ts';
import { AfterExits } from '../../src/screening/after-exit.ts';
import type { CallFollower, LaterEvent } from '../../src/screening/ports.ts';
import { Screener } from '../../src/screening/screener.ts';
import { FakeCall, type FakeCallOptions } from '../fakes/fake-call.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { challenge, decisionFor, RecordedLog, RecordedOutcomes, toOperators } from './screening-room.ts';

const id = 'node1/1772463600.17';

type Untimed = { type: 'answered' } | { type: 'unsure' } | { type: 'ended'; cause: number | null };

/** A screener around which calls are followed by hand. */
function room(verdict: Verdict, follower?: CallFollower) {
  const clock = new FakeClock();
  const log = new RecordedLog();
  const outcomes = new RecordedOutcomes();
  const told: [string, AfterExit][] = [];
  const order: string[] = [];
  const asked: string[] = [];
  const listeners = new Map<string, (event: LaterEvent) => void>();
  const byHand: CallFollower = {
    follow: (callId, _leftSince, listener) => {
      asked.push(callId);
      order.push('follow');
      listeners.set(callId, listener);
    },
  };
  const after = new AfterExits({
    afterExits: {
      ended: (callId, afterExit) => {
        order.push('after');
        told.push([callId, afterExit]);
      },
    },
    follower: follower ?? byHand,
    clock,
    log,
  });
  const screener = new Screener({
    decide: () => decisionFor(verdict),
    history: { read: async () => ({ passUntil: null }) },
    outcomes: {
      begin: (facts) => outcomes.begin(facts),
      settle: () => outcomes.settle(),
      end: (outcome, passForMs) => {
        order.push('outcome');
        outcomes.end(outcome, passForMs);
        after.observe(outcome);
      },
    },
    promptMedia: { media: () => ['sound:hello'] },
    clock,
    log,
    random: () => 0.45,
    historyDeadlineMs: 150,
  });
  return {
    clock,
    log,
    outcomes,
    told,
    order,
    asked,
    after,
    screener,
    later: (event: Untimed) =>
      listeners.get(id)?.(event.type === 'unsure' ? event : { ...event, at: clock.now() }),
    async arrive(options: FakeCallOptions = {}) {
      const call = new FakeCall(clock, options);
      screener.accept(after.watch(call.arrived));
      await clock.advance(0);
      return call;
    },
  };
}

test('answered after 3 s of ringing, talked for a minute', async () => {
  const { arrive, clock, later, told, order, after } = room(toOperators);
  await arrive();
  await clock.advance(3000);
  later({ type: 'answered' });
  await clock.advance(60_000);
  later({ type: 'answered' });
  later({ type: 'ended', cause: 16 });
  later({ type: 'ended', cause: 17 });
  expect(told).toEqual([[id, { answeredMs: 3000, talkMs: 60_000, cause: 16 }]]);
  expect(order).toEqual(['follow', 'outcome', 'after']);
  expect(after.size).toBe(0);
});

test('nobody answers', async () => {
  const { arrive, clock, later, told } = room(toOperators);
  await arrive();
  await clock.advance(30_000);
  later({ type: 'ended', cause: 19 });
  expect(told).toEqual([[id, { answeredMs: null, talkMs: 0, cause: 19 }]]);
});

test('a call that ends before its own exit is told: the outcome still comes first', async () => {
  const { arrive, clock, later, told, order } = room(toOperators);
  await arrive({ leaveMs: 50 });
  later({ type: 'ended', cause: 16 });
  expect(told).toEqual([]);
  await clock.advance(100);
  expect(told).toHaveLength(1);
  expect(order).toEqual(['follow', 'outcome', 'after']);
});

test('the caller hung up on the way out: no later life', async () => {
  const { arrive, later, outcomes, told, after } = room(toOperators);
  const call = await arrive({ leaveMs: null });
  call.hangUp();
  later({ type: 'ended', cause: 16 });
  expect(outcomes.ends[0]?.outcome.exit.kind).toBe('none');
  expect(told).toEqual([]);
  expect(after.size).toBe(0);
});

test('a call on its way to a mailbox is not followed, nor one that is rejected', async () => {
  for (const verdict of [
    { kind: 'voicemail', box: 'general' },
    { kind: 'reject', sip: 607, announcement: null, language: 'en' },
  ] satisfies Verdict[]) {
    const { arrive, clock, asked, outcomes } = room(verdict);
    await arrive();
    await clock.advance(10_000);
    expect(outcomes.ends).toHaveLength(1);
    expect(asked).toEqual([]);
  }
});

test('a call that went round the screener is followed too, also when the watchdog took it', async () => {
  const { arrive, clock, asked, later, told } = room(challenge());
  const call = await arrive({ promptMs: null });
  call.emit({ type: 'left', at: clock.now() });
  // Long before the watchdog's time: the dialplan may say why.
  await clock.advance(10_000);
  expect(asked).toEqual([id]);
  later({ type: 'ended', cause: 16 });
  expect(told).toHaveLength(1);
});

test('a follower that fails, throws or never answers costs the call nothing', async () => {
  const broken: CallFollower[] = [
    {
      follow: () => {
        throw new Error('broken');
      },
    },
    { follow: (_, __, listener) => listener({ type: 'lost' }) },
    { follow: () => {} },
  ];
  for (const follower of broken) {
    const { arrive, clock, outcomes, told } = room(toOperators, follower);
    const call = await arrive();
    await clock.advance(10);
    expect(call.targets).toEqual(['gatehouse-connect/operators=']);
    expect(outcomes.ends[0]?.outcome.bypass).toBeNull();
    expect(outcomes.ends[0]?.outcome.timings.exitMs).toBe(5);
    expect(told).toEqual([]);
  }
});

test('a log that throws is no reason to stop', async () => {
  const { arrive, clock, later, told, log } = room(toOperators);
  told.push = () => {
    throw new Error('full');
  };
  await arrive();
  await clock.advance(10);
  later({ type: 'ended', cause: 16 });
  expect(log.lines.at(-1)).toMatchObject({ level: 'error' });
});

test('followed so late that an answer may have gone unheard: nobody is not recorded', async () => {
  const { arrive, clock, later, told } = room(toOperators);
  await arrive();
  later({ type: 'unsure' });
  await clock.advance(3000);
  later({ type: 'ended', cause: 16 });
  expect(told).toEqual([[id, { answeredMs: null, talkMs: null, cause: 16 }]]);
});

test('a call that had left before it was sent on, as the dialplan notes: nobody is not recorded', async () => {
  const { later, told, arrive, clock, screener } = room(toOperators);
  const facts = { now: clock.now() - 4000 };
  await arrive({ facts, leaveMs: null });
  expect(screener.noted(id, 'app-frozen', clock.now() - 3000)).toBe(true);
  await clock.advance(1000);
  later({ type: 'ended', cause: 16 });
  expect(told).toEqual([[id, { answeredMs: null, talkMs: null, cause: 16 }]]);
});
