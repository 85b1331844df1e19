import { Command } from 'commander';
import { callText } from '../terminal/call-text.ts';
import { wrapped } from '../terminal/screen.ts';
import { visibleJson } from '../text/visible-text.ts';
import { callFields, jsonOf } from './command/call-fields.ts';
import { calledNames } from './command/called-names.ts';
import { type JsonFields, withJsonOption } from './command/json-option.ts';
import { showsNumbers, withRedisOption } from './command/options.ts';
import { PrintedNumbers } from './command/printed-numbers.ts';
import { withRecords } from './command/redis.ts';
import { CommandError, run } from './command/run.ts';

interface CallOptions {
  readonly json?: JsonFields;
  readonly showNumbers?: true;
  readonly redis?: string;
}

/** `gatehouse call ID`: one call in full, by its call id or SIP Call-ID. Exit code 1 when there is none. */
export function callCommand(): Command {
  const command = new Command('call')
    .description('show one call in full: facts, decision with reasons, and what happened when')
    .argument('<id>', 'call id (node/uniqueid, as in the log) or SIP Call-ID')
    .option('--show-numbers', showsNumbers);
  withJsonOption(command, 'one JSON object, the whole record', callFields);
  return withRedisOption(command).action((id: string, options: CallOptions, self: Command) =>
    run(self, () =>
      withRecords(options.redis, async ({ records }) => {
        const record = await records.call(id);
        if (record === null)
          throw new CommandError(
            'no-such-call',
            `no call ${visibleJson(id)}; it may be past retention, or in another Redis`,
          );
        const nameOf = await calledNames();
        const numbers = new PrintedNumbers(options.showNumbers ?? false, 'call');
        await numbers.print(
          options.json
            ? `${visibleJson(jsonOf(record, options.json, numbers.view, nameOf))}\n`
            : wrapped(callText(record, numbers.view, nameOf)),
        );
      }),
    ),
  );
}
