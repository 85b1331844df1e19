import { userInfo } from 'node:os';
import { Argument, Command } from 'commander';
import { DateTime } from 'luxon';
import { silentLog } from '../log/log.ts';
import { maskNumber } from '../log/mask-number.ts';
import type { Flag } from '../policy/facts.ts';
import { AuditLog } from '../report/access/audit-log.ts';
import { pseudonymKey } from '../report/access/private-file.ts';
import { pseudonym } from '../report/access/pseudonym.ts';
import { harmless, harmlessJson } from '../report/harmless.ts';
import { type CallFlags, flagWords } from '../screening/caller-flags.ts';
import {
  CommandError,
  guarded,
  type Source,
  withRecords,
  withRedisOption,
  written,
} from './records-command.ts';

interface FlagOptions {
  readonly remove?: true;
  readonly json?: true;
  readonly redis?: string;
}

interface Flagged {
  readonly callId: string;
  /** Masked. */
  readonly caller: string;
  readonly word: Flag;
  readonly done: 'flagged' | 'taken-back';
  /** False: it was said before. */
  readonly isNew: boolean;
  readonly flags: CallFlags;
}

/**
 * `gatehouse flag CALL WORD`: a staff member's word on a call, which rules see at the caller's next call. Exit code 1 with
 * one line on stderr when it cannot be said, or is to be taken back and was never said.
 */
export function flagCommand(): Command {
  const command = new Command('flag')
    .description('say what a call was, so that rules know it of its caller, or take that back')
    .argument('<call>', 'call id (node/uniqueid, as in the log) or SIP Call-ID')
    .addArgument(new Argument('<word>', 'what it was').choices(flagWords))
    .option('--remove', 'take it back')
    .option('--json', 'one JSON object');
  return withRedisOption(command).action((id: string, word: Flag, options: FlagOptions, self: Command) =>
    guarded(self, () =>
      withRecords(options.redis, async (source) => {
        const flagged = await flag(id, word, options, source);
        await written(options.json ? `${harmlessJson(flagged)}\n` : textOf(flagged));
      }),
    ),
  );
}

/** @throws CommandError `no-such-call`, `no-number`, `not-flagged` */
async function flag(
  id: string,
  word: Flag,
  { remove }: FlagOptions,
  { records, flags }: Source,
): Promise<Flagged> {
  const record = await records.call(id);
  if (record === null)
    throw new CommandError(
      'no-such-call',
      `there is no call ${harmlessJson(id)}: it is not over yet, or gone (retention, another Redis)`,
    );
  const { callId, facts } = record.outcome;
  const { number, reason } = facts.caller;
  if (number === null)
    throw new CommandError(
      'no-number',
      `the caller of ${harmlessJson(callId)} is not known (number ${reason ?? 'missing'}): flags are kept by number`,
    );
  const isNew = remove
    ? await flags.takeBack(number, word, callId)
    : await flags.flag(number, word, callId, Date.now());
  if (remove && !isNew)
    throw new CommandError('not-flagged', `${harmlessJson(callId)} was not flagged as ${word}`);
  if (isNew) await note(callId, number, remove ? `${word} taken back` : word);
  const done = remove ? 'taken-back' : 'flagged';
  return { callId, caller: maskNumber(number), word, done, isNew, flags: await flags.read(number, callId) };
}

/** Whoever reaches Redis may flag: that it cannot be noted is said, and keeps nobody from it. */
async function note(callId: string, number: string, detail: string): Promise<void> {
  const dir = process.env.GATEHOUSE_DATA || '/var/lib/gatehouse';
  try {
    const numbers = [pseudonym(pseudonymKey(dir, silentLog), number)];
    await new AuditLog(dir).add({
      ...{ event: 'flagged', who: userInfo().username, role: null, address: null },
      ...{ route: 'gatehouse flag', calls: [callId], numbers, detail },
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`not noted in the audit log: ${harmless(why)}\n`);
  }
}

function textOf({ callId, caller, word, done, isNew, flags }: Flagged): string {
  const before = isNew ? '' : ' already';
  const what = done === 'flagged' ? `is${before} flagged as ${word}` : `is not flagged as ${word} any more`;
  return `Call ${harmless(callId)} from ${caller} ${what}.\n${countsText(flags)}\n`;
}

function countsText({ ofCaller, until }: CallFlags): string {
  const counts = flagWords.flatMap((word) => (ofCaller[word] ? [`${word} ${ofCaller[word]}`] : []));
  if (counts.length === 0) return 'At the next call rules see no flag of this caller (history: flagged).';
  const end = until === null ? '' : `, until ${DateTime.fromMillis(until).toFormat('yyyy-MM-dd')}`;
  return `At the next call rules see of this caller (history: flagged): ${counts.join(', ')}${end}.`;
}
