import { columnChart, stackedBars } from '../calls/chart.ts';
import type { MonthFigures } from './figures.ts';
import { goals, type MonthResult, signalNames } from './month-result.ts';
import { summaryOf } from './summary.ts';
import { groupIds, groups, type Nature } from './truth.ts';

const parts = [
  { name: 'person', color: '#b91c1c' },
  { name: 'mailbox', color: '#d97706' },
  { name: 'hung up', color: '#94a3b8' },
];
const genuineParts = [{ name: 'person', color: '#047857' }, ...parts.slice(1)];

export function groupsPicture(
  title: string,
  { groups: found }: MonthFigures,
  natures: readonly Nature[],
): string {
  const isGenuine = natures.includes('genuine');
  const ids = groupIds.filter((id) => natures.includes(groups[id].nature) && found[id].calls > 0);
  return stackedBars({
    title,
    across: 'of 100 calls',
    parts: isGenuine ? genuineParts : parts,
    bars: ids.map((id) => {
      const { calls, person, mailbox, hungUp, told, turnedAway } = found[id];
      const ends = [person, mailbox, hungUp + told + turnedAway];
      return { name: id, values: ends.map((count) => (count * 100) / calls) };
    }),
    shown: ({ values }) => `${(values[0] ?? 0).toFixed(1)} %`,
  });
}

export function daysPicture({ byDay }: MonthFigures): string {
  return columnChart({
    title: 'Unwanted calls, day by day',
    across: 'day of the month, from a Monday',
    up: 'calls',
    parts: [
      { name: 'reached a person', color: '#b91c1c' },
      { name: 'did not', color: '#94a3b8' },
    ],
    columns: byDay.map(({ unwanted, reached }, day) => ({
      name: `${day + 1}`,
      values: [reached, unwanted - reached],
    })),
    namedEach: 1,
  });
}

export function floodPicture(
  title: string,
  { floods }: MonthFigures,
  of: 'attack-day' | 'clinic-opening',
): string {
  const isGenuine = groups[of].nature === 'genuine';
  return columnChart({
    title,
    across: 'minutes from its first call',
    up: 'calls',
    parts: [
      { name: 'reached a person', color: isGenuine ? '#047857' : '#b91c1c' },
      { name: 'did not', color: '#94a3b8' },
    ],
    columns: floods[of]
      .slice(0, floods[of].findLastIndex(({ calls }) => calls > 0) + 1)
      .map(({ calls, person }, at) => ({
        name: `${at * 5}`,
        values: [person, calls - person],
      })),
    namedEach: 6,
  });
}

export function switchedOffPicture({ months, switchedOff }: MonthResult): string {
  const all = [
    { name: 'all signals', of: summaryOf(months) },
    ...switchedOff.map(({ signal, months: these }) => ({
      name: `no ${signalNames[signal]}`,
      of: summaryOf(these),
    })),
  ];
  return stackedBars({
    title: 'Robots that reached a person, with each signal switched off',
    across: 'of 100 calls of robots',
    parts: [{ name: 'reached', color: '#b91c1c' }],
    bars: all.map(({ name, of }) => ({ name, values: [(of.unwantedReachedPersonShare ?? 0) * 100] })),
    limit: { x: goals.reached * 100, words: 'goal 5' },
  });
}
