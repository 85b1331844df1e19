import { Argument, Command, Option } from 'commander';
import type { CallRecords } from '../report/call-records.ts';
import { csvLine, csvNumber } from '../report/csv.ts';
import { harmlessJson } from '../report/harmless.ts';
import { topText } from '../report/top-text.ts';
import {
  amount,
  guarded,
  PrintedNumbers,
  type RangeOptions,
  timeRange,
  withRangeOptions,
  withRecords,
  withRedisOption,
} from './records-command.ts';

const dimensions = { rules: 'rule', exchanges: 'exchange', signers: 'signer' } as const;
type Kind = 'callers' | keyof typeof dimensions;

interface TopOptions extends RangeOptions {
  readonly limit: number;
  readonly json?: true;
  readonly csv?: true;
  readonly showNumbers?: true;
  readonly redis?: string;
}

const hourMs = 3_600_000;
const longestByHourMs = 7 * 24 * hourMs;

/** `gatehouse top callers|rules|exchanges|signers`: those with the most calls. */
export function topCommand(): Command {
  const command = new Command('top')
    .description('list the callers, rules, exchanges or signers with the most calls')
    .addArgument(new Argument('<kind>').choices(['callers', ...Object.keys(dimensions)]));
  withRangeOptions(command, '24h')
    .option('--limit <rows>', 'so many', amount, 20)
    .addOption(new Option('--json', 'one JSON array').conflicts('csv'))
    .option('--csv', 'for spreadsheets; numbers as tel:+…, nothing in it is run')
    .option('--show-numbers', 'do not mask numbers of callers; the look is noted in the audit log')
    .addHelpText(
      'after',
      '\nRules, exchanges and signers are counted by whole hours (above a week by whole days, UTC); callers call by call.',
    );
  return withRedisOption(command).action((kind: Kind, options: TopOptions, self: Command) =>
    guarded(self, () =>
      withRecords(options.redis, async ({ records }) => {
        const range = timeRange(options);
        const { top, all } =
          kind === 'callers'
            ? await topCallers(records, range, options.limit)
            : await byCount(records, kind, range, options.limit);
        const numbers = new PrintedNumbers(options.showNumbers ?? false, `top ${kind}`);
        // An exchange is the beginning of numbers, of nobody's alone.
        const shown = (value: string) => (kind === 'callers' ? numbers.view.show(value) : value);
        const rows = top.map(({ value, calls }) => ({ value: shown(value), calls }));
        await numbers.print(text(kind, rows, all, options));
      }),
    ),
  );
}

interface Row {
  readonly value: string;
  readonly calls: number;
}

function text(kind: Kind, rows: readonly Row[], all: number, { json, csv }: TopOptions): string {
  if (json) return `${harmlessJson(rows)}\n`;
  if (!csv) return topText(kind, rows, all, process.stdout.isTTY === true);
  const isNumber = kind === 'callers' || kind === 'exchanges';
  const lines = rows.map(({ value, calls }) => csvLine([isNumber ? csvNumber(value) : value, calls]));
  return [csvLine([kind.slice(0, -1), 'calls']), ...lines].join('');
}

interface Top {
  readonly top: readonly Row[];
  /** All calls that are counted, those of the others too. */
  readonly all: number;
}

async function byCount(
  records: CallRecords,
  kind: keyof typeof dimensions,
  { since, until }: { since: number; until: number },
  limit: number,
): Promise<Top> {
  const step = until - since > longestByHourMs ? 'day' : 'hour';
  const counted = new Map<string, number>();
  let all = 0;
  for (const { value, calls } of await records.counts(dimensions[kind], { since, until, step })) {
    counted.set(value, (counted.get(value) ?? 0) + calls);
    all += calls;
  }
  const top = [...counted]
    .sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([value, calls]) => ({ value, calls }));
  return { top, all };
}

/** Callers are not counted by day: people are forgotten, and a count would remember them. */
async function topCallers(
  records: CallRecords,
  range: { since: number; until: number },
  limit: number,
): Promise<Top> {
  const { callers, calls: all } = await records.topCallers(range, limit);
  return { top: callers.map(({ caller, calls }) => ({ value: caller, calls })), all };
}
