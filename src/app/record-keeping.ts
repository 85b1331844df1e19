import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { CallFacts } from '../call/facts.ts';
import { Projection } from '../call-store/projection/projection.ts';
import { RedisCallStore } from '../call-store/redis-call-store.ts';
import type { Settings } from '../config/settings.ts';
import { KnownCampaigns } from '../history/known-campaigns.ts';
import { KnownLevels } from '../history/known-levels.ts';
import { RedisLevelsByHand } from '../history/levels-by-hand.ts';
import { RedisCallerActions } from '../history/redis-caller-actions.ts';
import { RedisCallerFlags } from '../history/redis-caller-flags.ts';
import { RedisCallerHistory } from '../history/redis-caller-history.ts';
import { RedisDialedNumbers } from '../history/redis-dialed-numbers.ts';
import { RedisExpectedCalls } from '../history/redis-expected-calls.ts';
import { RedisFollowUps } from '../history/redis-follow-ups.ts';
import { SiteEventLog } from '../history/site-event-log.ts';
import { SiteState } from '../history/site-state.ts';
import type { Log } from '../log/log.ts';
import { KeptCalls } from '../outbox/kept-calls.ts';
import { Outbox } from '../outbox/outbox.ts';
import { OutboxDrain } from '../outbox/outbox-drain.ts';
import { outboxPath } from '../outbox/outbox-path.ts';
import { callerNames } from '../privacy/caller-names.ts';
import { OutageLog } from '../redis/outages.ts';
import { RecentWrites } from '../redis/recent-writes.ts';
import { connectRedis } from '../redis/redis-connection.ts';
import { RedisWatch } from '../redis/redis-dangers.ts';
import { RedisPulse } from '../redis/redis-pulse.ts';
import { claimForSite } from '../redis/site-claim.ts';

/** Anything left in the outbox is sent after the next start. */
const flushDeadlineMs = 3000;

/** A page is shown without it then. */
const pageHistoryMs = 1000;

/** Enough for some thousand calls: a full disk is noticed within the hour. */
const outboxReserveBytes = 8_388_608;

export type RecordKeeping = ReturnType<typeof openRecordKeeping>;

/** The outbox, what empties it into Redis, and what is read back from Redis. Nothing is sent before `start`. */
export function openRecordKeeping(parts: {
  readonly settings: Settings;
  /** True while calls wait for a decision: sending can wait. */
  readonly isBusy: () => boolean;
  /** Lengths of further windows that the rules in force ask for, ms. */
  readonly windows: () => readonly number[];
  /** Whether a called number (E.164) is on a list of the rules in force. */
  readonly isOnList: (list: string, called: string) => boolean;
  readonly log: Log;
}) {
  const { settings, isBusy, windows, isOnList, log } = parts;
  const names = callerNames(settings.pseudonymKey);
  const outbox = new Outbox({
    path: outboxPath(settings.data),
    secondPlace: new KeptCalls(settings.spool, log),
    reserveBytes: outboxReserveBytes,
    ...{ names, log },
  });
  const { redisUrl, pseudonymKey, data } = settings;
  const keptMs = settings.retentionDays * 86_400_000;
  const projection = new Projection({ redisUrl, pseudonymKey, data, keptMs }, log);
  // Three connections, so that neither a backlog nor a report delays a caller's history.
  const recordsRedis = connectRedis(settings.redisUrl, log, { name: 'gatehouse-records' });
  const historyRedis = connectRedis(settings.redisUrl, log, { name: 'gatehouse-history' });
  const reportRedis = connectRedis(settings.redisUrl, log, { name: 'gatehouse-report' });
  const dangers = new RedisWatch(recordsRedis, log);
  const store = new RedisCallStore(recordsRedis, keptMs);
  const drain = new OutboxDrain({ outbox, store, isBusy, log });
  const pulse = new RedisPulse({
    redis: recordsRedis,
    outages: new OutageLog(join(settings.data, 'redis-outages.json'), log),
    waiting: () => outbox.waitingOutcomes(),
    log,
  });
  const site = new SiteState({ redis: reportRedis, file: join(settings.data, 'site.json'), log });
  const levels = new KnownLevels({
    redis: reportRedis,
    file: join(settings.data, 'levels.json'),
    isOn: isOnList,
    log,
  });
  const campaigns = new KnownCampaigns(reportRedis, log);
  const flags = new RedisCallerFlags(reportRedis, names, new RecentWrites(reportRedis));
  const expected = new RedisExpectedCalls(reportRedis, names);
  const shownHistory = new RedisCallerHistory(reportRedis, names, windows);
  const events = new SiteEventLog({ redis: reportRedis, file: join(data, 'events.json'), keptMs, log });
  return {
    outbox,
    site,
    levels,
    levelsByHand: new RedisLevelsByHand(reportRedis),
    campaigns,
    events,
    /** What is true of the whole site when a call comes. Never throws. */
    siteFacts({ now, called }: CallFacts): Pick<CallFacts, 'site'> {
      const found = site.facts(now);
      return found.site === undefined
        ? found
        : { site: { ...found.site, ...levels.facts(now, called.number) } };
    },
    pulse,
    dangers,
    history: new RedisCallerHistory(historyRedis, names, windows),
    dialedNumbers: new RedisDialedNumbers(recordsRedis, names, new RecentWrites(recordsRedis)),
    records: projection.records,
    flags,
    actions: new RedisCallerActions(reportRedis, names, new RecentWrites(reportRedis)),
    /** What staff do for callers who were perhaps harmed. */
    impact: {
      followUps: new RedisFollowUps(reportRedis, keptMs, new RecentWrites(reportRedis)),
      expected: (now: number) => expected.list(now),
    },
    /** For pages. */
    aboutCallers: {
      history: (facts: CallFacts) => shownHistory.read(facts, pageHistoryMs),
      optedOutAt: (caller: string) => flags.optedOutAt(caller),
      expected,
    },
    /** Whether this node does it for the whole site; rejects when Redis cannot say. */
    claim: (what: string) => claimForSite(reportRedis, what, settings.node),
    /** The same, once for all: not for this node either when it was restarted since. */
    claimOnce: (what: string) => claimForSite(reportRedis, what, `${settings.node} ${randomUUID()}`),
    start() {
      drain.start();
      pulse.start();
      projection.start();
      site.start();
      levels.start();
      campaigns.start();
      events.start();
    },
    /** Sends what waits, for some seconds at most. */
    async flush() {
      await drain.flush(flushDeadlineMs);
      await drain.close();
      await events.close();
    },
    close() {
      site.close();
      levels.close();
      campaigns.close();
      projection.close();
      outbox.close();
      dangers.close();
      pulse.close();
      for (const redis of [recordsRedis, historyRedis, reportRedis]) redis.disconnect();
    },
  };
}
