import { z } from 'zod';
import { attackLevels } from '../../call/vocabulary.ts';
import type { PolicyStatus } from '../../policy/policy-status.ts';

export const time = z.int().describe('Epoch milliseconds');
const count = z.int().nonnegative();

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
    .describe('Why the rule files on disk are not in force; null: they are'),
  standIn: z
    .strictObject({ keptAt: time.nullable() })
    .nullable()
    .describe(
      'Set: the rules were refused at startup, and an earlier accepted policy is in force; keptAt null: the rules without their feeds',
    ),
  kept: z
    .strictObject({ at: time, version: z.string(), error: z.string().nullable() })
    .nullable()
    .describe('The last attempt to save the policy in force for the next start; error null: saved'),
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
}) satisfies z.ZodType<PolicyStatus>;

export const closuresShape = z
  .array(
    z.strictObject({
      calendar: z.string().describe('Its name; *: all calendars'),
      until: time,
      since: time,
      reason: z.string().describe('In the words of who closed it; may be empty'),
    }),
  )
  .describe('Calendars that staff closed by hand (gatehouse close), the first to end first');

const figures = {
  since: time.describe('Since when it is not calm'),
  until: time.describe('When it ends unless it is renewed'),
  by: z.string().nullable().describe('Login name of who set it by hand; null: nobody did'),
};
export const levelsShape = z
  .strictObject({
    above: z.array(
      z.strictObject({
        of: z.string().describe('board, list:NAME (called numbers of a list), or a called number'),
        level: z.enum(attackLevels.words),
        changedAt: time.describe('Since when it is at this level'),
        ...figures,
        calls: count.describe('Unknown callers of ten minutes who did not pass, and members of campaigns'),
        passed: count.describe('Unknown callers of ten minutes who passed'),
        campaigns: z.array(z.string()),
      }),
    ),
    surges: z
      .array(
        z.strictObject({
          called: z.string(),
          ...figures,
          callers: count.describe('Unknown callers since it began'),
        }),
      )
      .describe('Called numbers that were forged and are called back'),
    measures: z
      .array(z.strictObject({ rule: z.string(), about: z.string().nullable() }))
      .describe('Rules in force that ask for these levels'),
  })
  .describe('Attack levels that are not calm, the highest first');

export const canaryStates = ['off', 'waiting', 'well', 'failing'] as const;
export const linkStates = ['connecting', 'standby', 'connected', 'replaced', 'stopped'] as const;

export const canaryShape = z.strictObject({
  state: z.enum(canaryStates).describe('off: GATEHOUSE_CANARY=off; waiting: none was made yet'),
  checkedAt: time.nullable().describe('When the latest round of calls ended; null: there was none'),
  since: time.nullable().describe('Since when it is well or failing'),
  faults: z.array(
    z.strictObject({
      where: z.string().describe('exit NAME, mailbox NAME, trunk NAME, prompts or entry'),
      message: z.string(),
      remedy: z.string(),
    }),
  ),
});

/** The state of each component, for people, service managers and metrics. */
export const healthShape = z.strictObject({
  ari: z.enum(linkStates).describe('Link to Asterisk'),
  redis: z
    .string()
    .describe(
      'State of the connection; ready: takes records; refusing: answers but takes none (redisDangers has the reason); unresponsive: commands are not answered',
    ),
  redisSince: time.describe('When Redis became available or unavailable'),
  redisDangers: z
    .array(
      z.strictObject({
        code: z.string(),
        level: z.enum(['warn', 'error']),
        message: z.string(),
        remedy: z.string(),
        server: z.string().describe('host:port; empty if there is only one'),
      }),
    )
    .describe(
      'Why Redis refuses records now (level error), and settings by which records may be lost or read by others',
    ),
  policy: policyShape,
  quarantined: z
    .array(z.strictObject({ list: z.string(), at: time, code: z.string(), message: z.string() }))
    .describe('Feeds whose latest content waits for approval: gatehouse lists accept'),
  settings: z
    .array(z.strictObject({ name: z.string(), message: z.string(), remedy: z.string() }))
    .describe('Settings that are wrong: their default is in force, or what they belong to is off'),
  keylessTrunks: z
    .array(z.strictObject({ trunk: z.string(), callers: count, since: time, remedy: z.string() }))
    .describe('Trunks over which no key arrived although many callers were asked for one'),
  canary: canaryShape,
  exposedFiles: z
    .array(z.strictObject({ file: z.string(), message: z.string(), remedy: z.string() }))
    .describe('Rule files with numbers or keys that every user of the machine can read; the first one'),
  failingChannels: z
    .array(
      z.strictObject({
        channel: z.string(),
        since: time,
        waiting: count.describe('Messages that wait, also over a restart'),
        reason: z.string(),
        remedy: z.string(),
      }),
    )
    .describe('Channels of notices that fail now'),
  closures: closuresShape,
  levels: levelsShape,
  oddSettings: z
    .array(z.string())
    .describe('Dialplan settings that are out of range; their defaults are in force'),
  otherDialplan: z
    .strictObject({ version: z.string(), message: z.string(), remedy: z.string() })
    .nullable()
    .describe(
      'The installed gatehouse.conf is of a version that is not read here: calls go to the operators; null: it is',
    ),
  backlog: z.int().describe('Outcomes waiting to be sent to Redis'),
  outbox: z
    .strictObject({
      failing: z
        .strictObject({ since: time, error: z.string() })
        .nullable()
        .describe('Since when writes to disk fail, and why; null: they succeed'),
      inMemory: count.describe('Calls held in memory because writes fail'),
      inSecondPlace: count.describe('Calls of these that are also saved in the spool folder'),
      setAside: count.describe('Records that Redis refuses; retried every hour'),
    })
    .describe('Records waiting to be sent to Redis'),
  liveCalls: z.int(),
  overload: z.strictObject({
    shedding: z.boolean().describe('True while calls that would be challenged go to the operators instead'),
    episodes: z.int().describe('Number of overload episodes since startup'),
    shed: z.int().describe('Calls sent to the operators unscreened because of overload, since startup'),
  }),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
export type Health = DeepReadonly<z.output<typeof healthShape>>;
