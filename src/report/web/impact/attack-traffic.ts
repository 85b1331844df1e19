import { noValue } from '../../../call/call-filter.ts';
import type { CallRange, CallRecords, ChallengeCount } from '../../../call/call-records.ts';
import { count } from '../../../call/sentences.ts';
import { type ChallengeResult, challengeResults, verificationResults } from '../../../call/vocabulary.ts';
import type { Campaign } from '../../../campaigns/campaign.ts';
import { callsAddress } from '../address.ts';
import { type Html, html, said } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { linked, table } from '../table.ts';
import type { TimeRange } from '../time-range.ts';

const missed = challengeResults.words.filter((word) => word !== 'passed') as Exclude<
  ChallengeResult,
  'passed'
>[];
const mostCampaigns = 10;

export interface AttackTraffic {
  readonly campaigns: readonly ChallengeCount[];
  /** In no campaign, by signature. */
  readonly others: readonly ChallengeCount[];
}

export async function attackTraffic(
  records: CallRecords,
  { since, until }: CallRange,
): Promise<AttackTraffic> {
  const range = { since, until };
  const [campaigns, others] = await Promise.all([
    records.challenges('campaign', range, mostCampaigns),
    records.challenges('verification', { ...range, campaign: noValue }, verificationResults.words.length),
  ]);
  return { campaigns: campaigns.values, others: others.values };
}

/** Calls that did not pass, apart from the people above, so that an attack does not drown them. */
export function attackTable(
  { campaigns, others }: AttackTraffic,
  known: readonly Campaign[],
  range: TimeRange,
  numbers: PageNumbers,
): Html {
  const names = new Map(known.map(({ id, name }) => [id, name]));
  const row = (words: Html, { results }: ChallengeCount, filter: Readonly<Record<string, string>> | null) => [
    words,
    ...missed.map((result) =>
      filter === null
        ? count(results[result])
        : linked(results[result], callsAddress(range, { ...filter, challenge: result })),
    ),
  ];
  const campaignRow = (one: ChallengeCount) => {
    const words = html`${numbers.words(names.get(one.value) ?? one.value)}`;
    const under = html`<span class="under">campaign</span>`;
    // A record may have anything in its place, which no link may tell.
    if (!/^c-[\w-]{1,40}$/.test(one.value)) return row(html`${words}${under}`, one, null);
    return row(html`<a href="/campaigns/${one.value}">${words}</a>${under}`, one, { campaign: one.value });
  };
  const rows = [
    ...campaigns.map(campaignRow),
    ...verificationResults.words.flatMap((word) => {
      const found = others.find(({ value }) => value === word);
      return found === undefined
        ? []
        : [
            row(
              html`${said(verificationResults.label(word))}${word === 'passed' && html`<span class="under">the people above are among them</span>`}`,
              found,
              { verification: word, campaign: noValue },
            ),
          ];
    }),
  ];
  return table({
    caption: 'Calls that did not pass, by campaign and signature',
    captionHidden: true,
    columns: [
      { title: 'Calls' },
      ...missed.map((result) => ({ title: challengeResults.label(result), number: true })),
    ],
    rows: rows.filter((cells) => cells.slice(1).some((cell) => cell !== '0')),
    empty: 'Every caller passed.',
  });
}
