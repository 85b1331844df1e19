import { DateTime } from 'luxon';
import { type CallTotals, type ReportSummary, totalNames } from '../call/call-records.ts';
import { calledWords, type NameOf, noNames } from '../call/called-name.ts';
import { count, percent } from '../call/sentences.ts';
import { verdictKinds } from '../call/vocabulary.ts';
import { csvLine, csvNumber } from '../text/csv-lines.ts';
import { visibleText } from '../text/visible-text.ts';
import { fittedTable, type TextColumn, tableLines } from './fitted-table.ts';
import type { Screen } from './screen.ts';

const titles: Partial<Record<keyof CallTotals, string>> = { gaveUp: 'gave up', abandoned: 'hung up' };

/** Without room the results of challenges go first, the rarest results next. */
const goes: Partial<Record<keyof CallTotals, number>> = {
  ...{ calls: 0, connected: 1, bypassed: 2, voicemail: 3, rejected: 4, abandoned: 5, unaccounted: 6 },
  ...{ passed: 10, silent: 11, failed: 12, gaveUp: 13 },
};
const shownTotals = totalNames.filter((key) => key !== 'challenged');

export interface SummaryOptions {
  /** What one of our numbers is called; null: it has no name. */
  readonly nameOf?: NameOf;
  /** Rows of each table; the others are counted in one line. */
  readonly rows: number;
  readonly screen: Screen;
}

/** The summary as tables for people, in local time. */
export function summaryText(
  report: ReportSummary,
  { nameOf = noNames, rows, screen }: SummaryOptions,
): string {
  const head = screen.paint('bold', `Calls from ${time(report.since)} to ${time(report.until)}`);
  if (report.totals.calls === 0) return `${head}: none\n`;
  const called = ({ called: number }: { readonly called: string | null }) => {
    if (number === null) return '(not a public number)';
    return calledWords(number, nameOf);
  };
  const table = <Row extends CallTotals>(
    title: string,
    all: readonly Row[],
    nameOfRow: (row: Row) => string,
  ) => totalsTable(title, all, nameOfRow, report.totals, { rows, screen });
  const blocks = [
    [head],
    table('', [report.totals], () => 'all'),
    table('rule', report.byRule, ({ rule }) => rule ?? '(not decided)'),
    table('called number', report.byCalledNumber, called),
    totalsTable('hour', report.byHour, ({ hour }) => time(hour), report.totals, {
      rows: Number.POSITIVE_INFINITY,
      screen,
    }),
    bypassLines(report),
    monitoredTable(report, screen),
  ];
  const shown = blocks.filter((lines) => lines.length > 0);
  return `${shown.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The summary as one csv table: `by` says what `value` is (all, rule, called, hour in UTC, bypass), `name` what a called number is called. */
export function summaryCsv(report: ReportSummary, nameOf: NameOf = noNames): string {
  const row = (by: string, value: string | null, counted: CallTotals, name: string | null = null) =>
    csvLine([by, value, name, ...totalNames.map((key) => counted[key])]);
  return [
    csvLine(['by', 'value', 'name', ...totalNames.map((key) => (key === 'gaveUp' ? 'gave_up' : key))]),
    row('all', null, report.totals),
    ...report.byRule.map((each) => row('rule', each.rule, each)),
    ...report.byCalledNumber.map((each) =>
      row('called', csvNumber(each.called), each, each.called === null ? null : nameOf(each.called)),
    ),
    ...report.byHour.map((each) => row('hour', new Date(each.hour).toISOString(), each)),
    ...report.byBypassReason.map(({ reason, calls }) => csvLine(['bypass', reason, null, calls])),
  ].join('');
}

/** The values with the most calls as a table for people. `others`: values that are left out. */
export function topText(
  kind: string,
  rows: readonly { readonly value: string; readonly calls: number }[],
  allCalls: number,
  others: number,
  screen: Screen,
): string {
  if (rows.length === 0) return `${kind}: none\n`;
  const most = Math.max(...rows.map(({ calls }) => calls));
  const columns: TextColumn[] = [
    { title: kind, atLeast: 12, goes: 0 },
    { title: 'calls', right: true, goes: 1 },
    { title: 'share', right: true, goes: 2 },
    ...(screen.bars ? [barColumn] : []),
  ];
  const { head, line } = fittedTable(
    columns,
    rows.map(({ value, calls }) => [
      ...[value, count(calls), percent(calls, allCalls)],
      ...(screen.bars ? [bar(calls, most, barWidth)] : []),
    ]),
    screen,
  );
  const lines = rows.map(({ value, calls }) =>
    line([value, count(calls), percent(calls, allCalls), bar(calls, most, barWidth)]),
  );
  return `${[head, ...lines, ...othersLine(others)].join('\n')}\n`;
}

const barWidth = 20;
const barColumn: TextColumn = { title: '', goes: 20, paint: (screen, text) => screen.paint('blue', text) };

function othersLine(others: number): string[] {
  return others > 0 ? [`and ${count(others)} more (--limit, or --csv for all)`] : [];
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of block characters, `width` of them for `most`. Any value above zero is visible. */
export function bar(value: number, most: number, width: number): string {
  if (!(value > 0) || !(most > 0)) return '';
  const parts = Math.max(1, Math.round((Math.min(value, most) / most) * width * 8));
  return '█'.repeat(Math.floor(parts / 8)) + eighths[parts % 8];
}

/** Columns without a call are left out. */
function totalsTable<Row extends CallTotals>(
  heading: string,
  all: readonly Row[],
  nameOf: (row: Row) => string,
  totals: CallTotals,
  { rows, screen }: Pick<SummaryOptions, 'rows' | 'screen'>,
): string[] {
  const used = shownTotals.filter((key) => totals[key] > 0);
  const most = Math.max(...all.map(({ calls }) => calls));
  const columns: TextColumn[] = [
    { title: heading, atLeast: 16, goes: -1 },
    ...used.map((key) => ({ title: titles[key] ?? key, right: true, goes: goes[key] ?? 9 })),
    ...(screen.bars ? [barColumn] : []),
  ];
  const cells = all
    .slice(0, rows)
    .map((row) => [
      nameOf(row),
      ...used.map((key) => count(row[key])),
      ...(screen.bars ? [bar(row.calls, most, barWidth)] : []),
    ]);
  return [...tableLines(columns, cells, screen), ...othersLine(all.length - cells.length)];
}

function bypassLines({ byBypassReason }: ReportSummary): string[] {
  if (byBypassReason.length === 0) return [];
  return [
    'Bypassed screening, by reason',
    ...byBypassReason.map(({ reason, calls }) => `${count(calls).padStart(9)}  ${visibleText(reason)}`),
  ];
}

/** What monitor rules would have done if enforced. */
function monitoredTable({ monitored }: ReportSummary, screen: Screen): string[] {
  if (monitored.length === 0) return [];
  const kinds = ['calls', ...verdictKinds.words] as const;
  return tableLines(
    [
      { title: 'monitored only: would have', atLeast: 16, goes: -1 },
      ...kinds.map((title, goes) => ({ title, right: true, goes })),
    ],
    monitored.map((row) => [row.rule, ...kinds.map((kind) => count(row[kind]))]),
    screen,
  );
}

function time(at: number): string {
  return DateTime.fromMillis(at).toFormat('yyyy-MM-dd HH:mm');
}
