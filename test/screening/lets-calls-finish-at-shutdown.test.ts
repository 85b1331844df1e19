import { expect, it } from 'vitest';
import { challenge, screeningRoom, toOperators } from './screening-room.ts';

it('waits for calls that finish in time', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive();
  let drained = false;
  const draining = room.screener.drain(20_000).then(() => {
    drained = true;
  });
  await room.clock.advance(5000);
  expect(drained).toBe(false);
  call.press('1');
  await room.clock.advance(10);
  await draining;
  expect(room.outcome()).toMatchObject({ challenge: { result: 'passed' }, bypass: null });
  expect(room.clock.pending).toBe(0);
});

it('releases in time those that do not finish', async () => {
  const room = screeningRoom(challenge({ digitTimeoutMs: 20_000 }));
  const call = await room.arrive();
  const draining = room.screener.drain(10_000);
  await room.clock.advance(7010);
  await draining;
  expect(call.targets).toEqual(['gatehouse-release/draining']);
  expect(room.outcome().bypass?.reason).toBe('draining');
});

it('releases at once a call that comes in meanwhile', async () => {
  const room = screeningRoom(challenge({ digitTimeoutMs: 20_000 }));
  await room.arrive();
  void room.screener.drain(20_000);
  const late = await room.arrive({ facts: { callId: 'node1/late' } });
  await room.clock.advance(10);
  expect(late.targets).toEqual(['gatehouse-release/draining']);
});

it('leaves a call alone that is on its way out', async () => {
  const room = screeningRoom(toOperators);
  const call = await room.arrive({ leaveMs: 2000 });
  void room.screener.drain(1000);
  await room.clock.advance(2100);
  expect(call.targets).toEqual(['gatehouse-connect/operators=']);
  expect(room.outcome().bypass).toBeNull();
});

it('does not wait beyond its deadline for an Asterisk that answers nothing', async () => {
  const room = screeningRoom(challenge());
  await room.arrive({}, (call) => {
    call.script = () => 'never';
  });
  const draining = room.screener.drain(4000);
  await room.clock.advance(4000);
  await draining;
  expect(room.outcomes.ends).toEqual([]);
  expect(room.log.lines.at(-1)).toMatchObject({ level: 'error', fields: { calls: 1 } });
});

it('is done at once without calls', async () => {
  const room = screeningRoom(challenge());
  await room.screener.drain(10_000);
  expect(room.clock.pending).toBe(0);
});

it('forgets its calls without an outcome when another process takes over', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive();
  room.screener.abandonAll();
  const sent = call.requests.length;
  call.press('1');
  await room.clock.advance(120_000);
  expect(room.outcomes.ends).toEqual([]);
  expect(call.requests.length).toBe(sent);
  expect(room.screener.liveCalls()).toEqual([]);
  expect(room.clock.pending).toBe(0);
});

it('leaves a call as it is that is found again while it is screened', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive();
  const again = await room.arrive({ adopted: true });
  call.press('1');
  await room.clock.advance(10);
  expect(again.requests).toEqual([]);
  expect(room.outcomes.begun).toHaveLength(1);
  expect(room.outcome().challenge?.result).toBe('passed');
});
