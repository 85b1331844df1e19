import { z } from 'zod';
import { parseNumberPattern } from '../numbers/number-pattern.ts';
import { isRegion } from '../numbers/phone-number.ts';
import type { Problem } from '../policy/problem.ts';
import { mapping, oneOrMore, text, twoLines, yesOrNo } from '../policy/yaml/schema-words.ts';
import { problemsOfShape } from '../policy/yaml/shape-problems.ts';
import { readYaml } from '../policy/yaml/yaml-source.ts';

const word = /^[\w.+@-]{1,80}$/;

/** Where callers get to whom the rules connect. */
const operators = z.union(
  [
    z.literal('former-context'),
    mapping('operators', { queue: text('queue', word, 'write a queue of queues.conf') }),
    mapping('operators', {
      dial: text('dial', /^[\w./&@:+-]{1,200}$/, 'write what Dial() takes, such as PJSIP/operators'),
    }),
  ],
  {
    error: () =>
      twoLines('operators cannot be this', 'write former-context, { queue: NAME } or { dial: PJSIP/NAME }'),
  },
);

const shape = mapping('answers', {
  trunks: oneOrMore(text('trunks', /^[^\s,;[\]]{1,80}$/, 'write the names of PJSIP endpoints')).optional(),
  'former-context': text('former-context', word, 'write a context of the dialplan').optional(),
  'own-numbers': oneOrMore(
    text(
      'own-numbers',
      /^.{1,120}$/,
      "write numbers such as '+13172740100' or '+1 317 274 0100..+1 317 274 0199'",
    ),
  ).optional(),
  operators: operators.optional(),
  mailbox: text('mailbox', /^[\w*#-]{1,40}$/, 'write the name of a mailbox').optional(),
  region: z
    .string()
    .refine(isRegion, { error: twoLines('region is no country', 'write its two letters, such as US') })
    .optional(),
  'time-zone': z
    .string()
    .refine(isTimeZone, { error: twoLines('no such time zone', 'write it as America/New_York') })
    .optional(),
  language: text('language', /^[a-z]{2,3}(-[A-Za-z0-9]+)?$/, 'write it as en').optional(),
  monitor: yesOrNo('monitor').optional(),
});

/** What a file of answers may say; the rest is found or asked. */
export type GivenAnswers = z.infer<typeof shape>;

/** Every answer. Null: the rules have been edited, and say it themselves. */
export interface Answers {
  readonly trunks: readonly string[];
  readonly formerContext: string;
  readonly operators: z.infer<typeof operators>;
  readonly mailbox: string;
  readonly rules: RuleAnswers | null;
}

export interface RuleAnswers {
  readonly ownNumbers: readonly string[];
  readonly region: string;
  readonly timeZone: string;
  readonly language: string;
  readonly monitor: boolean;
}

/** Reads a file of answers; problems have their places in it. */
export function readAnswers(
  file: string,
  content: string,
): { readonly given: GivenAnswers; readonly problems: readonly Problem[] } {
  const source = readYaml(file, content);
  if (source.problems.length > 0) return { given: {}, problems: source.problems };
  const parsed = shape.safeParse(source.data ?? {});
  if (!parsed.success) return { given: {}, problems: problemsOfShape(parsed.error, source) };
  const region = parsed.data.region ?? 'US';
  const numbers = parsed.data['own-numbers'] ?? [];
  const problems = numbers.flatMap((number, at) => {
    const problem = numberProblem(number, region);
    const path = Array.isArray((source.data as { 'own-numbers'?: unknown })['own-numbers'])
      ? ['own-numbers', at]
      : ['own-numbers'];
    const kind = { severity: 'error', code: 'wrong-value' } as const;
    return problem === null ? [] : [{ ...kind, ...problem, ...source.at(path) }];
  });
  return { given: parsed.data, problems };
}

/** Why a text is no number, prefix or range; null: it is one. */
export function numberProblem(
  number: string,
  region: string,
): { readonly message: string; readonly remedy: string } | null {
  const parsed = parseNumberPattern(number, isRegion(region) ? region : 'US');
  return 'pattern' in parsed ? null : parsed;
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
