import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { columnChart, stackedBars } from '../calls/chart.ts';
import { type GroupFigures, type MonthFigures, wrongCampaigns } from './figures.ts';
import type { LabDay } from './lab-day.ts';
import { figureNames, type Summary, summaryOf } from './summary.ts';
import { type GroupId, groupIds, groups, type Nature } from './truth.ts';
import type { Signal } from './watch.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');
const goals = { reached: 0.05, recall: 0.8, genuineInCampaign: 0.005 };

/** All that the page shows. */
export interface MonthResult {
  readonly bench: 'month';
  readonly date: string;
  readonly months: readonly MonthFigures[];
  readonly switchedOff: readonly { readonly signal: Signal; readonly months: readonly MonthFigures[] }[];
  readonly lab: LabDay | null;
}

const parts = [
  { name: 'reached a person', color: '#b91c1c' },
  { name: 'mailbox', color: '#d97706' },
  { name: 'hung up', color: '#94a3b8' },
];
const genuineParts = [{ ...parts[0], name: 'reached a person', color: '#047857' }, ...parts.slice(1)];
const signalNames: Readonly<Record<Signal, string>> = {
  verification: 'signatures',
  history: 'caller history',
  campaigns: 'campaigns',
  levels: 'attack levels',
};

/** Writes docs/effectiveness.md, its pictures and the figures they are made of. */
export async function writeEffectivenessPage(result: MonthResult): Promise<void> {
  const dir = join(docs, 'effectiveness');
  await mkdir(dir, { recursive: true });
  const first = firstOf(result);
  await writeFile(
    join(dir, 'unwanted.svg'),
    groupsPicture('Where unwanted calls ended', first, ['robot', 'human']),
  );
  await writeFile(join(dir, 'genuine.svg'), groupsPicture('Where genuine calls ended', first, ['genuine']));
  await writeFile(join(dir, 'days.svg'), daysPicture(first));
  await writeFile(join(dir, 'attack.svg'), floodPicture('The attack, by five minutes', first, 'attack-day'));
  await writeFile(
    join(dir, 'clinic.svg'),
    floodPicture('The clinic opening, by five minutes', first, 'clinic-opening'),
  );
  if (result.switchedOff.length > 0)
    await writeFile(join(dir, 'switched-off.svg'), switchedOffPicture(result));
  await writeFile(join(dir, 'month.json'), `${JSON.stringify(result, null, 1)}\n`);
  await writeFile(join(docs, 'effectiveness.md'), page(result));
}

function firstOf({ months: [first] }: MonthResult): MonthFigures {
  if (first === undefined) throw new Error('there is no month to show');
  return first;
}

const percent = (share: number | null) =>
  share === null ? '–' : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`;
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function groupsPicture(title: string, { groups: found }: MonthFigures, natures: readonly Nature[]): string {
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

function daysPicture({ byDay }: MonthFigures): string {
  return columnChart({
    title: 'Unwanted calls, day by day',
    across: 'day of the month, from a Monday',
    up: 'calls',
    parts: [parts[0], { name: 'did not', color: '#94a3b8' }].flatMap((part) => part ?? []),
    columns: byDay.map(({ unwanted, reached }, day) => ({
      name: `${day + 1}`,
      values: [reached, unwanted - reached],
    })),
    namedEach: 1,
  });
}

function floodPicture(title: string, { floods }: MonthFigures, of: 'attack-day' | 'clinic-opening'): string {
  const isGenuine = groups[of].nature === 'genuine';
  return columnChart({
    title,
    across: 'minutes from its first call',
    up: 'calls',
    parts: [
      { name: 'reached a person', color: isGenuine ? '#047857' : '#b91c1c' },
      { name: 'did not', color: '#94a3b8' },
    ],
    columns: floods[of].map(({ calls, person }, at) => ({
      name: `${at * 5}`,
      values: [person, calls - person],
    })),
    namedEach: 6,
  });
}

function switchedOffPicture({ months, switchedOff }: MonthResult): string {
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

function page(result: MonthResult): string {
  const { months, lab, date } = result;
  const summary = summaryOf(months);
  const first = firstOf(result);
  return `# Effectiveness

