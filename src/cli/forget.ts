import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Command } from 'commander';
import { type ErasedFromRedis, RedisErasure } from '../call-store/erasure.ts';
import { eraseFromProjection } from '../call-store/projection/erasure.ts';
import { callerPseudonymKey, defaultWords, settingText } from '../config/read-setting.ts';
import { ListJournal } from '../lists/edits/list-journal.ts';
import { type ErasedFromOutbox, eraseFromKeptCalls, eraseFromOutbox } from '../outbox/erasure.ts';
import { outboxPath } from '../outbox/outbox-path.ts';
import { pseudonymNames } from '../privacy/caller-names.ts';
import { ForgottenCaller } from '../privacy/forgotten.ts';
import { filesHolding } from '../privacy/left-traces.ts';
import { maskNumber } from '../privacy/mask-number.ts';
import { eraseFromAuditLog } from '../report/access/audit-log.ts';
import { eraseFromChanges } from '../rules/changes/change-store.ts';
import { eraseFromSpool } from '../spool/erasure.ts';
import { wrapped } from '../terminal/screen.ts';
import { type JsonFields, picked, withJsonOption } from './command/json-option.ts';
import { dataDir, withRedisOption, withRulesOption } from './command/options.ts';
import { withRedisWrite } from './command/redis.ts';
import { CommandError, messageOf, print, run } from './command/run.ts';
import { regionRules, wantedNumber } from './command/wanted-number.ts';

const redisCommandMs = 30_000;
/** A batch that was read before the outbox was erased is written by then: the deadline of a command, and a margin. */
const openBatchMs = 2_500;

interface ForgetOptions {
  readonly redis?: string;
  readonly data?: string;
  readonly spool?: string;
  readonly rules?: string;
  readonly json?: JsonFields;
}

interface Forgotten {
  readonly outbox: ErasedFromOutbox | null;
  readonly spool: number;
  /** Entries in the audit log. */
  readonly audit: number;
  /** Changes of lists that can no longer be undone. */
  readonly edits: number;
  /** Files of the history of the rules. */
  readonly rules: number;
  /** Our files that still contain the number or its pseudonym. */
  readonly leftIn: readonly string[];
  readonly redis: ErasedFromRedis;
}

const fields: readonly (keyof Forgotten)[] = [
  ...(['outbox', 'spool', 'audit', 'edits', 'rules', 'redis', 'leftIn'] as const),
];

/**
 * `gatehouse forget`: erases a person from everything that is stored. Exit code 1 when it could not be completed; it may be
 * repeated.
 */
export function forgetCommand(): Command {
  const command = new Command('forget')
    .description('erase a person from everything that is stored')
    .argument('<number>', 'number of the caller, in any format')
    .option('--data <dir>', `directory of the outbox (${defaultWords('GATEHOUSE_DATA')})`)
    .option('--spool <dir>', `directory of the dialplan's notes (${defaultWords('GATEHOUSE_SPOOL')})`);
  withJsonOption(command, 'one JSON object', fields);
  return withRedisOption(withRulesOption(command, regionRules)).action(
    (number: string, options: ForgetOptions, self: Command) =>
      run(self, async () => {
        const e164 = await wantedNumber(number, options.rules);
        const done = await forget(e164, options).catch((error: unknown) => {
          const { code = 'forget-failed' } = error as { code?: string };
          throw new CommandError(code, `${messageOf(error)}; erasure is incomplete, run it again`);
        });
        if (!isWhole(done)) process.exitCode = 1;
        await print(
          options.json ? `${JSON.stringify(picked(done, options.json))}\n` : wrapped(textOf(e164, done)),
        );
      }),
  );
}

function forget(number: string, options: ForgetOptions): Promise<Forgotten> {
  const key = callerPseudonymKey(process.env);
  const person = new ForgottenCaller(number, key === null ? [] : [pseudonymNames(key).of(number)]);
  const data = dataDir(options.data);
  const spoolDir = settingText('GATEHOUSE_SPOOL', options.spool);
  return withRedisWrite(
    options.redis,
    'forget',
    async (redis) => {
      // In the order in which a record moves, so that none is missed.
      const spool = (await eraseFromSpool(spoolDir, person)) + (await eraseFromKeptCalls(spoolDir, person));
      const outbox = eraseFromOutbox(outboxPath(data), person);
      if (outbox !== null) await setTimeout(openBatchMs);
      const erased = await new RedisErasure(redis).erase(person);
      await eraseFromProjection(data, person.traces);
      const audit = eraseFromAuditLog(data, person.words);
      const edits = await new ListJournal(join(data, 'lists', 'edits.json')).forget(person);
      const rules = await eraseFromChanges(join(data, 'policy', 'changes'), person);
      const leftIn = filesHolding([data, spoolDir], person.traces);
      return { outbox, spool, audit, edits, rules, redis: erased, leftIn };
    },
    redisCommandMs,
  );
}

/** True when the search after the erasure found nothing. */
function isWhole({ outbox, leftIn, redis }: Forgotten): boolean {
  const isOpen = outbox !== null && outbox.openCalls + outbox.damagedFiles.length > 0;
  return !isOpen && leftIn.length === 0 && redis.unreadable === 0 && redis.left === 0;
}

/** Without the number: it would stay in the terminal's history or a log. */
function textOf(number: string, done: Forgotten): string {
  const { outbox, spool, audit, edits, rules, leftIn, redis } = done;
  const lines = [
    isWhole(done)
      ? `${maskNumber(number)} has been erased.`
      : `${maskNumber(number)} has NOT been erased completely; see below.`,
    `  Redis: caller removed from ${redis.outcomes} calls; ${redis.keys.length} keys of the caller and ${redis.expected} expected calls deleted.`,
    outbox === null
      ? '  Outbox: none on this machine.'
      : `  Outbox: ${outbox.outcomes} calls, ${outbox.passes} passes, ${outbox.openCalls} calls in progress.`,
    `  Spool: ${spool} notes.`,
    `  Audit log: ${audit} ${audit === 1 ? 'entry' : 'entries'}.`,
  ];
  if (edits > 0) lines.push(`  Changes of lists: ${edits}, which can no longer be undone.`);
  if (rules > 0) lines.push(`  History of the rules: ${rules} ${rules === 1 ? 'file' : 'files'}.`);
  if (redis.rewriting > 0)
    lines.push('  Redis is rewriting its append-only file, which still contains older writes.');
  if (redis.left > 0)
    lines.push(`  ${redis.left} entries with the number arrived in Redis meanwhile: run this again.`);
  if (redis.unreadable > 0)
    lines.push(`  ${redis.unreadable} records cannot be read and may contain the number.`);
  if ((outbox?.openCalls ?? 0) > 0)
    lines.push('  A call in progress is recorded again when it ends: run this again then.');
  for (const file of outbox?.damagedFiles ?? [])
    lines.push(`  Delete ${file}: a damaged outbox that contains the number.`);
  for (const file of leftIn.filter((path) => !outbox?.damagedFiles.includes(path)))
    lines.push(`  The number is still in ${file}.`);
  lines.push(
    '  Run this on every node that has an outbox. Also check your rules, lists, backups and recordings.',
  );
  return lines.map((line) => `${line}\n`).join('');
}
