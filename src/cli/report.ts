import { Command, Option } from 'commander';
import type { ReportSummary } from '../call/call-records.ts';
import { maskNumber } from '../privacy/mask-number.ts';
import { summaryCsv, summaryText } from '../terminal/summary-text.ts';
import { visibleJson } from '../text/visible-text.ts';
import {
  type RangeOptions,
  spreadsheet,
  timeRange,
  withRangeOptions,
  withRedisOption,
} from './command/options.ts';
import { withRecords } from './command/redis.ts';
import { print, run } from './command/run.ts';

interface ReportOptions extends RangeOptions {
  readonly json?: true;
  readonly csv?: true;
  readonly showNumbers?: true;
  readonly redis?: string;
}

/** `gatehouse report`: the calls of a time range by result, rule, called number and hour. */
export function reportCommand(): Command {
  const command = new Command('report').description(
    'summarize calls by result, rule, called number and hour',
  );
  withRangeOptions(command, '24h')
    .addOption(new Option('--json', 'print one JSON object').conflicts('csv'))
    .option('--csv', spreadsheet)
    .option('--show-numbers', 'do not mask called numbers');
  return withRedisOption(command).action((options: ReportOptions, self: Command) =>
    run(self, async () => {
      const range = timeRange(options);
      const [found, lines] = await withRecords(options.redis, async ({ records, siteLines }) => [
        await records.summary(range),
        options.json || options.csv ? [] : await siteLines(),
      ]);
      // Called numbers are our own, so a view is not audited.
      const shown = (called: string) => (options.showNumbers ? called : maskNumber(called));
      await print([...lines.map((line) => `${line}\n`), text(found, shown, options)].join(''));
    }),
  );
}

function text(found: ReportSummary, shown: (called: string) => string, { json, csv }: ReportOptions): string {
  if (json) return `${visibleJson(withNumbers(found, shown))}\n`;
  return csv ? summaryCsv(found, shown) : summaryText(found, shown, process.stdout.isTTY === true);
}

function withNumbers(report: ReportSummary, shown: (called: string) => string): ReportSummary {
  const byCalledNumber = report.byCalledNumber.map((row) => ({
    ...row,
    called: row.called === null ? null : shown(row.called),
  }));
  return { ...report, byCalledNumber };
}
