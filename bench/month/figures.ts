import type { Campaign } from '../../src/campaigns/campaign.ts';
import type { PlayedCall } from './played-call.ts';
import { type GroupId, groupIds, groups } from './truth.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

export interface GroupFigures {
  readonly calls: number;
  readonly people: number;
  readonly asked: number;
  readonly person: number;
  readonly mailbox: number;
  readonly hungUp: number;
  /** Hung up after hearing that our number was forged. */
  readonly told: number;
  readonly turnedAway: number;
  readonly inCampaign: number;
}

export interface FoundCampaign {
  readonly name: string;
  readonly reason: string;
  /** The group that most of its calls are of; null: it has none. */
  readonly of: GroupId | null;
  readonly calls: number;
  readonly genuineCalls: number;
  /** Epoch ms. */
  readonly recognizedAt: number;
  readonly returns: number;
}

/** Campaigns whose calls are mostly genuine. */
export function wrongCampaigns({ found }: MonthFigures): readonly FoundCampaign[] {
  return found.filter(({ of }) => of !== null && groups[of].nature === 'genuine');
}

/** Of a month; shares are of calls, from 0 to 1; null: there was nothing to take a share of. */
export interface MonthFigures {
  readonly seed: number;
  readonly calls: number;
  /** Robots' calls that a person answered. */
  readonly unwantedReachedPersonShare: number | null;
  /** The same of the call center with human agents. */
  readonly humanCenterReachedShare: number | null;
  /** Genuine calls that ended without a person or a mailbox though the caller stayed. */
  readonly genuineStranded: number;
  /** Genuine callers who hung up while being asked and reached nobody in the whole month. */
  readonly genuineGaveUp: number;
  readonly genuineChallengedShare: number | null;
  readonly genuineToMailboxShare: number | null;
  /** Calls of unwanted organizations that were told to belong together with their like, those before the recognition too. */
  readonly campaignRecall: number | null;
  /** The same, known when the call came. */
  readonly campaignRecallOnArrival: number | null;
  readonly genuineInCampaignShare: number | null;
  /** From the first call of such an organization in the month until a campaign of it is recognized; null: never. */
  readonly minutesToRecognition: Readonly<Record<string, number | null>>;
  /** Calls that a rule on trial would have decided. */
  readonly onTrial: Readonly<Record<string, { readonly genuine: number; readonly unwanted: number }>>;
  /** Every campaign that was recognized. */
  readonly found: readonly FoundCampaign[];
  readonly callsWithoutHistory: number;
  /** For how long the board was at a level, or a number had a call-back surge. */
  readonly minutesAt: Readonly<Record<string, number>>;
  readonly groups: Readonly<Record<GroupId, GroupFigures>>;
  /** Unwanted calls of each day, and those that reached a person. */
  readonly byDay: readonly {
    readonly unwanted: number;
    readonly reached: number;
    readonly genuine: number;
  }[];
  /** Minutes of the attack day and of the clinic opening: calls, and how many of them reached a person. */
  readonly floods: Readonly<
    Record<'attack-day' | 'clinic-opening', readonly { readonly calls: number; readonly person: number }[]>
  >;
}

export interface Month {
  readonly seed: number;
  readonly played: readonly PlayedCall[];
  /** All that were recognized in it. */
  readonly campaigns: readonly Campaign[];
  /** Epoch ms of its first day. */
  readonly begin: number;
  readonly minutesAt: Readonly<Record<string, number>>;
}

