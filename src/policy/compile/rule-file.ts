import { z } from 'zod';
import { ruleModes } from '../../call/vocabulary.ts';
import { listName } from '../conditions/in-list.ts';
import { whenSchema } from '../conditions/when.ts';
import type { Problem } from '../problem.ts';
import { calendarShape } from '../time/calendar.ts';
import { readDates } from '../time/time-words.ts';
import { mapping, shown, text, twoLines, word } from '../yaml/schema-words.ts';
import { problemsOfShape } from '../yaml/shape-problems.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';
import { listShape } from './list-shape.ts';
import { settingsShape } from './settings-shape.ts';
import { thenShape } from './then-shape.ts';
import { trunksShape } from './trunk-shape.ts';

const rule = mapping('a rule', {
  id: text(
    'the id',
    /^[a-z][a-z0-9-]{0,47}$/,
    'write small letters, digits and hyphens: known-customers',
  ).describe('Name of the rule in records, reports and traces; each rule has its own.'),
  about: z
    .string({ error: twoLines('about must be text', 'write a sentence') })
    .optional()
    .describe('What the rule is for, in a sentence.'),
  when: whenSchema.optional().describe('What must be true of the call; left out: every call.'),
  // biome-ignore lint/suspicious/noThenProperty: it is the rule language's word, and no promise.
  then: thenShape.describe('What becomes of the call.'),
  mode: word('mode', ruleModes.words)
    .optional()
    .describe('monitor: the rule is counted, recorded and shown, and never carried out.'),
  expires: text('expires', /^\d{4}-\d{2}-\d{2}$/, 'write the last day on which the rule holds: 2027-03-31')
    .refine((date) => readDates(date) !== null, {
      error: ({ input }) =>
        twoLines(`${shown(input)} is not a day of the calendar`, 'write it as 2027-03-31'),
    })
    .optional()
    .describe(
      'The last day on which the rule holds, in the time zone of the settings; after it the rule is passed over.',
    ),
});

/** Shape of policy.yaml. */
export const ruleFileShape = mapping('the policy', {
  settings: settingsShape.describe('What holds for all rules.'),
  trunks: trunksShape
    .optional()
    .describe(
      'Carrier links by the name of their PJSIP endpoint: which headers are believed there, and how numbers are written.',
    ),
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
    .optional()
    .describe('Named sets of numbers, from files or feeds.'),
  calendars: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,47}$/), calendarShape, {
      error: twoLines(
        'calendars must be names with opening hours',
        'write office-hours: { open: [{ weekday: mon-fri, hours: 08:00-17:00 }] }',
      ),
    })
    .optional()
    .describe('Opening hours by name; a calendar may have a file of its own in calendars/ instead.'),
  rules: z
    .array(rule, { error: twoLines('rules must be a list', 'begin each rule with "- id: …"') })
    .min(1, { error: twoLines('there is no rule', 'write at least the last rule, which is for everyone') })
    .describe('From the top: the first enforced rule that matches decides. The last one is for everyone.'),
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
