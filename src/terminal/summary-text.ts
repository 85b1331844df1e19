import { DateTime } from 'luxon';
import { type CallTotals, type ReportSummary, totalNames } from '../call/call-records.ts';
import { percent } from '../call/sentences.ts';
import { verdictKinds } from '../call/vocabulary.ts';
import { visibleText } from '../text/visible-text.ts';
import { csvLine, csvNumber } from './csv-lines.ts';

const columns = totalNames
  .filter((key) => key !== 'challenged')
  .map((key): [heading: string, key: keyof CallTotals] => [key === 'gaveUp' ? 'gave up' : key, key]);

/**
 * The summary as tables for a terminal, in local time. `showNumber` masks called numbers or not; `bars` adds a bar to each
 * row.
 */
export function summaryText(
  report: ReportSummary,
  showNumber: (called: string) => string,
  bars = false,
): string {
  const head = `Calls from ${time(report.since)} to ${time(report.until)}`;
  if (report.totals.calls === 0) return `${head}: none\n`;
  const called = ({ called: number }: { readonly called: string | null }) =>
    number === null ? '(not a public number)' : showNumber(number);
  const blocks = [
    [head],
    totalsTable('', [report.totals], () => 'all', false),
    totalsTable('rule', report.byRule, ({ rule }) => rule ?? '(not decided)', bars),
    totalsTable('called number', report.byCalledNumber, called, bars),
    totalsTable('hour', report.byHour, ({ hour }) => time(hour), bars),
    bypassLines(report),
    monitoredTable(report),
  ];
  const shown = blocks.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The summary as one csv table: `by` says what `value` is (all, rule, called, hour in UTC, bypass). */
export function summaryCsv(report: ReportSummary, showNumber: (called: string) => string): string {
  const row = (by: string, value: string | null, counted: CallTotals) =>
    csvLine([by, value, ...totalNames.map((key) => counted[key])]);
  return [
    csvLine(['by', 'value', ...totalNames.map((key) => (key === 'gaveUp' ? 'gave_up' : key))]),
    row('all', null, report.totals),
    ...report.byRule.map((each) => row('rule', each.rule, each)),
    ...report.byCalledNumber.map((each) =>
      row('called', csvNumber(each.called === null ? null : showNumber(each.called)), each),
    ),
    ...report.byHour.map((each) => row('hour', new Date(each.hour).toISOString(), each)),
    ...report.byBypassReason.map(({ reason, calls }) => csvLine(['bypass', reason, calls])),
  ].join('');
}

/** The values with the most calls as a table for a terminal, optionally with bars. */
export function topText(
  kind: string,
  rows: readonly { readonly value: string; readonly calls: number }[],
  allCalls: number,
  bars: boolean,
): string {
  if (rows.length === 0) return `${kind}: none\n`;
  const most = Math.max(...rows.map(({ calls }) => calls));
  const [head = '', , ...lines] = table(
    [kind, '   calls', '  share'],
    rows.map(({ value, calls }) => [value, calls, percent(calls, allCalls), ...barOf(bars, calls, most, 30)]),
  );
  return `${[head, ...lines].join('\n')}\n`;
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of block characters, `width` of them for `most`. Any value above zero is visible. */
export function bar(value: number, most: number, width: number): string {
  if (!(value > 0) || !(most > 0)) return '';
  const parts = Math.max(1, Math.round((Math.min(value, most) / most) * width * 8));
  return '█'.repeat(Math.floor(parts / 8)) + eighths[parts % 8];
}

const barOf = (bars: boolean, calls: number, most: number, width: number) =>
  bars ? [bar(calls, most, width)] : [];

function totalsTable<Row extends CallTotals>(
  heading: string,
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  bars: boolean,
): string[] {
  const most = Math.max(...rows.map(({ calls }) => calls));
  return table(
    [heading, ...columns.map(([title]) => title)],
    rows.map((row) => [
      nameOf(row),
      ...columns.map(([, key]) => row[key]),
      ...barOf(bars, row.calls, most, 24),
    ]),
  );
}

function bypassLines({ byBypassReason }: ReportSummary): string[] {
  if (byBypassReason.length === 0) return [];
  return [
    'Bypassed screening, by reason',
    ...byBypassReason.map(({ reason, calls }) => `${String(calls).padStart(8)}  ${visibleText(reason)}`),
  ];
}

/** What monitor rules would have done if enforced. */
function monitoredTable({ monitored }: ReportSummary): string[] {
  if (monitored.length === 0) return [];
  const kinds = ['calls', ...verdictKinds.words] as const;
  return table(
    ['monitored only: would have', ...kinds],
    monitored.map((row) => [row.rule, ...kinds.map((kind) => row[kind])]),
  );
}

/** Names to the left, numbers to the right under their headings, then what has no heading. */
function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const names = rows.map(([name]) => visibleText(String(name)));
  const [heading = '', ...titles] = headings;
  const width = Math.max(heading.length, ...names.map((name) => name.length));
  const head = [heading.padEnd(width), ...titles].join('  ');
  const body = rows.map(([, ...cells], at) =>
    [
      (names[at] ?? '').padEnd(width),
      ...cells.map((cell, column) => String(cell).padStart(titles[column]?.length ?? 0)),
    ]
      .join('  ')
      .trimEnd(),
  );
  return [head, '-'.repeat(head.length), ...body];
}

function time(at: number): string {
  return DateTime.fromMillis(at).toFormat('yyyy-MM-dd HH:mm');
}
