import { z } from 'zod';
import { listEndings, listFormatNames } from '../../lists/readers/registry.ts';
import { ruleDefaults } from '../rule-defaults.ts';
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

const columnName = text(
  'the column',
  /^.{1,80}$/,
  'write the name of a column, as the header of the file has it',
);

const loopback = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/** Where a feed may come from: https, http on this machine, or a file. Numbers of people do not travel in the open. */
export function isFeedUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  if (protocol === 'file:') return hostname === '';
  return protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname));
}

const url = z
  .string({ error: twoLines('the url must be text', 'write an https:// address') })
  .max(2000)
  .refine(isFeedUrl, {
    error: twoLines(
      'the url cannot be used',
      'write https://…, http:// on 127.0.0.1, or file:///…; without user and password (let a job of yours fetch the file then)',
    ),
  });

const minuteMs = 60_000;

/** Shape of one list: a file of the rule directory, or a feed that is fetched again and again. */
export const listShape = mapping('a list', {
  about: z.string().optional().describe('What the list is for, in a sentence.'),
  'in-use': yesOrNo('in-use')
    .optional()
    .describe('false: kept for later, so that nobody is warned that no rule uses it.'),
  kind: word('kind', ['block'])
    .optional()
    .describe(
      'block: its numbers may be turned away. A list that is called blocked is one without saying so.',
    ),
  file: text(
    'the file',
    new RegExp(`^lists/[A-Za-z0-9_-][A-Za-z0-9._-]{0,119}\\.(${listEndings.join('|')})(\\.gz)?$`),
    `write a file in lists/ that ends in .${listEndings.join(' or .')}: lists/customers.csv`,
  )
    .optional()
    .describe('File of the rule directory, csv with a header or one number a line; gzip too (.csv.gz).'),
  url: url.optional().describe('Feed that is fetched again and again: https, or a file.'),
  every: duration('every', 5 * minuteMs, 30 * 1440 * minuteMs, '5m to 30d')
    .optional()
    .describe(`How often a feed is fetched; ${ruleDefaults.feedEvery.text} when left out.`),
  redirects: z
    .array(
      text(
        'a host',
        /^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/,
        'write the name of a host, such as files.example.org',
      ),
    )
    .max(10)
    .optional()
    .describe('Other hosts to which the server of a feed may redirect; left out: none.'),
  prefixes: wholeNumber('prefixes', 1, 1_000_000_000)
    .optional()
    .describe(
      'A feed may have prefixes and ranges, which cover so many numbers at most together; left out: single numbers only.',
    ),
  growth: wholeNumber('growth', 1, 1000)
    .optional()
    .describe(
      `How many times as many rows a feed may have as before, at one fetch; ${ruleDefaults.feedGrowth} when left out.`,
    ),
  'turned-away': wholeNumber('turned-away', 0, 100)
    .optional()
    .describe(
      `Percent of last month's callers whom one fetch may bring onto a block list; ${ruleDefaults.feedTurnedAwayPercent} when left out. Beyond it the feed waits for a person: gatehouse lists accept.`,
    ),
  format: word('format', listFormatNames)
    .optional()
    .describe('How the rows are read; by the name of the file when left out.'),
  'min-complaints': wholeNumber('min-complaints', 1, 100_000)
    .optional()
    .describe(
      `Of ftc-complaints: how many complaints put a number on the list; ${ruleDefaults.minComplaints} when left out.`,
    ),
  columns: mapping('columns', {
    number: oneOrMore(columnName).optional(),
    name: columnName.optional(),
    expires: columnName.optional(),
    note: columnName.optional(),
  })
    .optional()
    .describe(
      'Which column of a csv holds what, by its header; numbers may stand in several: `number: [Phone, Mobile]`.',
    ),
}).superRefine((list, context) => {
  const refuse = (path: string[], message: string, remedy: string) =>
    context.addIssue({ code: 'custom', path, message: twoLines(message, remedy) });
  if ((list.file === undefined) === (list.url === undefined))
    refuse(
      [],
      'a list has a file or a url, and not both',
      'write file: lists/customers.csv, or url: https://…',
    );
  if (list.every !== undefined && list.url === undefined)
    refuse(['every'], 'every is for lists with a url', 'leave it out: files are followed as they change');
  for (const key of ['redirects', 'prefixes', 'growth', 'turned-away'] as const)
    if (list[key] !== undefined && list.url === undefined)
      refuse([key], `${key} is for lists with a url`, 'leave it out: a file of yours is taken as it is');
  if (list['min-complaints'] !== undefined && list.format !== 'ftc-complaints')
    refuse(
      ['min-complaints'],
      'min-complaints counts complaints',
      'write format: ftc-complaints, or leave it out',
    );
  if (list.columns !== undefined && list.format !== undefined && list.format !== 'csv')
    refuse(
      ['columns'],
      `columns are those of a csv, and the format is ${list.format}`,
      'leave columns out, or format',
    );
});

export type WrittenList = z.output<typeof listShape>;
