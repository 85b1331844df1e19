import { z } from 'zod';

/** What the JSON API answers. The OpenAPI description is made from these, and a test holds real answers to them. */

const time = z.int().describe('Epoch milliseconds');
const calls = z.int().nonnegative();

export const errorShape = z.strictObject({ error: z.string().describe('What is wrong, for people') });

export const problemShape = z.strictObject({
  severity: z.enum(['error', 'warning']),
  file: z.string(),
  line: z.int(),
  column: z.int(),
  message: z.string(),
  remedy: z.string(),
  code: z.string(),
});

export const policyShape = z.strictObject({
  version: z.string().describe('Content hash of the policy in force'),
  loadedAt: time,
  refused: z
    .strictObject({ at: time, problems: z.array(problemShape) })
    .nullable()
    .describe('Why the rule files are not what is in force; null: they are'),
  reloads: z.array(
    z.strictObject({
      at: time,
      ok: z.boolean(),
      version: z.string(),
      before: z.string(),
      problemCount: z.int(),
      problems: z.array(problemShape),
    }),
  ),
});

const partsShape = z.strictObject({
  ari: z.enum(['connecting', 'connected', 'replaced', 'stopped']),
  redis: z.string().describe('State of the connection; ready: commands can be sent'),
  redisDangers: z
    .array(
      z.strictObject({
        code: z.string(),
        level: z.enum(['warn', 'error']),
        message: z.string(),
        remedy: z.string(),
        server: z.string().describe('host:port; empty for the only one'),
      }),
    )
    .optional()
    .describe('By which records may be lost or not be taken'),
  policy: policyShape,
  backlog: z.int().describe('Outcomes that wait for Redis'),
  liveCalls: z.int(),
});
const barely = z.strictObject({ ok: z.boolean() });

/** Who is not signed in learns only whether. */
export const healthzShape = z.union([barely, partsShape.extend({ ok: z.literal(true) })]);
export const readyzShape = z.union([barely, partsShape]);

const totals = {
  calls: calls.describe('Sum of connected, voicemail, rejected, abandoned, bypassed and unaccounted'),
  connected: calls,
  challenged: calls.describe(
    'Sum of passed, failed, silent and gaveUp; these calls are among the former too',
  ),
  passed: calls,
  failed: calls,
  silent: calls,
  gaveUp: calls,
  voicemail: calls,
  rejected: calls,
  abandoned: calls,
  bypassed: calls.describe('Reached the operators without a decision being carried out'),
  unaccounted: calls,
};

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
        connect: calls,
        challenge: calls,
        voicemail: calls,
        reject: calls,
      }),
    )
    .describe('Verdicts that nobody carried out: of monitor rules, and of a board in monitor mode'),
  policy: policyShape,
});

export const reloadShape = z.strictObject({
  ok: z.boolean().describe('False: refused; the policy that was in force stays so'),
  changed: z.boolean(),
  version: z.string(),
  problems: z.array(problemShape),
});
