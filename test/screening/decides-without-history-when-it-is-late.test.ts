import { expect, it } from 'vitest';
import type { Verification } from '../../src/call/facts.ts';
import { lookUpHistory } from '../../src/screening/history-lookup.ts';
import type { CallerHistory } from '../../src/screening/ports.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { callFrom } from '../policy/policy-fixture.ts';
import { screeningRoom, toOperators } from './screening-room.ts';

function roomWith(read: CallerHistory['read']) {
  return screeningRoom(toOperators, { history: { read } });
}

it('gives the decision what is known of the caller', async () => {
  const asked: unknown[] = [];
  const room = roomWith(async (...args) => {
    asked.push(args);
    return { passUntil: 5 };
  });
  await room.arrive();
  expect(asked).toMatchObject([[{ caller: { number: '+13175550123' }, history: null }, 150]]);
  expect(room.decided).toMatchObject([{ history: { passUntil: 5 }, noHistoryReason: null }]);
});

it('waits no longer than the deadline', async () => {
  const room = roomWith(() => new Promise(() => {}));
  const call = await room.arrive();
  await room.clock.advance(149);
  expect(room.decided).toEqual([]);
  await room.clock.advance(20);
  expect(room.decided).toMatchObject([{ history: null, noHistoryReason: 'deadline' }]);
  expect(call.targets).toEqual(['gatehouse-connect/operators=']);
  expect(room.outcome()).toMatchObject({
    facts: { noHistoryReason: 'deadline' },
    timings: { historyMs: 150 },
  });
});

it.each([
  ['refuses', () => Promise.reject(new Error('ECONNREFUSED')), 'unavailable'],
  [
    'throws',
    () => {
      throw new Error('broken');
    },
    'unavailable',
  ],
  [
    'says that it was late',
    () => Promise.reject(Object.assign(new Error('late'), { code: 'deadline' })),
    'deadline',
  ],
] as const)('decides at once when the store %s', async (_what, read, reason) => {
  const room = roomWith(read);
  await room.arrive();
  expect(room.decided).toMatchObject([{ history: null, noHistoryReason: reason }]);
});

it('asks for a caller without a number too: the called number and the board are known', async () => {
  const boardCalls = [9, 9, 9, 9, 9, 9, 9, 9];
  const room = roomWith(async ({ caller }) => {
    expect(caller.number).toBeNull();
    return { passUntil: null, boardCalls };
  });
  await room.arrive({ facts: { caller: { number: null, reason: 'withheld', raw: '', displayName: '' } } });
  expect(room.decided).toMatchObject([{ history: { boardCalls }, noHistoryReason: null }]);
  expect(room.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
});

it('ignores an answer that comes after the decision', async () => {
  let answer = (_history: { passUntil: number }) => {};
  const room = roomWith(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  await room.arrive();
  await room.clock.advance(200);
  answer({ passUntil: 9 });
  await room.clock.advance(100);
  expect(room.decided).toHaveLength(1);
  expect(room.outcome().facts.history).toBeNull();
});

it('a caller whose signature failed has no pass, no call back and is not expected; what is counted stays', async () => {
  const known = {
    passUntil: 5,
    dialedUntil: 6,
    expected: { until: 7, called: null, why: 'x' },
    calls: [1, 1, 1, 1, 1, 1, 1, 1],
  };
  const verification: Verification = {
    ...{ result: 'failed', attestation: null, signer: null, origid: null, source: 'verstat' },
  };
  const facts = { ...callFrom('+13175550123'), verification };
  const { history } = await lookUpHistory({ read: async () => known }, new FakeClock(), facts, 150);
  expect(history).toEqual({ passUntil: null, dialedUntil: null, expected: null, calls: known.calls });
});
