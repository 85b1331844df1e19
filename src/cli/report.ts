import { Command, Option } from 'commander';
import { maskNumber } from '../log/mask-number.ts';
import type { ReportSummary } from '../report/call-records.ts';
import { harmlessJson } from '../report/harmless.ts';
import { summaryCsv } from '../report/summary-csv.ts';
import { summaryText } from '../report/summary-text.ts';
import {
  guarded,
  type RangeOptions,
  timeRange,
  withRangeOptions,
  withRecords,
  withRedisOption,
  written,
} from './records-command.ts';

interface ReportOptions extends RangeOptions {
  readonly json?: true;
  readonly csv?: true;
  readonly showNumbers?: true;
  readonly redis?: string;
}

/** `gatehouse report`: what became of the calls of a time range. Exit code 1 with one line on stderr when it cannot. */
export function reportCommand(): Command {
  const command = new Command('report').description('show what became of the calls');
  withRangeOptions(command, '24h')
    .addOption(new Option('--json', 'print one JSON object').conflicts('csv'))
    .option('--csv', 'for spreadsheets; numbers as tel:+…, nothing in it is run')
    .option('--show-numbers', 'do not mask called numbers');
  return withRedisOption(command).action((options: ReportOptions, self: Command) =>
    guarded(self, async () => {
      const range = timeRange(options);
      const found = await withRecords(options.redis, ({ records }) => records.summary(range));
      // Called numbers are our own: no look at a person.
      const shown = (called: string) => (options.showNumbers ? called : maskNumber(called));
      await written(text(found, shown, options));
    }),
  );
}

function text(found: ReportSummary, shown: (called: string) => string, { json, csv }: ReportOptions): string {
  if (json) return `${harmlessJson(withNumbers(found, shown))}\n`;
  return csv ? summaryCsv(found, shown) : summaryText(found, shown, process.stdout.isTTY === true);
}

function withNumbers(report: ReportSummary, shown: (called: string) => string): ReportSummary {
  const byCalledNumber = report.byCalledNumber.map((row) => ({
    ...row,
    called: row.called === null ? null : shown(row.called),
  }));
  return { ...report, byCalledNumber };
}