export function figuresOf({ seed, played, campaigns, begin, minutesAt }: Month): MonthFigures {
  const natured = (nature: string) => played.filter(({ group }) => groups[group].nature === nature);
  const [genuine, robots] = [natured('genuine'), natured('robot')];
  const organized = played.filter(({ group }) => groups[group].isOrganized);
  const ownerOf = owners(played);
  const isRight = ({ group, campaign }: PlayedCall) => campaign !== null && ownerOf.get(campaign) === group;
  const human = played.filter(({ group }) => group === 'it-support');
  const count = <T>(all: readonly T[], is: (one: T) => boolean) => all.filter(is).length;
  const share = (part: number, all: readonly unknown[]) => (all.length === 0 ? null : part / all.length);
  const reached = ({ endedAt }: PlayedCall) => endedAt === 'person';
  const unwanted = [...robots, ...natured('human')];
  return {
    seed,
    calls: played.length,
    unwantedReachedPersonShare: share(count(robots, reached), robots),
    humanCenterReachedShare: share(count(human, reached), human),
    genuineStranded: count(genuine, ({ endedAt }) => endedAt === 'turned-away'),
    genuineGaveUp: gaveUp(genuine),
    genuineChallengedShare: share(
      count(genuine, ({ asked }) => asked !== null),
      genuine,
    ),
    genuineToMailboxShare: share(
      count(genuine, ({ endedAt }) => endedAt === 'mailbox'),
      genuine,
    ),
    campaignRecall: share(count(organized, isRight), organized),
    campaignRecallOnArrival: share(
      count(organized, (one) => isRight(one) && one.knownOnArrival),
      organized,
    ),
    genuineInCampaignShare: share(
      count(genuine, ({ campaign }) => campaign !== null),
      genuine,
    ),
    minutesToRecognition: recognition(played, campaigns, ownerOf),
    onTrial: onTrial(genuine, unwanted),
    found: campaigns.map(({ id, name, reason, recognizedAt, returns }) => {
      const members = played.filter(({ campaign }) => campaign === id);
      const genuineCalls = count(members, ({ group }) => groups[group].nature === 'genuine');
      const of = ownerOf.get(id) ?? null;
      return { name, reason, of, calls: members.length, genuineCalls, recognizedAt, returns };
    }),
    minutesAt,
    callsWithoutHistory: count(played, ({ isBlind }) => isBlind),
    groups: Object.fromEntries(
      groupIds.map((id) => [id, groupFigures(played.filter(({ group }) => group === id))]),
    ) as Record<GroupId, GroupFigures>,
    byDay: Array.from({ length: 30 }, (_, day) => {
      const isThatDay = ({ at }: PlayedCall) => Math.floor((at - begin) / dayMs) === day;
      const these = unwanted.filter(isThatDay);
      return { unwanted: these.length, reached: count(these, reached), genuine: count(genuine, isThatDay) };
    }),
    floods: { 'attack-day': flood(played, 'attack-day'), 'clinic-opening': flood(played, 'clinic-opening') },
  };
}

/** The group that most calls of a campaign are of. */
function owners(played: readonly PlayedCall[]): ReadonlyMap<string, GroupId> {
  const counts = new Map<string, Map<GroupId, number>>();
  for (const { campaign, group } of played) {
    if (campaign === null) continue;
    const of = counts.get(campaign) ?? new Map<GroupId, number>();
    of.set(group, (of.get(group) ?? 0) + 1);
    counts.set(campaign, of);
  }
  return new Map(
    [...counts].flatMap(([id, of]) => {
      const most = [...of].sort(([, a], [, b]) => b - a)[0];
      return most === undefined ? [] : [[id, most[0]] as const];
    }),
  );
}

function recognition(
  played: readonly PlayedCall[],
  campaigns: readonly Campaign[],
  ownerOf: ReadonlyMap<string, GroupId>,
): Record<string, number | null> {
  return Object.fromEntries(
    groupIds.flatMap((id) => {
      const first = played.find(({ group }) => group === id);
      if (!groups[id].isOrganized || first === undefined) return [];
      const own = campaigns.filter((one) => ownerOf.get(one.id) === id);
      const at = Math.min(...own.map(({ recognizedAt }) => recognizedAt));
      return [[id, own.length === 0 ? null : Math.round(Math.max(0, at - first.at) / minuteMs)]];
    }),
  );
}

function onTrial(genuine: readonly PlayedCall[], unwanted: readonly PlayedCall[]): MonthFigures['onTrial'] {
  const rules = new Set([...genuine, ...unwanted].flatMap((call) => call.onTrial));
  const of = (calls: readonly PlayedCall[], rule: string) =>
    calls.filter((call) => call.onTrial.includes(rule)).length;
  return Object.fromEntries(
    [...rules].map((rule) => [rule, { genuine: of(genuine, rule), unwanted: of(unwanted, rule) }]),
  );
}

function gaveUp(genuine: readonly PlayedCall[]): number {
  const gotThrough = new Map<string, boolean>();
  for (const { who, endedAt } of genuine)
    gotThrough.set(who, gotThrough.get(who) === true || endedAt !== 'hung-up');
  return [...gotThrough.values()].filter((one) => !one).length;
}

function groupFigures(calls: readonly PlayedCall[]): GroupFigures {
  const ended = (at: PlayedCall['endedAt']) => calls.filter(({ endedAt }) => endedAt === at).length;
  return {
    calls: calls.length,
    people: new Set(calls.map(({ who }) => who)).size,
    asked: calls.filter(({ asked }) => asked !== null).length,
    person: ended('person'),
    mailbox: ended('mailbox'),
    hungUp: ended('hung-up'),
    told: ended('told'),
    turnedAway: ended('turned-away'),
    inCampaign: calls.filter(({ campaign }) => campaign !== null).length,
  };
}

/** By five minutes, from its first call on, three hours. */
function flood(played: readonly PlayedCall[], of: GroupId): readonly { calls: number; person: number }[] {
  const calls = played.filter(({ group }) => group === of);
  const from = calls[0]?.at ?? 0;
  return Array.from({ length: 36 }, (_, at) => {
    const these = calls.filter((call) => Math.floor((call.at - from) / (5 * minuteMs)) === at);
    return { calls: these.length, person: these.filter(({ endedAt }) => endedAt === 'person').length };
  });
}
