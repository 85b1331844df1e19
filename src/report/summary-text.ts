import { DateTime } from 'luxon';
import { bar } from './bar.ts';
import type { CallTotals, MonitoredCounts, ReportSummary } from './call-records.ts';
import { harmless } from './harmless.ts';

const columns: readonly [heading: string, key: keyof CallTotals][] = [
  ['calls', 'calls'],
  ['connected', 'connected'],
  ['passed', 'passed'],
  ['failed', 'failed'],
  ['silent', 'silent'],
  ['gave up', 'gaveUp'],
  ['voicemail', 'voicemail'],
  ['rejected', 'rejected'],
  ['abandoned', 'abandoned'],
  ['bypassed', 'bypassed'],
  ['unaccounted', 'unaccounted'],
];

const barWidth = 24;

/**
 * The summary as tables for a terminal, in local time; `showNumber` masks called numbers or not. `bars` puts the calls of
 * each row beside it as a bar.
 */
export function summaryText(
  report: ReportSummary,
  showNumber: (called: string) => string,
  bars = false,
): string {
  const { totals } = report;
  const lines = [`Calls from ${time(report.since)} to ${time(report.until)}`, ''];
  if (totals.calls === 0) return `${lines[0]}: none\n`;
  lines.push(...table('', [['all', totals]]));
  lines.push(
    '',
    ...table(
      'rule',
      report.byRule.map((row) => [row.rule ?? '(not decided)', row]),
      bars,
    ),
  );
  const called = report.byCalledNumber.map(
    (row): Row => [row.called === null ? '(not a public number)' : showNumber(row.called), row],
  );
  lines.push('', ...table('called number', called, bars));
  lines.push(
    '',
    ...table(
      'hour',
      report.byHour.map((row) => [time(row.hour), row]),
      bars,
    ),
  );
  if (report.byBypassReason.length > 0) {
    lines.push('', 'Went round the screener, by reason');
    for (const { reason, calls } of report.byBypassReason)
      lines.push(`${String(calls).padStart(8)}  ${harmless(reason)}`);
  }
  if (report.monitored.length > 0) lines.push('', ...monitoredTable(report.monitored));
  return `${lines.join('\n')}\n`;
}

/** What monitor rules would have done, had they been in force. */
function monitoredTable(rows: readonly MonitoredCounts[]): string[] {
  const kinds = ['calls', 'connect', 'challenge', 'voicemail', 'reject'] as const;
  const heading = 'monitored only: would have';
  const names = rows.map(({ rule }) => harmless(rule));
  const width = Math.max(heading.length, ...names.map((name) => name.length));
  const head = [heading.padEnd(width), ...kinds].join('  ');
  const body = rows.map((row, at) =>
    [(names[at] ?? '').padEnd(width), ...kinds.map((kind) => String(row[kind]).padStart(kind.length))].join(
      '  ',
    ),
  );
  return [head, '-'.repeat(head.length), ...body];
}

type Row = [name: string, totals: CallTotals];

function table(heading: string, rows: readonly Row[], bars = false): string[] {
  const most = Math.max(...rows.map(([, { calls }]) => calls));
  const names = rows.map(([name]) => harmless(name));
  const width = Math.max(heading.length, ...names.map((name) => name.length));
  const head = [heading.padEnd(width), ...columns.map(([title]) => title)].join('  ');
  const body = rows.map(([, totals], at) => {
    const cells = columns.map(([title, key]) => String(totals[key]).padStart(title.length));
    const drawn = bars ? [bar(totals.calls, most, barWidth)] : [];
    return [(names[at] ?? '').padEnd(width), ...cells, ...drawn].join('  ').trimEnd();
  });
  return [head, '-'.repeat(head.length), ...body];
}

function time(at: number): string {
  return DateTime.fromMillis(at).toFormat('yyyy-MM-dd HH:mm');
}
