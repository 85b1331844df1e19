import { join } from 'node:path';
import { openCallScreening } from './app/call-screening.ts';
import { componentHealth } from './app/component-health.ts';
import { openDialplanNotes } from './app/dialplan-notes.ts';
import { openEntryReaders } from './app/entry-readers.ts';
import { ExposedRules } from './app/exposed-rules.ts';
import { feedCallers } from './app/feed-callers.ts';
import { keepLocalTime } from './app/local-time.ts';
import { openCanary } from './app/open-canary.ts';
import { openEventRecorder } from './app/open-event-recorder.ts';
import { openNotices } from './app/open-notices.ts';
import { openRecordKeeping } from './app/record-keeping.ts';
import { RuleChanges } from './app/rule-changes/rule-changes.ts';
import { OpenSiteWatch } from './app/site-watch/open-site-watch.ts';
import { openWebServer } from './app/web-server.ts';
import { AsteriskClock } from './ari/asterisk-clock.ts';
import type { CallFacts } from './call/facts.ts';
import type { Decision } from './call/verdict.ts';
import type { Settings } from './config/settings.ts';
import { ListLibrary } from './lists/list-library.ts';
import type { Log } from './log/log.ts';
import { KeylessTrunks } from './notices/keyless-trunks.ts';
import { decide } from './policy/decide.ts';
import type { Policy } from './policy/policy.ts';
import { DataDirectory } from './process/data-directory.ts';
import { withDeadline } from './process/deadline.ts';
import type { Health } from './report/api/health.ts';
import { Metrics } from './report/api/metrics.ts';
import type { ServedRoute } from './report/http-server.ts';
import { ListEditor } from './rules/list-edits/list-editor.ts';
import { LivePolicy } from './rules/live-policy.ts';
import { Admission } from './screening/admission.ts';

export interface GatehouseOptions {
  readonly settings: Settings;
  readonly log: Log;
  /** Replaces the policy's own decision; the fault runs throw from here. */
  readonly decide?: (facts: CallFacts, policy: Policy) => Decision;
  /** Called once all parts are built, and again whenever the link to Asterisk changes; while the start waits for Asterisk, too. */
  readonly onState?: (health: () => Health) => void;
}

/** The running application. */
export interface Gatehouse {
  /** Resolves when another process took over the Stasis app: only stopping is left. */
  readonly replaced: Promise<void>;
  /** Reads the rule files again; broken ones leave the policy in force. Never rejects. */
  reload(): Promise<unknown>;
  /** Every route of its HTTP server. */
  routes(): readonly ServedRoute[];
  /** Lets calls finish for the drain time, releases the rest, sends what is in the outbox, and closes everything. */
  stop(): Promise<void>;
}

/**
 * Builds the adapters and joins them; resolves when the first call can come.
 * @throws RulesRefused when the rule files are broken
 * @throws AriPreflightError when Asterisk refuses us
 */
