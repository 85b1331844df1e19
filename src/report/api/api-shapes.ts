import { z } from 'zod';
import { type CallTotals, totalNames } from '../../call/call-records.ts';
import { dispositions, type VerdictKind, verdictKinds } from '../../call/vocabulary.ts';
import { closuresShape, healthShape, levelsShape, policyShape, problemShape, time } from './health.ts';

/** Responses of the JSON API: the source of the OpenAPI description; a test checks real responses against them. */

const calls = z.int().nonnegative();

export const errorShape = z.strictObject({ error: z.string().describe('What is wrong, in words') });

const barely = z.strictObject({ ok: z.boolean() });

/** Not signed in: status only. */
export const healthzShape = z.union([barely, healthShape.extend({ ok: z.literal(true) })]);
export const readyzShape = z.union([barely, healthShape]);

const totalWords: Partial<Record<keyof CallTotals, string>> = {
  calls: `Sum of ${dispositions.words.join(', ')}`,
  challenged: 'Sum of the challenge results; these calls are counted by disposition too',
  bypassed: 'Bypassed screening: reached the operators without a decision being carried out',
};
const totals = Object.fromEntries(
  totalNames.map((name) => [name, totalWords[name] === undefined ? calls : calls.describe(totalWords[name])]),
) as Record<keyof CallTotals, typeof calls>;
const byVerdict = Object.fromEntries(verdictKinds.words.map((kind) => [kind, calls])) as Record<
  VerdictKind,
  typeof calls
>;

export const reportShape = z.strictObject({
  since: time,
  until: time,
  totals: z.strictObject(totals),
  byRule: z.array(z.strictObject({ rule: z.string().nullable(), ...totals })),
  byBypassReason: z.array(z.strictObject({ reason: z.string(), calls })),
  byCalledNumber: z.array(
    z.strictObject({
      called: z.string().nullable().describe('E.164; masked for the role viewer'),
      ...totals,
    }),
  ),
  byHour: z.array(z.strictObject({ hour: time, ...totals })),
  monitored: z
    .array(
      z.strictObject({
        rule: z.string(),
        calls,
        ...byVerdict,
      }),
    )
    .describe('Verdicts that were not carried out: monitor rules, and a board in monitor mode'),
  closures: closuresShape,
  levels: levelsShape,
  policy: policyShape,
});

export const reloadShape = z.strictObject({
  ok: z.boolean().describe('False: refused; the previous policy stays in force'),
  changed: z.boolean(),
  version: z.string(),
  problems: z.array(problemShape),
});
