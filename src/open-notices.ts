import { systemClock } from './ari/system-clock.ts';
import type { Settings } from './config/settings.ts';
import type { Log } from './log/log.ts';
import type { DigestSource } from './notices/digest.ts';
import { Notices } from './notices/notices.ts';
import { openChannels } from './notices/open-channels.ts';
import type { LivePolicy } from './rules/live-policy.ts';

/** Notices about this process, to whoever the settings name; not started yet. */
export function openNotices(parts: {
  readonly settings: Settings;
  readonly policy: LivePolicy;
  readonly backlog: () => number;
  readonly digest: DigestSource;
  readonly log: Log;
}): Notices {
  const { settings, policy, backlog, digest, log } = parts;
  const { notices, node } = settings;
  const policyRefused = () =>
    policy.status().refused?.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`) ?? null;
  const sources = { policyRefused, backlog, digest };
  return new Notices({ ...notices, node, channels: openChannels(notices), sources, clock: systemClock, log });
}