export async function startGatehouse(options: GatehouseOptions): Promise<Gatehouse> {
  const { settings, log, decide: decideNow = decide, onState } = options;
  const lists = new ListLibrary({
    dir: join(settings.data, 'lists'),
    serving: true,
    maxFeedBytes: settings.feedMaxBytes,
    countCallers: feedCallers(settings.redisUrl, log),
    log,
  });
  const accepted = join(settings.data, 'policy', 'accepted');
  const reloads = join(settings.data, 'policy', 'reloads.json');
  const policy = await LivePolicy.open(settings.rules, { lists, accepted, reloads, log });
  keepLocalTime(policy, settings.data, log);
  const data = await DataDirectory.take(settings.data, log);
  const clock = new AsteriskClock();
  const entry = openEntryReaders({ settings, policy, clock, log });
  const { readers } = entry;
  const admission = new Admission({ clock, log });
  const isBusy = () => admission.isShedding;
  const recordKeeping = openRecordKeeping({
    ...{ settings, isBusy, log },
    windows: () => policy.current().windows,
    isOnList: (list, called) => (policy.current().lists.get(list)?.find(called, Date.now()) ?? null) !== null,
  });
  const canary = openCanary({
    ...{ settings, policy, clock, log },
    mayCall: () => screening.link.state() === 'connected' && !admission.isShedding,
  });
  const screening = openCallScreening({
    ...{ settings, policy, readers, recordKeeping, admission, clock, log },
    isCanary: (call) => canary.calls.takes(call),
    decide: (facts) => decideNow(facts, policy.current()),
    ownerId: data.id,
  });
  const notes = openDialplanNotes({
    settings,
    policy,
    readers,
    recordKeeping,
    screening,
    isBusy,
    clock,
    log,
  });
  const keyless = new KeylessTrunks();
  const notices = openNotices({ settings, policy, lists, recordKeeping, keyless, canary, log });
  const journal = join(settings.data, 'lists', 'edits.json');
  const listEditor = new ListEditor({ policy, journal, log });
  const ruleChanges = await RuleChanges.open({
    ...{ policy, accepted, redisUrl: settings.redisUrl, log },
    dir: join(settings.data, 'policy', 'changes'),
    lists: join(settings.data, 'lists'),
  });
  const eventRecorder = openEventRecorder({ settings, policy, recordKeeping, screening, canary });
  const siteWatch = new OpenSiteWatch({ settings, policy, lists, log });
  const exposedRules = new ExposedRules(settings.rules, log);
  const health = componentHealth({
    settings,
    exposedRules,
    keyless,
    canary,
    policy,
    lists,
    recordKeeping,
    screening,
    admission,
    notices,
  });
  const metrics = new Metrics({
    ...{ health, lists: () => lists.status() },
    campaigns: () => recordKeeping.campaigns.all().filter(({ state }) => state === 'active').length,
  });
  const webParts = {
    settings,
    policy,
    lists,
    recordKeeping,
    screening,
    admission,
    canary,
    listEditor,
    ruleChanges,
    health,
    metrics,
    log,
  };
  const http = openWebServer(webParts);
  recordKeeping.outbox.onEnd((outcome) => metrics.count(outcome));
  recordKeeping.outbox.onEnd((outcome) => notices.saw(outcome));
  recordKeeping.outbox.onEnd((outcome) => keyless.saw(outcome));
  recordKeeping.outbox.onEnd((outcome) => canary.saw(outcome));
  recordKeeping.outbox.onEnd((outcome) => eventRecorder.saw(outcome));

  const { link, follower, screener } = screening;
  link.onState(() => onState?.(health));
  onState?.(health);
  const replaced = new Promise<void>((resolve) => {
    link.onState((state) => {
      if (state === 'connected') notes.reconciler.start();
      if (state !== 'replaced') return;
      screening.abandonAll();
      resolve();
    });
  });

  const close = async (): Promise<void> => {
    admission.stop();
    eventRecorder.stop();
    await canary.close();
    exposedRules.close();
    notices.close();
    notes.close();
    listEditor.close();
    ruleChanges.close();
    policy.close();
    await lists.close();
    await link.stop();
    entry.close();
    await follower.stop();
    await recordKeeping.flush();
    await siteWatch.close();
    await http.close();
    recordKeeping.close();
    data.release();
  };
  try {
    policy.watch();
    recordKeeping.start();
    eventRecorder.start();
    siteWatch.start();
    admission.start(() => screener.undecided());
    notes.watch();
    const linked = link.start();
    await settledWithin(linked, webWaitsMs);
    await http.listen();
    notices.start();
    await linked;
    follower.start();
    canary.start();
  } catch (error) {
    await close();
    throw error;
  }
  log.info('Gatehouse takes calls', {
    app: settings.app,
    node: settings.node,
    policyVersion: policy.current().version,
  });
  return {
    replaced,
    reload: () => policy.reload({ by: 'signal' }),
    routes: () => http.routes(),
    async stop() {
      await screener.drain(settings.drainSeconds * 1000);
      await close();
    },
  };
}

/** The link to Asterisk opens its connections before the web can take any; while Asterisk is away the web starts all the same. */
const webWaitsMs = 2000;

/** Resolves when `work` has settled, well or not, or after `ms`. */
async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  const late = () => new Error('late');
  await withDeadline(() => work, ms, late).catch(() => undefined);
}
