import type { CallTotals, ReportSummary } from './call-records.ts';
import { csvLine, csvNumber } from './csv.ts';

const totals = [
  'calls',
  'connected',
  'challenged',
  'passed',
  'failed',
  'silent',
  'gaveUp',
  'voicemail',
  'rejected',
  'abandoned',
  'bypassed',
  'unaccounted',
] as const satisfies readonly (keyof CallTotals)[];

/** The summary as one csv table: `by` says what `value` is (all, rule, called, hour in UTC, bypass). */
export function summaryCsv(report: ReportSummary, showNumber: (called: string) => string): string {
  const row = (by: string, value: string | null, counted: CallTotals) =>
    csvLine([by, value, ...totals.map((key) => counted[key])]);
  return [
    csvLine(['by', 'value', ...totals.map((key) => (key === 'gaveUp' ? 'gave_up' : key))]),
    row('all', null, report.totals),
    ...report.byRule.map((each) => row('rule', each.rule, each)),
    ...report.byCalledNumber.map((each) =>
      row('called', csvNumber(each.called === null ? null : showNumber(each.called)), each),
    ),
    ...report.byHour.map((each) => row('hour', new Date(each.hour).toISOString(), each)),
    ...report.byBypassReason.map(({ reason, calls }) => csvLine(['bypass', reason, calls])),
  ].join('');
}
