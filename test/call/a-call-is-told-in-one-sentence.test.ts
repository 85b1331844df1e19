import { expect, test } from 'vitest';
import type { CallRecord } from '../../src/call/call-records.ts';
import type { ChallengeAttempt, Outcome } from '../../src/call/outcome.ts';
import { storySentence } from '../../src/call/story-sentence.ts';
import type { ChallengeResult } from '../../src/call/vocabulary.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

const write = {
  ms: (ms: number) => `${(ms / 1000).toFixed(1)} s`,
  span: (ms: number) => (ms < 60_000 ? `${ms / 1000} s` : `${ms / 60_000} min`),
};
const attempt = (changes: Partial<ChallengeAttempt>): ChallengeAttempt => ({
  ...{ wanted: '1', heard: '', result: 'silent', promptAtMs: 200, firstHeardAtMs: null, endedAtMs: 8200 },
  ...changes,
});
const asked = (result: ChallengeResult, attempts: readonly ChallengeAttempt[]): Partial<Outcome> => ({
  challenge: { kind: 'press-1', language: 'en', attempts, result },
});
const told = (
  changes: Partial<Outcome>,
  more: Partial<CallRecord> = {},
  earlier: readonly number[] = [],
): string =>
  storySentence({ outcome: sampleOutcome('n1/1', changes), afterExit: null, ...more }, earlier, write);

const voicemail = { kind: 'voicemail', box: 'general' } as const;
const operators = { kind: 'connect', exit: 'operators', label: 'Passed: 3175550123' } as const;
const none = { kind: 'none', reason: 'caller-hung-up' } as const;

test.each([
  [
    'wrong keys twice, on the second call in three minutes',
    told(
      {
        ...asked('failed', [
          attempt({ heard: '7', result: 'wrong' }),
          attempt({ heard: '4', result: 'wrong' }),
        ]),
        exit: voicemail,
      },
      {},
      [sampleArrival - 180_000, sampleArrival - 7_200_000],
    ),
    'Heard the prompt twice, pressed 7 and 4 instead of 1; sent to mailbox general; second call in 3 min.',
  ],
  [
    'a wrong key, then the right one, and talk',
    told(
      asked('passed', [attempt({ heard: '5', result: 'wrong' }), attempt({ heard: '1', result: 'right' })]),
      { afterExit: { answeredMs: 10_130, talkMs: 120_000, cause: 16 } },
    ),
    'Heard the prompt twice, pressed 5 instead of 1, then 1 as asked; connected to operators; answered after 6.0 s, talked for 2 min.',
  ],
  [
    'silence',
    told({ ...asked('silent', [attempt({}), attempt({})]), exit: voicemail }),
    'Heard the prompt twice, pressed nothing; sent to mailbox general.',
  ],
  [
    'a hang-up',
    told({ ...asked('gave-up', [attempt({ result: 'hung-up', endedAtMs: 3600 })]), exit: none }),
    'Heard the prompt once, hung up 3.4 s into it.',
  ],
  [
    'two digits that differ',
    told({
      challenge: {
        ...{ kind: 'two-digits', language: 'en', result: 'failed' },
        attempts: [
          attempt({ heard: '11', wanted: '42', result: 'wrong' }),
          attempt({ heard: '12', wanted: '17', result: 'wrong' }),
        ],
      },
      exit: voicemail,
    }),
    'Heard the prompt twice, pressed 11 and 12 instead of 42 and 17; sent to mailbox general.',
  ],
  [
    'no challenge, and nobody there',
    told({ challenge: null, exit: operators }, { afterExit: { answeredMs: null, talkMs: 0, cause: 19 } }),
    'Connected to operators by rule everyone-else, without a challenge; nobody answered.',
  ],
  [
    'a prompt that could not be played',
    told({ ...asked('silent', [attempt({ result: 'not-played' })]), exit: voicemail }),
    'The prompt could not be played; sent to mailbox general.',
  ],
  [
    'a bypass',
    told({
      challenge: null,
      decision: null,
      exit: operators,
      bypass: { reason: 'app-absent', detail: '' },
    }),
    'Bypassed screening because Gatehouse was not running; reached the operators.',
  ],
  [
    'a mailbox that is not there',
    told(
      { ...asked('silent', [attempt({})]), exit: voicemail },
      {
        realExit: {
          ...{ at: sampleArrival, asked: 'gatehouse-voicemail,general', why: 'box-missing' },
          to: { kind: 'operators' },
        },
      },
    ),
    'Heard the prompt once, pressed nothing; sent to mailbox general, no such mailbox: operators.',
  ],
  [
    'a caller who left before anything was asked',
    told({ challenge: null, decision: null, exit: none, facts: sampleFacts('n1/1') }),
    'The caller hung up.',
  ],
])('%s', (_, sentence, wanted) => {
  expect(sentence).toBe(wanted);
});
