import { join } from 'node:path';
import { AriFollower } from './ari/ari-follower.ts';
import { AriLink } from './ari/ari-link.ts';
import { systemClock } from './ari/system-clock.ts';
import type { Settings } from './config/settings.ts';
import { ListLibrary } from './lists/list-library.ts';
import type { Log } from './log/log.ts';
import { ObservedOutcomes } from './observed-outcomes.ts';
import { openNotices } from './open-notices.ts';
import { decide } from './policy/decide.ts';
import type { CallFacts } from './policy/facts.ts';
import type { Policy } from './policy/policy.ts';
import type { Decision } from './policy/verdict.ts';
import { PolicyPromptMedia } from './prompts/policy-prompt-media.ts';
import { BypassNotes } from './records/bypass-notes.ts';
import { callerNames } from './records/caller-names.ts';
import { DialledNotes } from './records/dialled-notes.ts';
import { Outbox } from './records/outbox.ts';
import { OutboxDrain } from './records/outbox-drain.ts';
import { Reconciler } from './records/reconcile.ts';
import { RedisCallRecords } from './records/redis-call-records.ts';
import { RedisCallStore } from './records/redis-call-store.ts';
import { RedisCallerFlags } from './records/redis-caller-flags.ts';
import { RedisCallerHistory } from './records/redis-caller-history.ts';
import { connectRedis } from './records/redis-connection.ts';
import { RedisWatch } from './records/redis-dangers.ts';
import { RedisDialledNumbers } from './records/redis-dialled-numbers.ts';
import { HttpServer, type ServedRoute } from './report/http-server.ts';
import { addMachineRoutes } from './report/machines/machine-routes.ts';
import { Metrics } from './report/machines/metrics.ts';
import { reportPages } from './report-pages.ts';
import { LivePolicy } from './rules/live-policy.ts';
import { AfterExits } from './screening/after-exit.ts';
import { Screener } from './screening/screener.ts';
import { secureRandom } from './secure-random.ts';

export interface GatehouseOptions {
  readonly settings: Settings;
  readonly log: Log;
  /** In place of the policy's own decision; the fault runs throw from here. */
  readonly decide?: (facts: CallFacts, policy: Policy) => Decision;
}

/** The running application. */
export interface Gatehouse {
  /** Resolves when another process took over the Stasis app; then there is nothing left to do but to stop. */
  readonly replaced: Promise<void>;
  /** Reads the rule files again; broken ones leave the policy in force. Never rejects. */
  reload(): Promise<unknown>;
  /** Everything that its HTTP server answers. */
  routes(): readonly ServedRoute[];
  /** Lets calls finish for the drain time, releases the rest, sends what is in the outbox, and closes everything. */
  stop(): Promise<void>;
}

/**
 * Builds every real adapter and joins them; resolves when the first call can come.
 * @throws RulesRefused when the rule files are broken
 * @throws AriPreflightError when Asterisk refuses us
 */
