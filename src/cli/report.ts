import { Command, Option } from 'commander';
import type { ReportSummary } from '../call/call-records.ts';
import type { NameOf } from '../call/called-name.ts';
import { screenOf, wrapped } from '../terminal/screen.ts';
import { summaryCsv, summaryText } from '../terminal/summary-text.ts';
import { visibleJson } from '../text/visible-text.ts';
import { calledNames } from './command/called-names.ts';
import { type JsonFields, JsonOption, picked } from './command/json-option.ts';
import {
  count,
  type RangeOptions,
  spreadsheet,
  timeRange,
  withRangeOptions,
  withRedisOption,
} from './command/options.ts';
import { withRecords } from './command/redis.ts';
import { print, run } from './command/run.ts';

interface ReportOptions extends RangeOptions {
  readonly limit: number;
  readonly json?: JsonFields;
  readonly csv?: true;
  readonly redis?: string;
}

const fields: readonly (keyof ReportSummary)[] = [
  ...(['since', 'until', 'totals', 'byRule', 'byBypassReason', 'byCalledNumber', 'byHour'] as const),
  'monitored',
];

/** `gatehouse report`: the calls of a time range by result, rule, called number and hour. */
export function reportCommand(): Command {
  const command = new Command('report').description(
    'summarize calls by result, rule, called number and hour',
  );
  withRangeOptions(command, '24h')
    .option('--limit <rows>', 'rules and called numbers, those with the most calls', count, 20)
    .addOption(new JsonOption('one JSON object, whole', fields).conflicts('csv'))
    .option('--csv', `${spreadsheet}; whole`)
    // Called numbers are our own: they are never masked.
    .addOption(new Option('--show-numbers', 'has no effect any more').hideHelp());
  return withRedisOption(command).action((options: ReportOptions, self: Command) =>
    run(self, async () => {
      const range = timeRange(options);
      const [found, lines] = await withRecords(options.redis, async ({ records, siteLines }) => [
        await records.summary(range),
        options.json || options.csv ? [] : await siteLines(),
      ]);
      const shown = text(found, options, await calledNames());
      await print([...lines.map((line) => `${wrapped(line)}\n`), shown].join(''));
    }),
  );
}

function text(found: ReportSummary, { limit, json, csv }: ReportOptions, nameOf: NameOf): string {
  if (json) return `${visibleJson(picked(withNames(found, nameOf), json))}\n`;
  return csv ? summaryCsv(found, nameOf) : summaryText(found, { rows: limit, screen: screenOf(), nameOf });
}

function withNames(found: ReportSummary, nameOf: NameOf) {
  const byCalledNumber = found.byCalledNumber.map(({ called, ...counted }) => ({
    ...{ called, name: called === null ? null : nameOf(called), ...counted },
  }));
  return { ...found, byCalledNumber };
}
