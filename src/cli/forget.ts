import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Command } from 'commander';
import { pseudonymKey } from '../config/pseudonym-key.ts';
import { silentLog } from '../log/log.ts';
import { maskNumber } from '../log/mask-number.ts';
import { pseudonymNames } from '../records/caller-names.ts';
import { ForgottenCaller } from '../records/forgotten.ts';
import { type ErasedFromOutbox, eraseFromOutbox } from '../records/outbox-erasure.ts';
import { connectRedis, RedisConnectionError, redisReady } from '../records/redis-connection.ts';
import { type ErasedFromRedis, RedisErasure } from '../records/redis-erasure.ts';
import { eraseFromSpool } from '../records/spool-erasure.ts';
import { WantedNumberError, wantedNumber } from './wanted-number.ts';

const redisWaitMs = 3_000;
const redisCommandMs = 30_000;
/** A batch that was read before the outbox was cleaned is written by then (deadline of a command, and a little). */
const batchInHandMs = 2_500;

interface ForgetOptions {
  readonly redis?: string;
  readonly data?: string;
  readonly spool?: string;
  readonly rules?: string;
  readonly json?: true;
}

interface Forgotten {
  readonly outbox: ErasedFromOutbox | null;
  readonly spool: number;
  readonly redis: ErasedFromRedis;
}

/**
 * `gatehouse forget`: takes a person out of everything that is stored. Exit code 1 with one line on stderr when it could not be
 * done as a whole; it may be repeated.
 */
export function forgetCommand(): Command {
  return (
    new Command('forget')
      .description('take a person out of everything that is stored')
      .argument('<number>', 'of the caller, in any writing')
      .option('--json', 'print one JSON object')
      .option('--data <dir>', 'of the outbox (default: $GATEHOUSE_DATA, else /var/lib/gatehouse)')
      .option(
        '--spool <dir>',
        'of the notes of the dialplan (default: $GATEHOUSE_SPOOL, else /var/spool/asterisk/gatehouse)',
      )
      .option(
        '--rules <dir>',
        'whose default-region reads national numbers (default: $GATEHOUSE_RULES, else rules)',
      )
      // The address may hold a password, so help does not print it.
      .option('--redis <url>', 'address of Redis; GATEHOUSE_REDIS_URL when left out')
      .action(async (number: string, options: ForgetOptions, command: Command) => {
        try {
          const e164 = await wantedNumber(number, options.rules);
          const done = await forget(e164, options);
          process.stdout.write(options.json ? `${JSON.stringify(done)}\n` : textOf(e164, done));
        } catch (error) {
          const code = (error as { code?: unknown }).code;
          const text = error instanceof Error ? error.message : String(error);
          const again = error instanceof WantedNumberError ? '' : '; not all is forgotten, run it again';
          command.error(`error: ${text}${again}`, {
            exitCode: 1,
            code: typeof code === 'string' ? code : 'forget-failed',
          });
        }
      })
  );
}

async function forget(number: string, options: ForgetOptions): Promise<Forgotten> {
  const key = pseudonymKey(process.env);
  const person = new ForgottenCaller(number, key === null ? [] : [pseudonymNames(key).of(number)]);
  const data = options.data ?? (process.env.GATEHOUSE_DATA || '/var/lib/gatehouse');
  const spoolDir = options.spool ?? (process.env.GATEHOUSE_SPOOL || '/var/spool/asterisk/gatehouse');
  const url = options.redis ?? (process.env.GATEHOUSE_REDIS_URL || 'redis://127.0.0.1:6379');
  const redis = connectRedis(url, silentLog, { name: 'gatehouse-forget', commandTimeoutMs: redisCommandMs });
  try {
    await redisReady(redis, redisWaitMs);
    // In the order in which a record moves, so that none slips by.
    const spool = await eraseFromSpool(spoolDir, person);
    const outbox = eraseFromOutbox(join(data, 'outbox.sqlite'), person);
    if (outbox !== null) await setTimeout(batchInHandMs);
    return { outbox, spool, redis: await new RedisErasure(redis).erase(person) };
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new RedisConnectionError('redis-away', `Redis: ${text}`);
  } finally {
    redis.disconnect();
  }
}

/** The number itself is not printed: it would stand in a terminal's history or a log. */
function textOf(number: string, { outbox, spool, redis }: Forgotten): string {
  const lines = [
    `${maskNumber(number)} is forgotten.`,
    `  Redis: ${redis.outcomes} calls have no caller any more; ${redis.keys.length} keys of the caller and ${redis.expected} expected calls are gone.`,
    outbox === null
      ? '  Outbox: there is none here.'
      : `  Outbox: ${outbox.outcomes} calls, ${outbox.passes} passes, ${outbox.openCalls} calls in progress.`,
    `  Spool: ${spool} notes.`,
  ];
  if (redis.rewriting > 0)
    lines.push('  Redis writes its append-only file anew, in which older writes stand.');
  if (redis.unreadable > 0)
    lines.push(`  ${redis.unreadable} records cannot be read: nobody knows whether the number is in them.`);
  if ((outbox?.openCalls ?? 0) > 0)
    lines.push('  A call in progress is recorded once more when it ends: run this again after it.');
  for (const file of outbox?.damagedFiles ?? [])
    lines.push(`  Delete ${file}: a damaged outbox in which the number stands.`);
  lines.push(
    '  Run it on every node that has an outbox. Rules, lists, backups and recordings are files of yours: look there too.',
  );
  return lines.map((line) => `${line}\n`).join('');
}