export async function startGatehouse(options: GatehouseOptions): Promise<Gatehouse> {
  const { settings, log } = options;
  const { node } = settings;
  const lists = new ListLibrary({ dir: join(settings.data, 'lists'), serving: true, log });
  const policy = await LivePolicy.open(settings.rules, { lists, log });
  const names = callerNames(settings.pseudonymKey);
  const outbox = new Outbox({ path: join(settings.data, 'outbox.sqlite'), names, log });
  const outcomes = new ObservedOutcomes(
    outbox,
    [(outcome) => metrics.count(outcome), (outcome) => notices.saw(outcome)],
    log,
  );
  // Three connections, so that neither a backlog being sent nor a report delays a caller's history.
  const redis = connectRedis(settings.redisUrl, log, { name: 'gatehouse-records' });
  const historyRedis = connectRedis(settings.redisUrl, log, { name: 'gatehouse-history' });
  const reportRedis = connectRedis(settings.redisUrl, log, { name: 'gatehouse-report' });
  const records = new RedisCallRecords(reportRedis, names);
  const redisWatch = new RedisWatch(redis, log);
  const store = new RedisCallStore(redis, settings.retentionDays * 86_400_000);
  const drain = new OutboxDrain({ outbox, store, log });
  const decideNow = options.decide ?? decide;
  const ari = {
    url: settings.ari.url,
    username: settings.ari.user,
    password: settings.ari.password,
    app: settings.app,
    node,
    requestTimeoutMs: settings.ari.timeoutMs,
    log,
  };
  const follower = new AriFollower(ari);
  const afterExits = new AfterExits({
    outcomes,
    afterExits: outbox,
    follower,
    clock: systemClock,
    log,
  });
  const screener = new Screener({
    decide: (facts) => decideNow(facts, policy.current()),
    history: new RedisCallerHistory(historyRedis, names),
    outcomes: afterExits,
    promptMedia: new PolicyPromptMedia(settings.promptMedia, () => policy.current().prompts),
    clock: systemClock,
    log,
    random: secureRandom,
    historyDeadlineMs: settings.historyDeadlineMs,
  });
  const { defaultRegion } = policy.current().settings;
  const notes = new BypassNotes({ dir: settings.spool, node, defaultRegion, outcomes, log });
  const dialledNotes = new DialledNotes({
    dir: settings.spool,
    forMs: settings.dialledForMs,
    defaultRegion: () => policy.current().settings.defaultRegion,
    numbers: new RedisDialledNumbers(redis, names),
    log,
  });
  const link = new AriLink({ ...ari, defaultRegion });
  const liveCallIds = (): Promise<ReadonlySet<string>> => link.liveCallIds();
  const reconciler = new Reconciler({ outbox: outcomes, notes, liveCallIds, node, clock: systemClock, log });
  const health = () => ({
    ari: link.state(),
    redis: redis.status,
    redisDangers: redisWatch.dangers(),
    policy: policy.status(),
    backlog: outbox.waitingOutcomes(),
    liveCalls: screener.liveCalls().length,
  });
  const notices = openNotices({
    settings,
    policy,
    backlog: () => outbox.waitingOutcomes(),
    digest: records,
    log,
  });
  const metrics = new Metrics({ health, lists: () => lists.status() });
  const pages = reportPages({
    records,
    flags: new RedisCallerFlags(reportRedis, names),
    ...{ node, policy, lists, screener, link, redis, log },
    backlog: () => outbox.waitingOutcomes(),
  });
  const http = new HttpServer({
    ...settings.http,
    records,
    health,
    routes: [pages, (app) => addMachineRoutes(app, metrics)],
    reload: () => policy.reload(),
    access: { ...settings.access, dataDir: settings.data, log },
    trustedProxies: settings.access.trustedProxies,
    log,
  });

  const replaced = new Promise<void>((resolve) => {
    link.onState((state) => {
      if (state === 'connected') reconciler.start();
      if (state !== 'replaced') return;
      screener.abandonAll();
      afterExits.abandonAll();
      resolve();
    });
  });
  link.onCall((call) => screener.accept(afterExits.watch(call)));

  const close = async (): Promise<void> => {
    notices.close();
    reconciler.close();
    notes.close();
    dialledNotes.close();
    policy.close();
    await lists.close();
    await link.stop();
    await follower.stop();
    await drain.flush(flushDeadlineMs);
    await drain.close();
    await http.close();
    outbox.close();
    redisWatch.close();
    redis.disconnect();
    historyRedis.disconnect();
    reportRedis.disconnect();
  };
  try {
    policy.watch();
    drain.start();
    notes.watch();
    dialledNotes.watch();
    await http.listen();
    notices.start();
    await link.start();
    follower.start();
  } catch (error) {
    await close();
    throw error;
  }
  log.info('Gatehouse takes calls', { app: settings.app, node, policyVersion: policy.current().version });
  return {
    replaced,
    reload: () => policy.reload(),
    routes: () => http.routes(),
    async stop() {
      await screener.drain(settings.drainSeconds * 1000);
      await close();
    },
  };
}

/** What is in the outbox by then is sent after the next start. */
const flushDeadlineMs = 3000;
