import { expect, test } from 'vitest';
import type { Verdict } from '../../src/call/verdict.ts';
import { Admission } from '../../src/screening/admission.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { challenge, RecordedLog, type Room, screeningRoom, toOperators } from './screening-room.ts';

/** An admission whose event loop is as late as `load.lateMs` says, with `load.waiting` calls undecided. */
function measured() {
  const clock = new FakeClock();
  const log = new RecordedLog();
  let lostMs = 0;
  const admission = new Admission({ clock, log, steadyNow: () => clock.now() + lostMs });
  const load = { lateMs: 0, waiting: 0 };
  admission.start(() => load.waiting);
  return {
    ...{ clock, log, admission, load },
    /** Lets so many looks pass. */
    async looks(count: number) {
      for (let i = 0; i < count; i++) {
        lostMs += load.lateMs;
        await clock.advance(100);
      }
    },
  };
}

test('nothing is shed while all is well, nor after one pause of the event loop', async () => {
  const { admission, load, looks } = measured();
  await looks(20);
  expect(admission.isShedding).toBe(false);
  load.lateMs = 1500;
  await looks(1);
  load.lateMs = 0;
  await looks(20);
  expect(admission.isShedding).toBe(false);
});

test.each([
  ['the event loop lags while calls wait', { lateMs: 150, waiting: 20 }],
  ['many calls wait for a decision', { lateMs: 0, waiting: 200 }],
])('sheds within a second when %s, and ends within seconds of the load’s end', async (_, heavy) => {
  const { admission, load, looks, log } = measured();
  await looks(10);
  Object.assign(load, heavy);
  await looks(5);
  expect(admission.isShedding).toBe(true);
  await looks(50);
  expect(admission.isShedding).toBe(true);
  Object.assign(load, { lateMs: 0, waiting: 3 });
  await looks(15);
  expect(admission.isShedding).toBe(true);
  await looks(10);
  expect(admission.isShedding).toBe(false);
  expect(log.lines.map(({ message }) => message.split(':', 1)[0])).toEqual(['Overload', 'Overload is over']);
  expect(admission.figures).toEqual({ shedding: false, episodes: 1, shed: 0 });
});

test('a machine that is busy with something else is no reason to let callers through', async () => {
  const { admission, load, looks } = measured();
  Object.assign(load, { lateMs: 400, waiting: 3 });
  await looks(50);
  expect(admission.isShedding).toBe(false);
});

test('calls that queued on their way here are overload too; a clock that is off by an hour is not', async () => {
  const { admission, looks } = measured();
  const hour = 3_600_000;
  for (let i = 0; i < 20; i++) {
    admission.arrived(hour + 3);
    await looks(1);
  }
  expect(admission.isShedding).toBe(false);
  // One that was late by itself, among others.
  admission.arrived(hour + 5000);
  admission.arrived(hour + 4);
  await looks(5);
  expect(admission.isShedding).toBe(false);
  for (let i = 0; i < 5; i++) {
    admission.arrived(hour + 800 + 100 * i);
    await looks(1);
  }
  expect(admission.isShedding).toBe(true);
});

test('while as many calls come in as before it goes on, though none has to wait; that is tried again now and then', async () => {
  const { admission, load, looks } = measured();
  const seconds = async (count: number, callsPerLook: number) => {
    for (let i = 0; i < count * 10; i++) {
      for (let call = 0; call < callsPerLook; call++) admission.arrived(3);
      await looks(1);
    }
  };
  await seconds(3, 30);
  load.waiting = 200;
  await seconds(1, 30);
  load.waiting = 3;
  await seconds(10, 30);
  expect(admission.isShedding).toBe(true);
  await seconds(6, 30);
  expect(admission.isShedding).toBe(false);
  load.waiting = 200;
  await seconds(1, 30);
  load.waiting = 3;
  await seconds(4, 15);
  expect(admission.isShedding).toBe(false);
});

test('there is one line a second in place of one a call, and the counts at the end', async () => {
  const { admission, load, looks, log } = measured();
  load.waiting = 500;
  await looks(5);
  for (let i = 0; i < 30; i++) {
    for (let call = 0; call < 40; call++) admission.shed();
    await looks(1);
  }
  load.waiting = 0;
  await looks(30);
  const released = log.lines.filter(({ message }) => message.startsWith('Calls released'));
  expect(released.length).toBeGreaterThanOrEqual(3);
  expect(released.length).toBeLessThanOrEqual(5);
  expect(log.lines.at(-1)?.fields).toMatchObject({ released: 1200 });
  expect(admission.figures.shed).toBe(1200);
});

const shedding = { isShedding: true, arrived: () => {}, shed: () => {} };
const ended = (room: Room) => room.outcomes.ends.map(({ outcome }) => outcome);

test('a call that would be challenged goes to the operators at once, without asking what is known of its caller', async () => {
  let asked = 0;
  let shed = 0;
  const room = screeningRoom(challenge(), {
    admission: { ...shedding, shed: () => void shed++ },
    history: {
      read: async () => {
        asked++;
        return { passUntil: null };
      },
    },
  });
  const call = await room.arrive();
  expect(call.requests.map(({ name }) => name)).toEqual(['continue']);
  await room.clock.advance(10);
  expect(ended(room)).toMatchObject([
    {
      exit: { kind: 'connect', exit: 'operators' },
      bypass: { reason: 'overload' },
      decision: { verdict: { kind: 'challenge' } },
    },
  ]);
  expect([asked, shed]).toEqual([0, 1]);
  expect(room.log.lines.filter(({ message }) => message === 'Call screened')).toEqual([]);
});

test.each<[string, Verdict]>([
  ['connected', toOperators],
  ['rejected', { kind: 'reject', sip: 603, announcement: null, language: 'en' }],
  ['sent to a mailbox', { kind: 'voicemail', box: 'general' }],
])('a call that is to be %s is, as ever', async (_, verdict) => {
  const room = screeningRoom(verdict, { admission: shedding });
  await room.arrive();
  await room.clock.advance(10);
  expect(ended(room)).toMatchObject([{ bypass: null, decision: { verdict: { kind: verdict.kind } } }]);
});

test('a call that is being challenged already goes on', async () => {
  const admission = { ...shedding, isShedding: false };
  const room = screeningRoom(challenge(), { admission });
  const call = await room.arrive();
  admission.isShedding = true;
  expect(call.requests.map(({ name }) => name)[0]).toBe('answer');
  await room.clock.advance(50);
  expect(room.outcomes.ends).toEqual([]);
});

test('a call that waits for Asterisk to answer it is one that waits; one that waits for its caller is not', async () => {
  const room = screeningRoom(challenge());
  await room.arrive({}, (call) => {
    call.script = ({ name }) => (name === 'answer' ? 'never' : undefined);
  });
  expect(room.screener.undecided()).toBe(1);
  await room.clock.advance(10_000);
  expect(room.screener.undecided()).toBe(0);
  const prompted = screeningRoom(challenge());
  await prompted.arrive();
  await prompted.clock.advance(100);
  expect(prompted.screener.undecided()).toBe(0);
});
