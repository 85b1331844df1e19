import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Verdict } from '../../src/call/verdict.ts';
import type { FakeCall, FakeReply } from '../fakes/fake-call.ts';
import { challenge, type Room, screeningRoom, toOperators } from './screening-room.ts';

const verdicts: readonly Verdict[] = [
  toOperators,
  { kind: 'voicemail', box: '100' },
  { kind: 'reject', sip: 607, announcement: null, language: 'en' },
  { kind: 'reject', sip: 607, announcement: 'redress', language: 'en' },
  challenge(),
  challenge({ challenge: 'two-digits', attempts: 2 }),
  challenge({
    attempts: 1,
    earlyMedia: true,
    silent: { kind: 'reject', sip: 608, announcement: 'redress', language: 'en' },
  }),
  { kind: 'unheard-of' } as unknown as Verdict,
];

const reply = fc.constantFrom<FakeReply>(
  'ok',
  'ok',
  'ok',
  'ok',
  'never',
  'throw',
  'gone',
  'not-ours',
  'deadline',
  'connection',
  'refused',
);

type Happening = (room: Room, call: FakeCall) => void | Promise<void>;

const playback = (call: FakeCall) => call.sent('play').at(-1)?.playbackId ?? 'none';
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.integer({ min: 0, max: 9000 }).map(
      (ms): Happening =>
        (room) =>
          room.clock.advance(ms),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom('1', '4', '9', '49', '#', 'xx').map(
      (digits): Happening =>
        (_room, call) =>
          call.press(digits),
    ),
  },
  fc.boolean().map(
    (failed): Happening =>
      (_room, call) =>
        call.emit({ type: 'playback-finished', playbackId: playback(call), failed }),
  ),
  fc.constant<Happening>((_room, call) => call.hangUp()),
  fc.constant<Happening>((_room, call) => call.emit({ type: 'left', at: null })),
  fc.constant<Happening>((room) => void room.screener.drain(5000)),
);

const world = fc.record({
  verdict: fc.constantFrom(...verdicts),
  replies: fc.array(reply, { maxLength: 12 }),
  thereafter: fc.constantFrom<FakeReply>('ok', 'ok', 'never', 'deadline', 'refused'),
  happenings: fc.array(happening, { maxLength: 12 }),
  promptMs: fc.constantFrom(4000, null, 0),
  leaveMs: fc.constantFrom(5, null, 4000),
  watchdogMs: fc.constantFrom(60_000, 9000, 0, -5000),
  stage: fc.constantFrom('whole', 'decision', 'challenge'),
  interrupted: fc.boolean(),
  adopted: fc.boolean(),
  answered: fc.boolean(),
  history: fc.constantFrom('known', 'never', 'broken'),
  decides: fc.boolean(),
});

it('whatever happens, in whatever order, and the call was sent on unless it was over', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (w) => {
      const read = {
        known: async () => ({ passUntil: null }),
        never: () => new Promise<never>(() => {}),
        broken: () => Promise.reject(new Error('away')),
      }[w.history];
      const room = screeningRoom(w.verdict, {
        history: { read },
        ...(w.decides
          ? {}
          : {
              decide: () => {
                throw new Error('bug');
              },
            }),
      });
      let requests = 0;
      let overBySign = false;
      let unanswered = false;
      const call = await room.arrive(w, (made) => {
        made.script = () => {
          const next = w.replies[requests++] ?? w.thereafter;
          if (next === 'gone' || next === 'not-ours') overBySign = true;
          if (next === 'never' || next === 'deadline' || next === 'connection') unanswered = true;
          return next;
        };
      });
      let overUnasked = false;
      for (const happen of w.happenings) {
        const before = call.over;
        await happen(room, call);
        if (before === null && call.over !== null && call.sent('continue').length === 0) overUnasked = true;
      }
      await room.clock.advance(70_000);

      expect(room.outcomes.begun).toHaveLength(1);
      expect(room.outcomes.ends).toHaveLength(1);
      expect(room.screener.liveCalls()).toEqual([]);
      if (!overUnasked && !overBySign) expect(call.sent('continue').length).toBeGreaterThan(0);
      const { outcome, passForMs } = room.outcomes.ends[0] ?? expect.unreachable();
      expect(passForMs > 0).toBe(outcome.challenge?.result === 'passed');
      if (outcome.bypass !== null) expect(outcome.exit).toMatchObject({ kind: 'connect', exit: 'operators' });
      if (outcome.exit.kind === 'none' && outcome.exit.reason === 'unaccounted')
        expect(unanswered || overBySign || call.over === 'hangup').toBe(true);
      else if (outcome.exit.kind === 'none') expect(call.over).toBe('hangup');
      const asked = call.requests.length;
      await room.clock.advance(300_000);
      expect(call.requests.length).toBe(asked);
      expect(room.clock.pending).toBe(0);
      expect(room.outcomes.ends).toHaveLength(1);
    }),
    { numRuns: 1000 },
  );
});
