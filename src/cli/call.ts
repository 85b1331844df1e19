import { Command } from 'commander';
import { callText } from '../report/call-text.ts';
import { harmlessJson } from '../report/harmless.ts';
import { shownRecord } from '../report/shown-record.ts';
import { CommandError, guarded, PrintedNumbers, withRecords, withRedisOption } from './records-command.ts';

interface CallOptions {
  readonly json?: true;
  readonly showNumbers?: true;
  readonly redis?: string;
}

/** `gatehouse call ID`: one call in full, by its call id or SIP Call-ID. Exit code 1 when there is none. */
export function callCommand(): Command {
  const command = new Command('call')
    .description('show one call in full: what was known, why it was decided so, what happened when')
    .argument('<id>', 'call id (node/uniqueid, as in the log) or SIP Call-ID')
    .option('--json', 'one JSON object')
    .option('--show-numbers', 'do not mask numbers; the look is noted in the audit log');
  return withRedisOption(command).action((id: string, options: CallOptions, self: Command) =>
    guarded(self, () =>
      withRecords(options.redis, async ({ records }) => {
        const record = await records.call(id);
        if (record === null)
          throw new CommandError(
            'no-such-call',
            `there is no call ${harmlessJson(id)} (any more): retention, or another Redis`,
          );
        const numbers = new PrintedNumbers(options.showNumbers ?? false, 'call');
        await numbers.print(
          options.json
            ? `${harmlessJson(shownRecord(record, numbers.view))}\n`
            : callText(record, numbers.view),
        );
      }),
    ),
  );
}
