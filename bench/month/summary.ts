import { type MonthFigures, wrongCampaigns } from './figures.ts';
import { type GroupId, groups } from './truth.ts';

/** Names of the figures that are one number, and which end is the worse one. */
const worse = {
  unwantedReachedPersonShare: 'high',
  humanCenterReachedShare: 'high',
  genuineStranded: 'high',
  genuineGaveUp: 'high',
  genuineChallengedShare: 'high',
  genuineToMailboxShare: 'high',
  campaignRecall: 'low',
  campaignRecallOnArrival: 'low',
  genuineInCampaignShare: 'high',
} as const satisfies Partial<Record<keyof MonthFigures, 'high' | 'low'>>;
type FigureName = keyof typeof worse;
export const figureNames = Object.keys(worse) as readonly FigureName[];

type Figures = Readonly<Record<FigureName, number | null>> & {
  readonly minutesToRecognition: Readonly<Record<string, number | null>>;
};

/** Medians over the months; with several also the worst of each. */
export interface Summary extends Figures {
  readonly seeds: readonly number[];
  readonly calls: number;
  readonly campaigns: number;
  /** Groups of genuine callers that a campaign was made of, in any month. */
  readonly wrongCampaigns: readonly GroupId[];
  readonly worst?: Figures;
}

export function summaryOf(months: readonly MonthFigures[]): Summary {
  const at = (take: (values: readonly (number | null)[]) => number | null): Figures => ({
    ...(Object.fromEntries(
      figureNames.map((name) => [name, rounded(take(months.map((month) => month[name])))]),
    ) as Record<FigureName, number | null>),
    minutesToRecognition: Object.fromEntries(
      Object.keys(months[0]?.minutesToRecognition ?? {}).map((id) => [
        id,
        take(months.map((month) => month.minutesToRecognition[id] ?? null)),
      ]),
    ),
  });
  const worst = {
    ...at(highest),
    ...(Object.fromEntries(
      figureNames.map((name) => [
        name,
        rounded((worse[name] === 'high' ? highest : lowest)(months.map((month) => month[name]))),
      ]),
    ) as Record<FigureName, number | null>),
  };
  return {
    ...at(median),
    seeds: months.map(({ seed }) => seed),
    calls: median(months.map(({ calls }) => calls)) ?? 0,
    campaigns: median(months.map(({ found }) => found.length)) ?? 0,
    wrongCampaigns: [
      ...new Set(months.flatMap((month) => wrongCampaigns(month).flatMap(({ of }) => of ?? []))),
    ],
    ...(months.length > 1 && { worst }),
  };
}

/** Null, which is "never", is the highest. */
function sorted(values: readonly (number | null)[]): (number | null)[] {
  return values.toSorted((a, b) => (a ?? Infinity) - (b ?? Infinity));
}

function median(values: readonly (number | null)[]): number | null {
  return sorted(values)[Math.floor((values.length - 1) / 2)] ?? null;
}

function highest(values: readonly (number | null)[]): number | null {
  return sorted(values).at(-1) ?? null;
}

function lowest(values: readonly (number | null)[]): number | null {
  return sorted(values)[0] ?? null;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(4));
}

/** Every group of one month, for people. */
export function tableOf({ groups: found }: MonthFigures): string {
  const head = ['', 'calls', 'asked', 'person', 'mailbox', 'hung up', 'turned away', 'in campaign'];
  const rows = Object.entries(found).map(([id, one]) => [
    `${id} (${groups[id as GroupId].nature})`,
    ...[one.calls, one.asked, one.person, one.mailbox, one.hungUp, one.turnedAway, one.inCampaign].map(
      String,
    ),
  ]);
  const width = (at: number) => Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0));
  const line = (row: readonly string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(width(at)) : cell.padStart(width(at)))).join('  ');
  return [head, ...rows].map(line).join('\n');
}
