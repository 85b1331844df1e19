import { z } from 'zod';
import { challengeKinds, verdictKinds } from '../../call/vocabulary.ts';
import { nearestWord } from '../../text/spelling.ts';
import { ruleDefaults } from '../rule-defaults.ts';
import {
  duration,
  mapping,
  shown,
  text,
  twoLines,
  wholeNumber,
  word,
  yesOrNo,
} from '../yaml/schema-words.ts';
import { languageTag } from './compile-prompts.ts';

const dayMs = 86_400_000;

/** Names travel to the dialplan as context and extension, so they are short and plain. */
export const exitName = text(
  'the exit',
  /^[a-z][a-z0-9-]{0,31}$/,
  'write the name of a dialplan exit: small letters, digits and hyphens',
);
export const boxName = text(
  'the mailbox',
  /^[A-Za-z0-9_-]{1,32}$/,
  'write letters, digits, hyphens: general, 4000',
);
const promptName = text('the prompt', /^[a-z0-9][a-z0-9-]{0,47}$/, 'write the id of a prompt');

const connect = mapping('connect', {
  label: text('the label', /^[^\p{Cc}]{1,120}$/u, 'write up to 120 characters on one line')
    .optional()
    .describe(
      'What the phone shows: {name} of the list row, {list}, {caller-name}, {number}, {called-name} of the row of a called list, {called-list}, {called-number}, {trunk}.',
    ),
  exit: exitName
    .optional()
    .describe(`Named exit of the dialplan; ${ruleDefaults.operatorsExit} when left out.`),
  announcement: promptName
    .optional()
    .describe(
      'Prompt that the caller hears first. When it cannot be played the call is connected all the same.',
    ),
  language: languageTag
    .optional()
    .describe('Language of the announcement; by the called number when left out.'),
});
const voicemail = mapping('voicemail', {
  box: boxName.optional().describe('Mailbox; that of the settings when left out.'),
});
const reject = mapping('reject', {
  sip: wholeNumber('sip', 400, 699)
    .optional()
    .describe(`SIP response; ${ruleDefaults.rejectSip} (${ruleDefaults.rejectSipName}) when left out.`),
  announcement: promptName
    .optional()
    .describe(`Prompt with the words of redress; ${ruleDefaults.rejectAnnouncement} when left out.`),
  language: languageTag.optional().describe('Language of the announcement.'),
  reason: text('the reason', /^.{3,200}$/, 'write 3 to 200 characters')
    .optional()
    .describe('Why, for the record.'),
});

/** What can stand in place of a mapping when there is nothing to say in it. */
const shortVerdicts = ['connect', 'voicemail'] as const;
const howToWrite = 'connect, voicemail, { challenge: press-1 } or { reject: { reason: … } }';

const howToReject =
  '{ reject: { reason: … } }, with the reason in words; only callers on a block list can be rejected';

/** Words that say what is meant, and not enough of it. */
const incomplete = new Map<string, string>([
  ...['reject', 'block', 'deny', 'drop', 'hangup'].map((word) => [word, howToReject] as const),
  ['challenge', `{ challenge: ${challengeKinds.words[0]} }`],
  ...challengeKinds.words.map((kind) => [kind, `{ challenge: ${kind} }`] as const),
  ['operators', 'connect'],
]);

function shortVerdict(what: string) {
  return z.enum(shortVerdicts, {
    error: ({ input }) => {
      const needsMore = incomplete.get(String(input));
      if (needsMore !== undefined)
        return twoLines(`${what}: ${input} does not say enough`, `write ${what}: ${needsMore}`);
      const meant = typeof input === 'string' ? nearestWord(input, verdictKinds.words) : null;
      return twoLines(
        input === undefined ? `${what} is missing` : `${what} cannot be ${shown(input)}`,
        `${meant ? `did you mean "${meant}"? ` : ''}allowed: ${howToWrite}`,
      );
    },
  });
}

function exactlyOne(what: string) {
  return [
    (value: object) => Object.keys(value).length === 1,
    { error: twoLines(`${what} must say one thing`, `write one of: ${howToWrite}`) },
  ] as const;
}

const fallbackMapping = {
  connect: connect.optional(),
  voicemail: voicemail.optional(),
  reject: reject.optional(),
};

function fallback(what: string) {
  return z.union([shortVerdict(what), mapping(what, fallbackMapping).refine(...exactlyOne(what))]);
}

/** Shared by the settings, as defaults, and by every challenge. */
export const challengeChoices = {
  attempts: wholeNumber('attempts', 1, 5)
    .optional()
    .describe(`How often the prompt is played; ${ruleDefaults.attempts} when left out.`),
  timeout: duration('timeout', 2000, 30_000, '2s to 30s')
    .optional()
    .describe(`Silence after a prompt and between digits; ${ruleDefaults.timeout.text} when left out.`),
  'early-media': yesOrNo('early-media')
    .optional()
    .describe(
      'Play before answering instead of after. Many carriers carry neither sound nor keys then, and callers cannot pass: call in from outside first.',
    ),
  failed: fallback('failed')
    .optional()
    .describe(
      `What becomes of a caller who pressed the wrong keys; ${ruleDefaults.lostChallenge} when left out.`,
    ),
  silent: fallback('silent')
    .optional()
    .describe(`What becomes of a caller who pressed none; ${ruleDefaults.lostChallenge} when left out.`),
};
export const passFor = duration('pass-for', 0, 366 * dayMs, '0s (no pass) to 366d');

const challengeKind = word('the challenge', challengeKinds.words);
const challenge = z.union([
  challengeKind,
  mapping('challenge', {
    kind: challengeKind.describe('What the caller must do.'),
    prompt: promptName
      .optional()
      .describe('Prompt with the first words, in place of those of the kind; it must say what to press.'),
    ...challengeChoices,
    language: languageTag.optional().describe('Language of the prompts; by the called number when left out.'),
    passed: connect.optional().describe('Label and exit of a caller who passed.'),
    'pass-for': passFor.optional().describe('How long the pass lasts; 0s grants none.'),
  }),
]);

/** Shape of `then`. */
export const thenShape = z.union([
  shortVerdict('then'),
  mapping('then', { ...fallbackMapping, challenge: challenge.optional() }).refine(...exactlyOne('then')),
]);

export type Then = z.output<typeof thenShape>;
export type FallbackThen = z.output<ReturnType<typeof fallback>>;
export type ConnectThen = z.output<typeof connect>;
export type RejectThen = z.output<typeof reject>;
export type ChallengeThen = Exclude<z.output<typeof challenge>, string>;
export type ChallengeChoices = {
  readonly [K in keyof typeof challengeChoices]?: z.output<(typeof challengeChoices)[K]> | undefined;
};
