import { Argument, Command } from 'commander';
import { DateTime } from 'luxon';
import type { CallFlags } from '../../call/staff/caller-flags.ts';
import { type Flag, flagWords } from '../../call/vocabulary.ts';
import { maskNumber } from '../../privacy/mask-number.ts';
import { wrapped } from '../../terminal/screen.ts';
import { visibleJson, visibleText } from '../../text/visible-text.ts';
import { withRedisOption } from '../command/options.ts';
import { audit, nameInAudit } from '../command/printed-numbers.ts';
import { type Source, withRecords } from '../command/redis.ts';
import { CommandError, messageOf, print, run } from '../command/run.ts';

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
  /** False: it was flagged before. */
  readonly isNew: boolean;
  readonly flags: CallFlags;
}

/** `gatehouse flag CALL WORD`: a staff member's word on a call, which rules see when the caller calls again. */
export function flagCommand(): Command {
  const command = new Command('flag')
    .description('flag a call, so that rules recognize its caller, or remove the flag')
    .argument('<call>', 'call id (node/uniqueid, as in the log) or SIP Call-ID')
    .addArgument(new Argument('<word>', 'what the call was').choices(flagWords.words))
    .option('--remove', 'remove the flag')
    .option('--json', 'one JSON object');
  return withRedisOption(command).action((id: string, word: Flag, options: FlagOptions, self: Command) =>
    run(self, () =>
      withRecords(options.redis, async (source) => {
        const flagged = await flag(id, word, options, source);
        await print(options.json ? `${visibleJson(flagged)}\n` : wrapped(textOf(flagged)));
      }),
    ),
  );
}

/** @throws CommandError `no-such-call`, `no-number`, `not-flagged` */
async function flag(
  id: string,
  word: Flag,
  { remove }: FlagOptions,
  { records, flags, tellReplicasBehind }: Source,
): Promise<Flagged> {
  const record = await records.call(id);
  if (record === null)
    throw new CommandError(
      'no-such-call',
      `no call ${visibleJson(id)}; it may still be in progress, past retention, or in another Redis`,
    );
  const { callId, facts } = record.outcome;
  const { number, reason } = facts.caller;
  if (number === null)
    throw new CommandError(
      'no-number',
      `the caller of ${visibleJson(callId)} has no number (${reason ?? 'missing'}), and flags are stored by number`,
    );
  const isNew = remove
    ? await flags.takeBack(number, word, callId)
    : await flags.flag(number, word, callId, Date.now());
  if (remove && !isNew)
    throw new CommandError('not-flagged', `${visibleJson(callId)} was not flagged as ${word}`);
  await tellReplicasBehind();
  if (isNew) await auditFlag(callId, number, remove ? `${word} taken back` : word);
  const done = remove ? 'taken-back' : 'flagged';
  return { callId, caller: maskNumber(number), word, done, isNew, flags: await flags.read(number, callId) };
}

/** Anyone who reaches Redis may flag, so a failed audit is reported and does not prevent it. */
async function auditFlag(callId: string, number: string, detail: string): Promise<void> {
  try {
    const numbers = [nameInAudit(number)];
    await audit({ event: 'flagged', route: 'gatehouse flag', calls: [callId], numbers, detail });
  } catch (error) {
    process.stderr.write(`not recorded in the audit log: ${visibleText(messageOf(error))}\n`);
  }
}

function textOf({ callId, caller, word, done, isNew, flags }: Flagged): string {
  const already = isNew ? '' : ' already';
  const what = done === 'flagged' ? `is${already} flagged as ${word}` : `is no longer flagged as ${word}`;
  return `Call ${visibleText(callId)} from ${caller} ${what}.\n${countsText(flags)}\n`;
}

function countsText({ ofCaller, until }: CallFlags): string {
  const counts = flagWords.words.flatMap((word) => (ofCaller[word] ? [`${word} ${ofCaller[word]}`] : []));
  if (counts.length === 0) return 'On the next call, rules see no flags of this caller (history: flagged).';
  const end = until === null ? '' : `, until ${DateTime.fromMillis(until).toFormat('yyyy-MM-dd')}`;
  return `On the next call, rules see these flags of the caller (history: flagged): ${counts.join(', ')}${end}.`;
}