<!-- Generated by \`npm run bench -- month --write\`. Do not edit. -->

A simulated month of a hospital, in which it is known who really calls: ${summary.calls.toLocaleString('en')} calls (median of ${months.length} ${months.length === 1 ? 'month' : 'months'}),
played ${date.slice(0, 10)} through the shipped rules, the screener's own call flow, a real Redis, and what recognizes campaigns and attack levels. Nobody
has such figures of a real switchboard, because there it is not known who called. What callers do is assumed
(\`bench/month\`, written before anything was measured): read the figures as a comparison, not as a promise.

${goalLines(summary, months, lab)}

## Ten months, ten seeds

Shares of calls. The worst month of each figure stands beside the median.

${figuresTable(summary)}

*Robots* are all unwanted callers without a person on the line. The call center with human agents is told apart: its agents hear the
prompt and press the key like anybody else. *Gave up*: genuine callers who hung up while they were asked and did not get through in the whole
month.

## Who reaches whom

${groupTable(first)}

Figures of the month with seed ${first.seed}.

![Where unwanted calls ended](effectiveness/unwanted.svg)

![Where genuine calls ended](effectiveness/genuine.svg)

![Unwanted calls by day](effectiveness/days.svg)

## The attack, and the flood that was none

1,400 calls in 40 minutes, all from one exchange and signed C by one carrier. On another morning a new clinic opens, and ${first.groups['clinic-opening'].people.toLocaleString('en')}
people call one number, most of them for the first time.

![The attack](effectiveness/attack.svg)

![The clinic opening](effectiveness/clinic.svg)

Campaigns made of genuine callers: ${wrongWords(months)}

Minutes of the month with seed ${first.seed} at a level: ${Object.entries(first.minutesAt)
    .map(([what, minutes]) => `${what} ${minutes}`)
    .join(', ')}. For ${first.callsWithoutHistory} calls Redis was away.

## Minutes from an organization's first call to its recognition

Counted from the very first call of the month, whatever the organization does on that day. *Never*: no campaign was mostly made of its calls.

${recognitionTable(summary)}

${switchedOffText(result)}${labText(lab)}## To repeat it

\`npm run bench -- month --seed 1\` plays one month in some minutes and prints its figures, with \`--json\` as one line; \`--seeds 10 --switch-off --lab
--write\` makes this page. The figures are in [effectiveness/month.json](effectiveness/month.json).
`;
}

function goalLines(summary: Summary, months: readonly MonthFigures[], lab: LabDay | null): string {
  const worst = summary.worst ?? summary;
  const line = (isMet: boolean, words: string) => `- ${isMet ? 'Met' : '**Missed**'}: ${words}`;
  const clinic = months.filter((month) => wrongCampaigns(month).some(({ of }) => of === 'clinic-opening'));
  const lines = [
    line(
      (worst.unwantedReachedPersonShare ?? 1) <= goals.reached,
      `at most 5 % of the calls of robots reach a person: ${percent(summary.unwantedReachedPersonShare)}, at worst ${percent(worst.unwantedReachedPersonShare)}`,
    ),
    line(
      worst.genuineStranded === 0,
      `no genuine caller ends without a person or a mailbox: ${worst.genuineStranded} at worst`,
    ),
    line(
      (worst.campaignRecall ?? 0) >= goals.recall,
      `at least 80 % of the calls of unwanted organizations in the right campaign: ${percent(summary.campaignRecall)}, at worst ${percent(worst.campaignRecall)}`,
    ),
    line(
      (worst.genuineInCampaignShare ?? 1) <= goals.genuineInCampaign,
      `at most 0.5 % of genuine calls in a campaign: ${percent(summary.genuineInCampaignShare)}, at worst ${percent(worst.genuineInCampaignShare)}`,
    ),
    line(
      clinic.length === 0,
      `the clinic opening raises no campaign: it did in ${clinic.length} of ${months.length} months`,
    ),
    `- Stated: ${percent(summary.genuineChallengedShare)} of genuine calls were challenged, ${percent(summary.genuineToMailboxShare)} ended at a mailbox; of the call center with human agents ${percent(summary.humanCenterReachedShare)} reached a person.`,
  ];
  if (lab !== null)
    lines.push(`- On the real Asterisk: ${lab.same} of ${lab.calls} sampled calls came out as simulated.`);
  return lines.join('\n');
}

const figureWords: Readonly<Record<(typeof figureNames)[number], string>> = {
  unwantedReachedPersonShare: 'Robots that reached a person',
  humanCenterReachedShare: 'Call center with human agents that reached a person',
  genuineStranded: 'Genuine calls without a person or mailbox',
  genuineGaveUp: 'Genuine callers who gave up',
  genuineChallengedShare: 'Genuine calls challenged',
  genuineToMailboxShare: 'Genuine calls to a mailbox',
  campaignRecall: 'Calls of unwanted organizations in the right campaign',
  campaignRecallOnArrival: 'The same, known when the call came',
  genuineInCampaignShare: 'Genuine calls in a campaign',
};

