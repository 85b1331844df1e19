import { z } from 'zod';
import { defaultLevelLimits, type LevelLimit } from '../../call/attack-levels.ts';
import { ruleModes } from '../../call/vocabulary.ts';
import { isRegion } from '../../numbers/phone-number.ts';
import { listName } from '../conditions/in-list.ts';
import { ruleDefaults } from '../rule-defaults.ts';
import { holidays, timeZone } from '../time/time-words.ts';
import {
  duration,
  mapping,
  oneOrMore,
  shown,
  text,
  twoLines,
  wholeNumber,
  word,
  yesOrNo,
} from '../yaml/schema-words.ts';
import { languageTag } from './compile-prompts.ts';
import { boxName, challengeChoices, exitName, passFor } from './then-shape.ts';

const numberText = text('the number', /^.{2,80}$/, 'write a number, a prefix (+1317555*) or a range with ..');

const defaultRegion = z.string().refine(isRegion, {
  error: ({ input }) =>
    twoLines(
      `default-region cannot be ${shown(input)}`,
      'write the two-letter code of the country whose national numbers you write: US, GB',
    ),
});

const ourCountry = z.string().refine(isRegion, {
  error: ({ input }) =>
    twoLines(`${shown(input)} is not a country`, 'write two-letter country codes (ISO 3166): [US, CA]'),
});

const calledLanguages = z.record(z.string(), languageTag, {
  error: twoLines('called-languages must be numbers with a language', 'write "+1 317 555 0100": es'),
});

const mustPass = z.array(
  z.union([
    listName,
    mapping('must-pass', { list: listName, unless: word('unless', ['verification-failed']) }),
  ]),
  { error: twoLines('must-pass must be a list', 'write must-pass: [emergency, staff]') },
);

const trunkName = text('the trunk', /^.{1,80}$/, 'write the name of a PJSIP endpoint');
const site = mapping('site', {
  trunks: oneOrMore(trunkName).optional().describe('PJSIP endpoints on which calls arrive.'),
  exits: oneOrMore(exitName)
    .optional()
    .describe('Exits of the dialplan besides operators: the gatehouse-to-… contexts.'),
  mailboxes: oneOrMore(boxName).optional().describe('Mailboxes that exist.'),
});

const limit = (what: string, { elevated, attack }: LevelLimit) =>
  mapping(what, {
    elevated: wholeNumber('elevated', 1, 100_000),
    attack: wholeNumber('attack', 1, 100_000),
  })
    .refine((said) => said.elevated < said.attack, {
      error: twoLines(`${what}: attack must be more than elevated`, 'write a larger number for attack'),
    })
    .optional()
    .describe(
      `Unknown callers of ten minutes who do not pass, from which the level is elevated, and attack; ${elevated} and ${attack} when left out.`,
    );
const attackLevels = mapping('attack-levels', {
  board: limit('board', defaultLevelLimits.board),
  department: limit('department', defaultLevelLimits.department),
  'called-number': limit('called-number', defaultLevelLimits.calledNumber),
  'calm-after': duration('calm-after', 60_000, 3_600_000, '1m to 1h')
    .optional()
    .describe(
      `How long there must be few such callers before a level falls by one; ${defaultLevelLimits.calmAfterMs / 60_000}m when left out.`,
    ),
  'call-back-surge': wholeNumber('call-back-surge', 5, 10_000)
    .optional()
    .describe(
      `Unknown callers of half an hour to one number that make a call-back surge; ${defaultLevelLimits.callBackSurge} when left out.`,
    ),
});

/** What holds for all rules. */
export const settingsShape = mapping('settings', {
  'default-region': defaultRegion.describe(
    'Two-letter code of the country whose national numbers are written without a country code.',
  ),
  'our-countries': oneOrMore(ourCountry)
    .optional()
    .describe(
      'Countries that count as your own, for caller: { country: ours }; that of default-region when left out.',
    ),
  'own-numbers': oneOrMore(numberText)
    .optional()
    .describe('Numbers of the organization itself; for caller: { is: own-number }.'),
  language: languageTag.describe('Language that callers hear, one of prompts.yaml.'),
  'called-languages': calledLanguages.optional().describe('Another language by the number that was dialed.'),
  'voicemail-box': boxName.describe('Mailbox of voicemail verdicts that name none.'),
  'operators-exit': exitName
    .optional()
    .describe(
      `Dialplan exit of connect verdicts that name none; ${ruleDefaults.operatorsExit} when left out.`,
    ),
  'pass-for': passFor
    .optional()
    .describe(`How long a passed challenge admits the number; ${ruleDefaults.passFor.text} when left out.`),
  challenge: mapping('challenge', challengeChoices)
    .optional()
    .describe('What challenges do when the rule does not say.'),
  'time-zone': timeZone
    .optional()
    .describe('Time zone (IANA) of opening hours, of time conditions and of the end of an expiry date.'),
  holidays: holidays
    .optional()
    .describe('Region whose public holidays count, for calendars and for time: { holiday: true }.'),
  'must-pass': mustPass
    .optional()
    .describe(
      'Lists whose every number must be connected, whatever else is true of the call; loading proves it. With unless: verification-failed, forged calls may be treated otherwise.',
    ),
  decoys: oneOrMore(listName)
    .optional()
    .describe(
      'Lists of unused numbers of yours. Who dials two of them within a day is walking your numbers: history: { decoys: { over: 1, within: 24h } }.',
    ),
  'reject-unallocated': yesOrNo('reject-unallocated')
    .optional()
    .describe(
      'true: rules may turn away callers whose number is unallocated (caller: { is: unallocated }). Outside North America the tables of ranges age with this version.',
    ),
  'emergency-numbers': oneOrMore(text('the emergency number', /^\d{2,6}$/, 'write its digits: 911, 112'))
    .optional()
    .describe(
      'Emergency numbers as your people dial them, for emergency-dialed; 911 and 112, and those of the default-region where Gatehouse knows them, when left out.',
    ),
  'attack-levels': attackLevels
    .optional()
    .describe(
      'When attack levels rise and fall. Where more is usual at this hour, three times of that counts; members of campaigns count twice.',
    ),
  site: site
    .optional()
    .describe(
      'What the telephone system has, by name. A trunk, exit or mailbox that a rule names and that is not listed here is refused.',
    ),
  mode: word('mode', ruleModes.words)
    .optional()
    .describe(
      'monitor: nothing but connect is carried out on the whole board, and every outcome records what would have been done.',
    ),
});
