import { z } from 'zod';
import { listName } from './conditions/list-name.ts';
import { whenSchema } from './conditions/when.ts';
import { listShape } from './list-shape.ts';
import { isRegion } from './phone-number.ts';
import type { Problem } from './problem.ts';
import { languageTag } from './prompts.ts';
import { mapping, oneOrMore, shown, text, twoLines, word } from './schema-words.ts';
import { problemsOfShape } from './shape-problems.ts';
import { boxName, challengeChoices, exitName, passFor, thenShape } from './then-shape.ts';
import { calendarShape } from './time/calendar.ts';
import { holidays, readDates, timeZone } from './time/time-words.ts';
import type { YamlSource } from './yaml-source.ts';

const numberText = text('the number', /^.{2,80}$/, 'write a number, a prefix (+1317555*) or a range with ..');

const mustPass = z.array(
  z.union([
    listName,
    mapping('must-pass', { list: listName, unless: word('unless', ['verification-failed']) }),
  ]),
  { error: twoLines('must-pass must be a list', 'write must-pass: [emergency, staff]') },
);

const settings = mapping('settings', {
  'default-region': z.string().refine(isRegion, {
    error: ({ input }) =>
      twoLines(
        `default-region cannot be ${shown(input)}`,
        'write the two-letter code of the country whose national numbers you write: US, GB',
      ),
  }),
  'own-numbers': oneOrMore(numberText).optional(),
  language: languageTag,
  'called-languages': z
    .record(z.string(), languageTag, {
      error: twoLines('called-languages must be numbers with a language', 'write "+1 317 555 0100": es'),
    })
    .optional(),
  'voicemail-box': boxName,
  'operators-exit': exitName.optional(),
  'pass-for': passFor.optional(),
  challenge: mapping('challenge', challengeChoices).optional(),
  'time-zone': timeZone.optional(),
  holidays: holidays.optional(),
  'must-pass': mustPass.optional(),
  mode: word('mode', ['enforce', 'monitor']).optional(),
});

const rule = mapping('a rule', {
  id: text('the id', /^[a-z][a-z0-9-]{0,47}$/, 'write small letters, digits and hyphens: known-customers'),
  about: z.string({ error: twoLines('about must be text', 'write a sentence') }).optional(),
  when: whenSchema.optional(),
  // biome-ignore lint/suspicious/noThenProperty: it is the rule language's word, and no promise.
  then: thenShape,
  mode: word('mode', ['enforce', 'monitor']).optional(),
  expires: text('expires', /^\d{4}-\d{2}-\d{2}$/, 'write the last day on which the rule holds: 2027-03-31')
    .refine((date) => readDates(date) !== null, {
      error: ({ input }) =>
        twoLines(`${shown(input)} is not a day of the calendar`, 'write it as 2027-03-31'),
    })
    .optional(),
});

/** Shape of policy.yaml. */
export const ruleFileShape = mapping('the policy', {
  settings,
  lists: z
    .record(z.string(), listShape, {
      error: twoLines(
        'lists must be names with a file or a url',
        'write customers: { file: lists/customers.csv }',
      ),
    })
    .superRefine((lists, context) => {
      for (const name of Object.keys(lists)) {
        const issue = listName.safeParse(name).error?.issues[0];
        if (issue) context.addIssue({ code: 'custom', path: [name], message: issue.message });
      }
    })
    .optional(),
  calendars: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,47}$/), calendarShape, {
      error: twoLines(
        'calendars must be names with opening hours',
        'write office-hours: { open: [{ weekday: mon-fri, hours: 08:00-17:00 }] }',
      ),
    })
    .optional(),
  rules: z
    .array(rule, { error: twoLines('rules must be a list', 'begin each rule with "- id: …"') })
    .min(1, { error: twoLines('there is no rule', 'write at least the last rule, which is for everyone') }),
});

export type RuleFile = z.output<typeof ruleFileShape>;

/** Reads the shape only; what the words refer to is looked up when the policy is compiled. */
export function readRuleFile(source: YamlSource): {
  readonly rules: RuleFile | null;
  readonly problems: readonly Problem[];
} {
  if (source.data === undefined) return { rules: null, problems: source.problems };
  const parsed = ruleFileShape.safeParse(source.data);
  return parsed.success
    ? { rules: parsed.data, problems: [] }
    : { rules: null, problems: problemsOfShape(parsed.error, source) };
}