function figuresTable(summary: Summary): string {
  const shown = (name: (typeof figureNames)[number], value: number | null) =>
    name === 'genuineStranded' || name === 'genuineGaveUp' ? String(value ?? '–') : percent(value);
  const rows = figureNames.map((name) =>
    row([figureWords[name], shown(name, summary[name]), shown(name, (summary.worst ?? summary)[name])]),
  );
  return [row(['', 'median', 'worst']), row(['---', '---:', '---:']), ...rows].join('\n');
}

function groupTable({ groups: found }: MonthFigures): string {
  const cells = (id: GroupId, one: GroupFigures) =>
    row([
      `\`${id}\``,
      groups[id].about,
      ...[one.calls, one.asked, one.person, one.mailbox, one.hungUp + one.told, one.inCampaign].map((count) =>
        count.toLocaleString('en'),
      ),
    ]);
  return [
    row(['group', 'who', 'calls', 'challenged', 'person', 'mailbox', 'hung up', 'in a campaign']),
    row(['---', '---', ...Array.from({ length: 6 }, () => '---:')]),
    ...groupIds.map((id) => cells(id, found[id])),
  ].join('\n');
}

function wrongWords(months: readonly MonthFigures[]): string {
  const all = months.flatMap((month) => wrongCampaigns(month).map((one) => ({ seed: month.seed, ...one })));
  if (all.length === 0) return 'none in any month.';
  const lines = all
    .slice(0, 12)
    .map(({ seed, of, calls, reason }) => `- seed ${seed}, \`${of}\`, ${calls} calls: ${reason}`);
  return `${all.length} in ${months.length} months.\n\n${lines.join('\n')}`;
}

function recognitionTable(summary: Summary): string {
  const shown = (minutes: number | null | undefined) =>
    minutes === null || minutes === undefined ? 'never' : String(minutes);
  const rows = Object.entries(summary.minutesToRecognition).map(([id, minutes]) =>
    row([`\`${id}\``, shown(minutes), shown((summary.worst ?? summary).minutesToRecognition[id])]),
  );
  return [row(['', 'median', 'worst']), row(['---', '---:', '---:']), ...rows].join('\n');
}

function switchedOffText({ months, switchedOff }: MonthResult): string {
  if (switchedOff.length === 0) return '';
  const names = [
    'unwantedReachedPersonShare',
    'humanCenterReachedShare',
    'genuineChallengedShare',
    'genuineToMailboxShare',
    'campaignRecall',
    'genuineInCampaignShare',
  ] as const;
  const cells = (name: string, summary: Summary) => row([name, ...names.map((one) => percent(summary[one]))]);
  const seeds = [...new Set(switchedOff.flatMap((one) => one.months.map(({ seed }) => seed)))];
  const same = summaryOf(months.filter(({ seed }) => seeds.includes(seed)));
  return `## Each signal switched off in turn

The same callers with the same habits; ${seeds.length === 1 ? `the month with seed ${seeds[0]}` : `medians of the months with seeds ${seeds.join(', ')}`}.

![Robots that reached a person, with each signal switched off](effectiveness/switched-off.svg)

${[
  row([
    '',
    'robots reached',
    'human agents reached',
    'genuine challenged',
    'genuine to mailbox',
    'right campaign',
    'genuine in campaign',
  ]),
  row(['---', ...names.map(() => '---:')]),
  cells('all signals', same),
  ...switchedOff.map(({ signal, months: these }) => cells(`no ${signalNames[signal]}`, summaryOf(these))),
].join('\n')}

`;
}

function labText(lab: LabDay | null): string {
  if (lab === null) return '';
  const { calls, same, different } = lab;
  const lines = different.map(
    ({ group, simulated, real }) => `- \`${group}\`: simulated ${simulated}; real ${real}`,
  );
  const rest = lines.length === 0 ? '' : ` The others:\n\n${lines.join('\n')}`;
  return `## A sample on the real Asterisk

${calls} calls of the attack day, by real SIP callers who do what the simulated ones did, through a real Asterisk with these rules; unsigned, since the
test bed has no carrier. In ${same} the rule, the challenge with its result, and the exit are those of the simulation.${rest}

`;
}
