import { Settings } from 'luxon';
import type { Log } from '../log/log.ts';
import { writeLocalZone } from '../process/local-zone.ts';
import type { LivePolicy } from '../rules/live-policy.ts';

/**
 * Local time on pages, in notices and in the times that people type is that of the rules' `time-zone`, from each reload on; without one
 * that of the machine. One process belongs to one organization, so it is set for all of luxon. Commands read it from `data`.
 */
export function keepLocalTime(policy: LivePolicy, data: string, log: Pick<Log, 'warn'>): void {
  const keep = () => {
    const zone = policy.current().settings.timeZone;
    Settings.defaultZone = zone ?? 'system';
    writeLocalZone(data, zone).catch((error: unknown) =>
      log.warn('The time zone cannot be kept for commands; they use that of the machine', {
        error: String(error),
      }),
    );
  };
  keep();
  policy.onReload(keep);
}
