import { count } from '../../../call/sentences.ts';
import type { Campaign } from '../../../campaigns/campaign.ts';
import { stateWords, traitsText } from '../../../campaigns/campaign-text.ts';
import { address } from '../address.ts';
import { type Html, html, said } from '../html.ts';
import { heading } from '../layout.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { facts, table } from '../table.ts';
import { localInput } from '../time-range.ts';
import { minute, shortMoment } from '../times.ts';

const minuteMs = 60_000;
const lead =
  'Calls that belong together though their numbers change. Many unknown callers who pass are never one, and callers on a list belong to none.';

/** All that are remembered: those that go on first. */
export function campaignsPage(all: readonly Campaign[], numbers: PageNumbers): Html {
  const on = all.filter(({ state }) => state === 'active');
  const others = all.filter(({ state }) => state !== 'active');
  return html`${heading('Campaigns', lead)}
<section aria-labelledby="h-on"><h2 id="h-on">Going on</h2>${campaignTable('Campaigns that go on', on, numbers, 'No campaign goes on.')}</section>
<section aria-labelledby="h-before"><h2 id="h-before">Of the last 90 days</h2>${campaignTable('Earlier campaigns', others, numbers, 'There was none.')}</section>
<p class="quiet">Staff can name, merge, dismiss and pin them: <code>gatehouse campaigns --help</code>.</p>`;
}

function campaignTable(caption: string, all: readonly Campaign[], numbers: PageNumbers, empty: string): Html {
  return table({
    caption,
    captionHidden: true,
    columns: [
      { title: 'Campaign' },
      { title: 'Calls', number: true },
      { title: 'Numbers', number: true, wide: true },
      { title: 'Last call' },
      { title: 'Why', words: true, wide: true },
    ],
    rows: all.map((one) => [
      html`<a href="${campaignAddress(one.id)}"><strong>${numbers.words(one.name)}</strong></a><span class="under">${stateWords(one)}</span>`,
      count(one.calls),
      count(one.numbers),
      shortMoment(one.lastAt),
      numbers.words(one.reason),
    ]),
    empty,
  });
}

/**
 * The story of one campaign.
 * @param rules ids of the rules in force that ask for campaigns
 */
export function campaignPage(
  campaign: Campaign | null,
  rules: readonly string[],
  numbers: PageNumbers,
): Html {
  if (campaign === null)
    return html`${heading('No such campaign', 'It may be older than 90 days, or Redis is not read yet.')}
<p><a href="/campaigns">All campaigns</a></p>`;
  const { id, name, reason, startedAt, recognizedAt, peakAt, lastAt, endedAt } = campaign;
  const around = { since: localInput(startedAt - minuteMs), until: localInput(lastAt + minuteMs) };
  return html`${heading(numbers.text(name), `${stateWords(campaign)}. ${numbers.text(reason)}.`)}
<section aria-label="What it is">${facts([
    ['Id', html`<code>${id}</code>`],
    ['Calls', count(campaign.calls)],
    ['Different numbers', count(campaign.numbers)],
    ['Numbers of ours', count(campaign.calledNumbers)],
    ['Calls a minute', campaign.state === 'active' ? campaign.callsPerMinute.toFixed(1) : null],
    [
      'What they have in common',
      numbers.words([campaign.traits, ...(campaign.also ?? [])].map(traitsText).join('; or ')),
    ],
    ['Merged into', mergedLink(campaign)],
  ])}</section>
<section aria-labelledby="h-life"><h2 id="h-life">Life</h2>${facts([
    ['First call', minute(startedAt)],
    ['Recognized', minute(recognizedAt)],
    ['Most calls', minute(peakAt)],
    ['Last call', minute(lastAt)],
    ['Over', endedAt === null ? null : minute(endedAt)],
    [
      'Came back',
      campaign.returns === 0 ? 'never' : campaign.returns === 1 ? 'once' : `${count(campaign.returns)} times`,
    ],
  ])}</section>
<section aria-labelledby="h-done"><h2 id="h-done">What is done</h2>${
    rules.length === 0
      ? html`<p>No rule asks for campaigns, so nothing changes for callers (<code>campaign</code> in the rules).</p>`
      : html`<p>Rules that ask for campaigns: ${rules.map((rule, at) => html`${at > 0 && ', '}<a href="/rules">${rule}</a>`)}.</p>`
  }</section>
<section aria-labelledby="h-calls"><h2 id="h-calls">Calls</h2><ul>
<li><a href="${address('/calls', { campaign: id, ...around })}">Calls that belonged to it as they arrived</a></li>
${earlier(campaign, around, numbers)}
</ul><form class="find" action="/calls" method="get" aria-label="Calls after a moment"><input type="hidden" name="campaign" value="${id}"><label><span>Only its calls after</span><input type="datetime-local" name="since" value="${localInput(startedAt)}" required></label><button>Show</button></form></section>
<p class="quiet">To change it: <code>gatehouse campaigns name ${id} NAME</code>, <code>merge ${id} INTO</code>, <code>dismiss ${id}</code>, <code>pin ${id}</code>.</p>`;
}

function mergedLink({ mergedInto }: Campaign): Html | null {
  return mergedInto === undefined
    ? null
    : html`<a href="${campaignAddress(mergedInto)}">${said(mergedInto)}</a>`;
}

/** Those before it was recognized can only be found by what they had in common. */
function earlier(
  { traits }: Campaign,
  around: Readonly<Record<string, string>>,
  numbers: PageNumbers,
): Html | null {
  const { signer } = traits;
  if (signer === undefined || numbers.text(signer) !== signer) return null;
  return html`<li><a href="${address('/calls', { signer, ...around })}">All calls with this signer in that time</a></li>`;
}

function campaignAddress(id: string): string {
  return `/campaigns/${encodeURIComponent(id)}`;
}
