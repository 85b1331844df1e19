import { setTimeout as sleep } from 'node:timers/promises';
import { callStories, operatorViews, reached } from '../chaos/call-story.ts';
import { callText } from '../chaos/call-text.ts';
import type { CallerGroup, SipView } from '../chaos/caller-group.ts';
import { sharesOf } from '../chaos/caller-kinds.ts';
import { type Judgment, judge } from '../chaos/compare.ts';
import { startGroups } from '../chaos/ring-all.ts';
import { recordsInFull } from '../chaos/run.ts';
import { complaints, summarize } from '../chaos/summary.ts';
import type { Lab } from '../lab.ts';
import { readMessages } from '../sip-messages.ts';
import { sharedHistory } from './shared-history.ts';
import { TwoNodeSite } from './two-node-site.ts';

export interface NodesPlan {
  readonly calls: number;
  /** Calls a second. */
  readonly rate: number;
}

/** When what is killed, ms after the first call. */
const killAsteriskMs = 20_000;
const killRedisMs = 30_000;
const restartAsteriskMs = 40_000;
const seed = 37;

export interface NodesResult {
  /** Callers of the run itself; the calls that prove shared history come before. */
  readonly calls: number;
  /** Reached nobody, or not whom such a caller may reach; calls inside the killed node are not among them. */
  readonly lost: number;
  /** Calls that were in the killed Asterisk in that moment, and ended with it. */
  readonly insideKilledNode: number;
  /** Of those, callers who had already got to a person or a mailbox. */
  readonly insideHadReachedSomebody: number;
  /** Calls that have a record. */
  readonly recorded: number;
  readonly missing: number;
  readonly doubled: number;
  readonly contradicted: number;
  /** Calls that each node took. */
  readonly callsPerNode: readonly number[];
  /** Offered to the killed node first, and taken by the other. */
  readonly failedOver: number;
  readonly longestFailoverWaitSeconds: number;
  readonly bypassed: Readonly<Record<string, number>>;
  readonly waitSecondsMax: number;
  readonly knownWaitSecondsP99: number;
  readonly sharedPasses: boolean;
  readonly sharedWindows: boolean;
  /** `gatehouse report` on either node counts every recorded call of both. */
  readonly sharedReports: boolean;
}

/** @returns what was seen, and what is not as it must be */
export async function runNodes(
  plan: NodesPlan,
  say: (line: string) => void,
): Promise<{ readonly result: NodesResult; readonly complaints: readonly string[] }> {
  const site = await TwoNodeSite.up(say);
  const interrupted = (): void => void site.down().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const shared = await sharedHistory(site, say);
    say(`passes shared: ${shared.passes}; windows shared: ${shared.windows}`);
    const { groups, killedAt } = await ringThroughTheKills(site, plan, say);
    await site.settled();
    return await judgeRun(site, { groups, killedAt, shared }, plan, say);
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await site.down();
  }
}

async function ringThroughTheKills(
  site: TwoNodeSite,
  { calls, rate }: NodesPlan,
  say: (line: string) => void,
) {
  const startedAt = Date.now();
  const at = (ms: number): Promise<void> => sleep(Math.max(0, startedAt + ms - Date.now()));
  const starting = startGroups(
    { sip: site.sip, dir: site.nodes[0].dir },
    sharesOf(calls),
    (calls / rate) * 1000,
    seed,
  );
  await at(killAsteriskMs);
  const killedAt = await site.killAsterisk(0);
  say('Asterisk of node-1 was killed (kill -9)');
  await at(killRedisMs);
  await site.cluster.first.stop();
  say('a Redis master was killed (kill -9)');
  await Promise.all([site.cluster.failedOver(), at(restartAsteriskMs)]);
  await site.startAsterisk(0);
  say('Asterisk of node-1 is back');
  const groups = await starting;
  await Promise.all(groups.map((group) => group.finished()));
  return { groups, killedAt };
}

interface Rung {
  readonly groups: readonly CallerGroup[];
  readonly killedAt: number;
  readonly shared: Awaited<ReturnType<typeof sharedHistory>>;
}

async function judgeRun(
  site: TwoNodeSite,
  { groups, killedAt, shared }: Rung,
  plan: NodesPlan,
  say: (line: string) => void,
) {
  const views = (await Promise.all(groups.map((group) => group.views()))).flat();
  const offered = await site.kamailio.offered();
  const takenBy = (callId: string): number => offered.get(callId)?.at(-1) ?? -1;
  const perNode = await Promise.all(
    site.nodes.map((lab, node) =>
      storiesOf(
        lab,
        views.filter(({ callId }) => takenBy(callId) === node),
      ),
    ),
  );
  const nowhere = callStories(
    views.filter(({ callId }) => takenBy(callId) === -1),
    [],
    [],
  );
  const stories = [...perNode.flat(), ...nowhere];
  const records = await recordsInFull(site.cluster.url, stories.length + shared.calls);
  const isInside = ({ callId, invitedAt, endedAt }: (typeof stories)[number]): boolean =>
    takenBy(callId) === 0 && invitedAt < killedAt && (endedAt ?? Number.POSITIVE_INFINITY) > killedAt;
  const died = [{ from: killedAt, to: killedAt }];
  const judgments = stories.map((story) =>
    judge(story, records.get(story.callId) ?? [], isInside(story) ? died : []),
  );
  for (const one of judgments.filter(({ findings }) => findings.length > 0)) say(callText(one, [], ''));
  const summary = summarize(judgments);
  const inside = stories.filter(isInside);
  const failedOver = judgments.filter(({ story }) => (offered.get(story.callId)?.length ?? 0) > 1);
  const reports = await site.reports();
  const result: NodesResult = {
    calls: summary.calls,
    lost: summary.lost,
    insideKilledNode: inside.length,
    insideHadReachedSomebody: inside.filter((story) => (reached(story)?.at ?? killedAt) < killedAt).length,
    recorded: judgments.filter((one) => one.records.length > 0).length,
    missing: summary.missing,
    doubled: summary.doubled,
    contradicted: summary.contradicted,
    callsPerNode: perNode.map((own) => own.length),
    failedOver: failedOver.length,
    longestFailoverWaitSeconds: longestFirstReply(failedOver),
    bypassed: summary.bypassed,
    waitSecondsMax: summary.waitSecondsMax,
    knownWaitSecondsP99: summary.waitSecondsP99.known ?? 0,
    sharedPasses: shared.passes,
    sharedWindows: shared.windows,
    sharedReports: reports.every(({ totals }) => totals.calls === records.size),
  };
  const notShared = (['sharedPasses', 'sharedWindows', 'sharedReports'] as const).filter(
    (one) => !result[one],
  );
  const rangAll = summary.calls === plan.calls ? [] : [`only ${summary.calls} callers rang`];
  return {
    result,
    complaints: [...complaints(summary), ...notShared.map((one) => `not so: ${one}`), ...rangAll],
  };
}

/** Each node by itself: two Asterisks may give the same unique id. */
async function storiesOf(lab: Lab, views: readonly SipView[]) {
  const phone = operatorViews(await lab.operators.calls(), await readMessages(lab.operators.messagesFile));
  return callStories(views, await lab.arrivals(), phone);
}

/** Seconds until a node had the call; Kamailio itself says 100 at once. */
function longestFirstReply(judgments: readonly Judgment[]): number {
  const waits = judgments.map(
    ({ story }) => (story.ringingAt ?? story.answeredAt ?? story.invitedAt) - story.invitedAt,
  );
  return Math.max(0, ...waits) / 1000;
}
