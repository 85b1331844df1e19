import { expect, it } from 'vitest';
import { challenge, screeningRoom, toOperators } from './screening-room.ts';

const patient = challenge({ attempts: 5, digitTimeoutMs: 20_000 });

it('releases a challenge that is still running 3 s before', async () => {
  const room = screeningRoom(patient);
  const call = await room.arrive({ watchdogMs: 60_000 });
  await room.clock.advance(56_999);
  expect(call.targets).toEqual([]);
  await room.clock.advance(10);
  expect(call.targets).toEqual(['gatehouse-release/watchdog']);
  expect(room.outcome()).toMatchObject({
    bypass: { reason: 'watchdog', detail: 'screening took too long' },
    timings: { exitMs: 57_005 },
  });
});

it('carries a decision out although the dialplan left little time', async () => {
  const room = screeningRoom(toOperators);
  const call = await room.arrive({ watchdogMs: 3000 });
  await room.clock.advance(10);
  expect(call.targets).toEqual(['gatehouse-connect/operators=']);
});

it('releases an adopted call at once that has less than 10 s left', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({ adopted: true, watchdogMs: 9999 });
  await room.clock.advance(10);
  expect(call.requests.map(({ name }) => name)).toEqual(['continue']);
  expect(call.targets).toEqual(['gatehouse-release/adopted-too-late']);
  expect(room.outcome()).toMatchObject({
    adopted: true,
    decision: null,
    bypass: { reason: 'adopted-too-late', detail: '9999 ms left' },
  });
});

it('screens an adopted call that has time', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({ adopted: true, answered: true, watchdogMs: 30_000 });
  call.press('1');
  await room.clock.advance(10);
  expect(room.outcome()).toMatchObject({
    adopted: true,
    challenge: { result: 'passed' },
    timings: { answeredMs: null },
  });
});

it('counts a call that left unasked as taken by the watchdog', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive();
  await room.clock.advance(1000);
  call.emit({ type: 'left', at: null });
  await room.clock.advance(60_000);
  expect(room.outcome()).toMatchObject({
    bypass: { reason: 'watchdog', detail: 'taken while prompting' },
    exit: { exit: 'operators' },
    challenge: null,
  });
  expect(call.targets).toEqual([]);
});

it('ends when no event ever comes again', async () => {
  const room = screeningRoom(challenge());
  await room.arrive({ promptMs: null, leaveMs: null }, (call) => {
    call.script = ({ name }) => (name === 'continue' ? 'never' : undefined);
  });
  await room.clock.advance(67_500);
  expect(room.outcome().exit).toEqual({ kind: 'none', reason: 'unaccounted' });
});

it('believes the dialplan’s note, and keeps what only the session knows', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive({}, (made) => {
    made.script = ({ name }) => (name === 'play' ? 'never' : undefined);
  });
  const at = room.clock.now() + 20;
  expect(room.screener.noted(call.arrived.facts.callId, 'watchdog', at)).toBe(true);
  expect(room.outcome()).toMatchObject({
    bypass: { reason: 'watchdog', detail: 'noted by the dialplan' },
    decision: { rule: 'everyone-else' },
    timings: { exitMs: 20 },
  });
  expect(room.screener.noted(call.arrived.facts.callId, 'watchdog', at)).toBe(false);
});

it('a call that left unasked while there was time waits for the word of the dialplan: a fax machine was heard', async () => {
  const room = screeningRoom(challenge());
  const call = await room.arrive();
  await room.clock.advance(1000);
  const at = room.clock.now();
  call.emit({ type: 'left', at });
  await room.clock.advance(1000);
  expect(room.screener.noted(call.arrived.facts.callId, 'fax', at)).toBe(true);
  expect(room.outcome()).toMatchObject({ bypass: { reason: 'fax' }, exit: { exit: 'operators' } });
});

it('a call that left in the moment of the watchdog, its request unanswered: the dialplan knows which it was', async () => {
  const room = screeningRoom(toOperators);
  const call = await room.arrive({ watchdogMs: 5000 }, (made) => {
    made.script = ({ name }) => (name === 'continue' ? 'never' : undefined);
  });
  await room.clock.advance(100);
  const at = room.clock.now() + 4900;
  call.emit({ type: 'left', at });
  await room.clock.advance(1000);
  expect(room.screener.noted(call.arrived.facts.callId, 'watchdog', at)).toBe(true);
  expect(room.outcome()).toMatchObject({ bypass: { reason: 'watchdog', detail: 'noted by the dialplan' } });
});
