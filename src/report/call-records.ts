/** The port of the records; it stands where the adapter may import it too. */
export type {
  CallFilter,
  CallPage,
  CallRecord,
  CallRecords,
  CountDimension,
  CountRow,
  TopCallers,
} from '../screening/call-records.ts';
export type { AfterExit } from '../screening/ports.ts';
export type { CallTotals, MonitoredCounts, ReportSummary } from '../screening/report-summary.ts';
