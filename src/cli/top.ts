import { Argument, Command } from 'commander';
import { type CallRange, type CallRecords, mostFirst } from '../call/call-records.ts';
import { everyCaller } from '../call/every-caller.ts';
import { screenOf } from '../terminal/screen.ts';
import { topText } from '../terminal/summary-text.ts';
import { csvLine, csvNumber } from '../text/csv-lines.ts';
import { visibleJson } from '../text/visible-text.ts';
import { type JsonFields, JsonOption, picked } from './command/json-option.ts';
import {
  count,
  type RangeOptions,
  showsNumbers,
  spreadsheet,
  timeRange,
  withRangeOptions,
  withRedisOption,
} from './command/options.ts';
import { PrintedNumbers } from './command/printed-numbers.ts';
import { withRecords } from './command/redis.ts';
import { run } from './command/run.ts';

const dimensions = { rules: 'rule', exchanges: 'exchange', signers: 'signer' } as const;
const defaultRows = 20;
const everyRow = 9_999_999;
type Kind = 'callers' | keyof typeof dimensions;

interface TopOptions extends RangeOptions {
  readonly limit?: number;
  readonly json?: JsonFields;
  readonly csv?: true;
  readonly showNumbers?: true;
  readonly redis?: string;
}

/** `gatehouse top callers|rules|exchanges|signers`: those with the most calls. */
export function topCommand(): Command {
  const command = new Command('top')
    .description('list the callers, rules, exchanges or signers with the most calls')
    .addArgument(new Argument('<kind>').choices(['callers', ...Object.keys(dimensions)]));
  withRangeOptions(command, '24h')
    .option(
      '--limit <rows>',
      `maximum rows (default: ${defaultRows} for people, all with --csv and --json)`,
      count,
    )
    .addOption(new JsonOption('one JSON array', ['value', 'calls']).conflicts('csv'))
    .option('--csv', spreadsheet)
    .option('--show-numbers', showsNumbers);
  return withRedisOption(command).action((kind: Kind, options: TopOptions, self: Command) =>
    run(self, () =>
      withRecords(options.redis, async ({ records }) => {
        const range = timeRange(options);
        const limit = options.limit ?? (options.json || options.csv ? everyRow : defaultRows);
        const { top, all, others } =
          kind === 'callers'
            ? await topCallers(records, range, limit)
            : await byCount(records, kind, range, limit);
        const numbers = new PrintedNumbers(options.showNumbers ?? false, `top ${kind}`);
        // An exchange is the prefix of many numbers, not of one person's.
        const shown = (value: string) => (kind === 'callers' ? numbers.view.show(value) : value);
        const rows = top.map(({ value, calls }) => ({ value: shown(value), calls }));
        await numbers.print(text(kind, rows, all, others, options));
      }),
    ),
  );
}

interface Row {
  readonly value: string;
  readonly calls: number;
}

function text(
  kind: Kind,
  rows: readonly Row[],
  all: number,
  others: number,
  { json, csv }: TopOptions,
): string {
  if (json) return `${visibleJson(picked(rows, json))}\n`;
  if (!csv) return topText(kind, rows, all, others, screenOf());
  const isNumber = kind === 'callers' || kind === 'exchanges';
  const lines = rows.map(({ value, calls }) => csvLine([isNumber ? csvNumber(value) : value, calls]));
  return [csvLine([kind.slice(0, -1), 'calls']), ...lines].join('');
}

interface Top {
  readonly top: readonly Row[];
  /** All calls in the range, also those of rows that are not shown. */
  readonly all: number;
  /** Rows that are not shown, as far as it is known. */
  readonly others: number;
}

async function byCount(
  records: CallRecords,
  kind: keyof typeof dimensions,
  range: CallRange,
  limit: number,
): Promise<Top> {
  const counted = await records.counts(dimensions[kind], range);
  const all = counted.reduce((sum, { calls }) => sum + calls, 0);
  return { top: counted.slice(0, limit), all, others: Math.max(0, counted.length - limit) };
}

async function topCallers(records: CallRecords, range: CallRange, limit: number): Promise<Top> {
  const { calls: all, all: values } = await records.topCallers(range, 1);
  const found: { readonly value: string; readonly calls: number }[] = [];
  // In batches: one answer of all callers may be too long.
  for await (const callers of everyCaller(records, range)) {
    found.push(...callers.map(({ caller, calls }) => ({ value: caller, calls })));
    // Those with the most calls came first.
    if (limit <= found.length && found.length === callers.length) break;
  }
  const top = mostFirst(found, ({ value }) => value).slice(0, limit);
  return { top, all, others: values - top.length };
}
