import { DateTime } from 'luxon';
import { z } from 'zod';
import { attackLevels, challengeKinds, type Flag, flagWords, verdictKinds } from '../../call/vocabulary.ts';
import { countWindow } from '../conditions/counts.ts';
import { listName } from '../conditions/in-list.ts';
import { heardTones } from '../conditions/signals/heard.ts';
import { type OriginCount, originCountNames, originCountWords } from '../conditions/signals/origin-counts.ts';
import { verificationStates } from '../logic/logic.ts';
import { ruleDefaults } from '../rule-defaults.ts';
import { calendarName, timeZone } from '../time/time-words.ts';
import {
  duration,
  mapping,
  oneOrMore,
  text,
  twoLines,
  wholeNumber,
  word,
  yesOrNo,
} from '../yaml/schema-words.ts';
import { signatureShape } from './signature-shape.ts';

const someText = (what: string, most: number) =>
  z.string({ error: twoLines(`${what} must be text`, 'write it in quotes if need be') }).max(most);
const number = text(
  'the number',
  /^.{1,64}$/,
  'write a number in any writing, withheld, unavailable, malformed, own-number, or { in: staff }',
);
const counts = z
  .record(z.string(), wholeNumber('the count', 0, 1_000_000), {
    error: twoLines('counts are a number a window', 'write { 10m: 5 }, with the windows that rules ask for'),
  })
  .superRefine((said, context) => {
    for (const window of Object.keys(said)) {
      const issue = countWindow.safeParse(window).error?.issues[0];
      if (issue) context.addIssue({ code: 'custom', path: [window], message: issue.message });
    }
  });
const count = (about: string) => counts.optional().meta({ description: about });

const history = mapping('history', {
  'has-pass': yesOrNo('has-pass').optional().meta({ description: 'the caller number holds a pass' }),
  dialed: yesOrNo('dialed').optional().meta({ description: 'our people dialed the number' }),
  expected: yesOrNo('expected')
    .optional()
    .meta({ description: 'staff expect the call at the called number' }),
  'opted-out': yesOrNo('opted-out').optional().meta({ description: 'the number was told not to call again' }),
  flagged: mapping(
    'flagged',
    Object.fromEntries(
      flagWords.words.map((flag) => [flag, wholeNumber(flag, 0, 100_000).optional()]),
    ) as Record<Flag, z.ZodOptional<ReturnType<typeof wholeNumber>>>,
  )
    .optional()
    .meta({ description: 'how often staff flagged the number, by word' }),
  calls: count('calls of this number before, by window'),
  'failed-challenges': count('of them, challenges failed or met with silence'),
  'called-numbers': count('of them, how many different numbers of ours'),
  decoys: count('of them, how many different decoys'),
  'weaker-verification': yesOrNo('weaker-verification')
    .optional()
    .meta({ description: 'calls of this number are usually signed A' }),
  heard: oneOrMore(word('heard', heardTones))
    .optional()
    .meta({ description: 'tones heard in calls of this number before' }),
  'exchange-calls': count('calls from the same exchange'),
  'signer-calls': count('calls of the same signer'),
  ...(Object.fromEntries(originCountNames.map((name) => [name, count(originCountWords(name))])) as Record<
    OriginCount,
    ReturnType<typeof count>
  >),
});

const call = mapping('call', {
  from: z.union([number, mapping('from', { in: listName })]).meta({
    description:
      'the caller number in any writing; withheld, unavailable or malformed; own-number; { in: staff }: the first number that stands on this list only',
  }),
  to: number.optional().meta({ description: 'the number that is dialed; left out: the first own number' }),
  name: someText('name', 500).optional().meta({ description: 'the display name' }),
  trunk: someText('trunk', 80)
    .optional()
    .meta({ description: `left out: ${ruleDefaults.caseTrunk}` }),
  at: text('at', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/, 'write the local time as 2026-03-12T12:00')
    .optional()
    .meta({
      description: `local time of the call; left out: ${ruleDefaults.caseTime}, a ${DateTime.fromISO(ruleDefaults.caseTime).toFormat('cccc', { locale: 'en' })}`,
    }),
  zone: timeZone.optional().meta({ description: 'time zone of at; left out: that of the settings' }),
  verification: word('verification', verificationStates).optional().meta({ description: 'left out: none' }),
  signer: someText('signer', 500).optional().meta({ description: 'who signed' }),
  origid: someText('origid', 100).optional().meta({ description: 'a UUID of the signer' }),
  signature: signatureShape.optional().meta({ description: 'what else is known of its signature' }),
  history: z
    .union([
      z.literal('missing', { error: twoLines('history cannot be this', 'write missing, or what is known') }),
      history,
    ])
    .optional()
    .meta({
      description:
        'what was known before the call; left out: that nothing happened; missing: nothing is known',
    }),
  surge: mapping('surge', {
    'called-number': count('calls to the called number, by window'),
    board: count('calls to the whole board, by window'),
    'unknown-called-number': count('of them, those of unknown callers to the called number'),
    'unknown-board': count('of them, those of unknown callers to the whole board'),
  })
    .optional()
    .meta({ description: 'calls by whomever' }),
  closed: z
    .union([z.literal(true), oneOrMore(calendarName)], {
      error: twoLines('closed cannot be this', 'write true (all calendars) or the names of calendars'),
    })
    .optional()
    .meta({ description: 'calendars that staff closed by hand (gatehouse close); true: all' }),
  'emergency-dialed': duration('emergency-dialed', 0, 86_400_000, '0s to 24h').optional().meta({
    description: 'how long ago somebody here dialed an emergency number: 10m; left out: not within a day',
  }),
  'own-call-out': yesOrNo('own-call-out').optional().meta({
    description:
      'whether a call of ours that shows the number of from is in progress, for caller: { alibi: true }; left out: not known',
  }),
  level: z
    .record(z.string(), word('level', attackLevels.words), {
      error: twoLines('level cannot be this', 'write { board: attack }, called-number or the name of a list'),
    })
    .optional()
    .meta({
      description:
        'attack levels: of board, called-number, or by the name of a list that the called number is on; left out: calm',
    }),
  'call-back-surge': yesOrNo('call-back-surge')
    .optional()
    .meta({ description: 'the called number was forged, and people call it back' }),
  campaign: someText('campaign', 64).optional().meta({ description: 'id of its campaign' }),
});

const want = mapping('want', {
  rule: text('the rule', /^[a-z][a-z0-9-]{0,47}$/, 'write the id of a rule')
    .optional()
    .meta({ description: 'id of the rule that decides' }),
  verdict: word('the verdict', verdictKinds.words).optional(),
  challenge: word('the challenge', challengeKinds.words).optional(),
  label: someText('label', 200).optional().meta({ description: 'what the phone shows when it is connected' }),
  monitored: oneOrMore(someText('the rule', 48)).optional().meta({ description: 'monitor rules that match' }),
}).refine((wanted) => Object.keys(wanted).length > 0, {
  error: twoLines('the case wants nothing', 'write rule, verdict or both'),
});

const oneCase = mapping('a case', {
  case: someText('the description', 300).meta({
    description: 'who calls, and what is to become of the call',
  }),
  call: call.describe('who calls, and what is known'),
  want: want.describe('what must become of the call'),
});

/** Shape of a file in cases/. */
export const casesShape = mapping('the cases', {
  cases: z.array(oneCase, { error: twoLines('cases must be a list', 'begin each case with "- case: …"') }),
});

export type WrittenCase = z.output<typeof oneCase>;
