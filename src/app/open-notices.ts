import { calledName } from '../call/called-name.ts';
import type { Settings } from '../config/settings.ts';
import type { ListLibrary } from '../lists/list-library.ts';
import type { Log } from '../log/log.ts';
import { openChannels } from '../notices/channels/registry.ts';
import type { KeylessTrunks } from '../notices/keyless-trunks.ts';
import { Notices } from '../notices/notices.ts';
import { systemClock } from '../process/clock.ts';
import { monthReport } from '../report/web/month/month-data.ts';
import type { LivePolicy } from '../rules/live-policy.ts';
import type { Month } from '../text/month.ts';
import { campaignRules } from './campaign-rules.ts';
import { quarantinedFeeds } from './component-health.ts';
import { levelsOf } from './level-measures.ts';
import type { OwnCalls } from './open-canary.ts';
import { listsView } from './page-views.ts';
import type { RecordKeeping } from './record-keeping.ts';

/** Notices about this process, to the channels of the settings; not started yet. */
export function openNotices(parts: {
  readonly settings: Settings;
  readonly policy: LivePolicy;
  readonly lists: ListLibrary;
  readonly recordKeeping: RecordKeeping;
  readonly keyless: KeylessTrunks;
  readonly canary: OwnCalls;
  readonly log: Log;
}): Notices {
  const { settings, policy, lists, recordKeeping, keyless, canary, log } = parts;
  const { node } = settings;
  const { channels, timeZone: zone, ...notices } = settings.notices;
  // Unless said otherwise, that of the rules.
  const timeZone = zone === 'local' ? 'default' : zone;
  const listed = listsView(lists, policy);
  const { find } = listed;
  const { outbox, records, pulse } = recordKeeping;
  const pages = {
    ...{ records, lists: listed, log, now: Date.now, impact: recordKeeping.impact },
    campaigns: () => recordKeeping.campaigns.all(),
  };
  const policyRefused = () =>
    policy.status().refused?.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`) ?? null;
  const feedsQuarantined = () => {
    const found = quarantinedFeeds(lists).map(({ list, message }) => `${list}: ${message}`);
    return found.length === 0 ? null : found;
  };
  const redisRefusal = () => {
    const refusal = pulse.refusal();
    return refusal === null ? null : [refusal.message, refusal.remedy];
  };
  const sources = {
    ...{ policyRefused, feedsQuarantined, digest: records },
    redisRefusal,
    calledName: (called: string) => calledName(find(called, clock.now())),
    // Twice is better than not at all.
    isOurs: (occasion: string) => recordKeeping.claim(occasion).catch(() => true),
    keylessTrunks: () => keyless.found(),
    canaryFaults: () => canary.state().faults,
    levels: {
      levels: () => recordKeeping.levels.at(Date.now()),
      rules: () =>
        levelsOf(recordKeeping.levels.at(Date.now()), policy.current()).measures.map(({ rule }) => rule),
      link: settings.access.publicUrl,
    },
    campaigns: {
      campaigns: () => recordKeeping.campaigns.all(),
      rules: () => campaignRules(policy.current()),
      link: settings.access.publicUrl,
    },
    month: {
      report: (month: Month, zone: string) => monthReport(pages, month, zone),
      claimOnce: (occasion: string) => recordKeeping.claimOnce(occasion),
      link: settings.access.publicUrl,
    },
    backlog: () => outbox.waitingOutcomes(),
    outbox: () => outbox.state(),
  };
  const clock = systemClock;
  const context = { timeZone, now: () => clock.now() };
  const dir = settings.data;
  return new Notices({
    ...notices,
    timeZone,
    node,
    dir,
    channels: openChannels(channels, context),
    sources,
    clock,
    log,
  });
}
