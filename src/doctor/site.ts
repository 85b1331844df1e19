import type { CallRecords } from '../call/call-records.ts';
import type { Settings } from '../config/settings.ts';
import type { Policy } from '../policy/policy.ts';
import type { Problem } from '../policy/problem.ts';
import type { AsteriskProbe } from './asterisk-probe.ts';
import type { Finding } from './finding.ts';

/** What the groups look at. What could not be had is null, and the finding that says why is there already. */
export interface Site {
  readonly settings: Settings;
  readonly rules: { readonly policy: Policy | null; readonly problems: readonly Problem[] };
  readonly asterisk: AsteriskProbe | null;
  /** Of the running Gatehouse; null: it is not running. */
  readonly records: CallRecords | null;
  /** The running Gatehouse is to make its own calls now. */
  readonly callCanary: boolean;
  /** Why Asterisk cannot be asked. */
  readonly asteriskProblem: Finding | null;
}
