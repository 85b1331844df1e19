import { Argument, Command } from 'commander';
import { DateTime } from 'luxon';
import type { CallFlags } from '../../call/staff/caller-flags.ts';
import { type Flag, flagWords } from '../../call/vocabulary.ts';
import { maskNumber } from '../../privacy/mask-number.ts';
import { type CallOf, flagCalls, removeFlag } from '../../report/web/callers/action-desk.ts';
import { wrapped } from '../../terminal/screen.ts';
import { visibleJson, visibleText } from '../../text/visible-text.ts';
import { type JsonFields, picked, withJsonOption } from '../command/json-option.ts';
import { withRedisOption } from '../command/options.ts';
import { type Source, withRecords } from '../command/redis.ts';
import { CommandError, print, run } from '../command/run.ts';
import { commandDesk, done, wantedReason } from './staff-desk.ts';

interface FlagOptions {
  readonly reason?: string;
  readonly remove?: true;
  readonly json?: JsonFields;
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

const fields: readonly (keyof Flagged)[] = ['callId', 'caller', 'word', 'done', 'isNew', 'flags'];

/** `gatehouse flag CALL WORD`: a staff member's word on a call, which rules see when the caller calls again. */
export function flagCommand(): Command {
  const command = new Command('flag')
    .description('flag a call, so that rules recognize its caller, or remove the flag')
    .argument('<call>', 'call id (node/uniqueid, as in the log) or SIP Call-ID')
    .addArgument(new Argument('<word>', 'what the call was').choices(flagWords.words))
    .option('--reason <text>', 'reason, for others; required, but for --remove')
    .option('--remove', 'remove the flag');
  withJsonOption(command, 'one JSON object', fields);
  return withRedisOption(command).action((id: string, word: Flag, options: FlagOptions, self: Command) =>
    run(self, () =>
      withRecords(options.redis, async (source) => {
        const flagged = await flag(id, word, options, source);
        await print(
          options.json ? `${visibleJson(picked(flagged, options.json))}\n` : wrapped(textOf(flagged)),
        );
      }),
    ),
  );
}

/** @throws CommandError `reason`, `no-such-call`, `no-number`, `not-flagged` */
async function flag(
  id: string,
  word: Flag,
  options: FlagOptions,
  { records, flags, actions, tellReplicasBehind }: Source,
): Promise<Flagged> {
  const why = options.remove ? null : wantedReason(options.reason);
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
  const desk = commandDesk('flag', flags, actions, Date.now());
  const of: CallOf = { callId, caller: number };
  const isNew =
    why === null
      ? await done(removeFlag(desk, of, word))
      : (await done(flagCalls(desk, [of], word, why))) !== null;
  if (why === null && !isNew)
    throw new CommandError('not-flagged', `${visibleJson(callId)} was not flagged as ${word}`);
  await tellReplicasBehind();
  return {
    ...{ callId, caller: maskNumber(number), word, isNew, flags: await flags.read(number, callId) },
    done: why === null ? 'taken-back' : 'flagged',
  };
}

function textOf({ callId, caller, word, done: what, isNew, flags }: Flagged): string {
  const already = isNew ? '' : ' already';
  const words = what === 'flagged' ? `is${already} flagged as ${word}` : `is no longer flagged as ${word}`;
  return `Call ${visibleText(callId)} from ${caller} ${words}.\n${countsText(flags)}\n`;
}

function countsText({ ofCaller, until }: CallFlags): string {
  const counts = flagWords.words.flatMap((word) => (ofCaller[word] ? [`${word} ${ofCaller[word]}`] : []));
  if (counts.length === 0) return 'On the next call, rules see no flags of this caller (history: flagged).';
  const end = until === null ? '' : `, until ${DateTime.fromMillis(until).toFormat('yyyy-MM-dd')}`;
  return `On the next call, rules see these flags of the caller (history: flagged): ${counts.join(', ')}${end}.`;
}
