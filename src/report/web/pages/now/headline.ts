import { calls as callsText, count, percent } from '../../../../call/sentences.ts';
import type { Campaign } from '../../../../campaigns/campaign.ts';
import { campaignCalls } from '../../../../campaigns/campaign-calls.ts';
import { callsOfTraits, exchangeText } from '../../../../campaigns/campaign-text.ts';
import { levelReason, levelTitle, surgeReason, surgeTitle } from '../../../../levels/level-words.ts';
import { callsAddress, exactTime } from '../../address.ts';
import { type Html, html, said } from '../../html.ts';
import { campaignSince, loudCampaigns, type Shared } from '../../now/loud-campaigns.ts';
import type { Today } from '../../now/today.ts';
import { shortSince } from '../../times.ts';
import { campaignWords } from '../campaign-words.ts';
import { levelCalls, levelWriting } from './going-on.ts';
import type { NowData } from './now-data.ts';

/** So many calls of one number at a time are no person's. */
const floodOfOneNumber = 10;
const mostOthers = 4;
/** A block of numbers with a smaller share of many calls says nothing. */
const tellingShare = 0.2;

type Judgment = 'normal' | 'unusual' | 'degraded' | 'down';
const leads: Readonly<Record<Judgment, string>> = {
  normal: 'Normal',
  unusual: 'Unusual',
  degraded: 'Degraded',
  down: 'Not screening',
};

const sharedWords: Readonly<Record<Shared, string>> = {
  silent: 'silent',
  'gave-up': 'hung up in the prompt',
  failed: 'pressed wrong digits',
  passed: 'passed',
  rejected: 'rejected',
};

type Levels = NonNullable<NowData['health']['levels']>['above'];

/** One sentence that judges: what is down comes first, then what is unusual. @param isWell nothing else is wrong either */
export function headline(data: NowData, isWell: boolean): Html {
  const down = downFindings(data);
  const unusual = unusualFindings(data);
  const degraded = degradedFindings(data);
  const judgment =
    down.length > 0 ? 'down' : unusual.length > 0 ? 'unusual' : degraded.length > 0 ? 'degraded' : 'normal';
  const [first, ...others] = [...down, ...unusual, ...degraded];
  const more = others.length - mostOthers;
  return html`<div class="headline ${judgment}"><h2><span class="lead">${leads[judgment]}:</span> ${first ?? normalWords(data, isWell)}</h2>
${others.length > 0 && html`<ul>${others.slice(0, mostOthers).map((one) => html`<li>${one}</li>`)}</ul>`}${more > 0 && html`<p>and ${count(more)} more, below.</p>`}</div>`;
}

function downFindings({ health }: NowData): Html[] {
  if (!health.ari.up || health.otherDialplan)
    return [html`calls go to the operators unscreened; no call is lost.`];
  return [];
}

function degradedFindings({ health, recorded }: NowData): Html[] {
  const { redis, outbox, shedding, canary } = health;
  const faults = canary?.faults.length ?? 0;
  return [
    shedding === true &&
      html`more calls come than can be screened; callers who are known are connected as usual.`,
    !redis.up &&
      html`calls are screened while Redis is away, but new attacks are not recognized, and figures are behind.`,
    redis.up &&
      recorded.awaySince !== null &&
      html`calls are screened, but the records do not answer: volume cannot be judged.`,
    outbox.failing !== null && html`calls are screened, but their records cannot be written to disk.`,
    faults > 0 &&
      html`${faults === 1 ? 'a call' : `${faults} calls`} that Gatehouse made itself did not get through.`,
  ].filter((one) => one !== false);
}

function unusualFindings(data: NowData): Html[] {
  const { surges = [] } = data.health.levels ?? {};
  const loud = loudCampaigns(data.campaigns, data.now);
  const levels = toldLevels(data);
  const writing = levelWriting(data.numbers);
  // A rule for callers of a campaign says nothing of the others.
  const measures = measuresOf(data).filter((rule) => !data.campaignRules.includes(rule));
  const answer = answerWords('unknown callers', measures, data);
  return [
    ...floods(data),
    ...loud.map((campaign) => campaignFinding(campaign, data)),
    ...levels.map(
      ({ of, ...one }) =>
        html`<a href="${levelCalls(of, one.since)}">${said(lower(levelTitle({ scope: of, level: one.level }, writing)))}</a> ${shortSince(one.changedAt, data.now)}: ${said(levelReason(one, writing))}; ${answer}.`,
    ),
    ...surges.map(
      (one) =>
        html`<a href="${levelCalls(one.called, one.since)}">${said(surgeTitle(one, writing))}</a> ${shortSince(one.since, data.now)}: ${said(surgeReason(one, writing))}.`,
    ),
    ...volume(data),
  ];
}

/** What a campaign that is told has caused is not said as well. */
function toldLevels(data: NowData): Levels {
  const loud = new Set(loudCampaigns(data.campaigns, data.now).map(({ id }) => id));
  return widestLevels(data).filter(({ campaigns }) => !campaigns.some((id) => loud.has(id)));
}

/** What is true of the whole switchboard is not said of each number as well. */
function widestLevels({ health }: NowData): Levels {
  const { above = [] } = health.levels ?? {};
  const isBoard = above.some(({ of }) => of === 'board');
  return above.filter(({ of }) => !(isBoard && of.startsWith('+')));
}

/** Levels that the headline leaves out for the campaign that caused them; other pages have them above all else. */
export function untoldLevels(data: NowData): Levels {
  const told = new Set(toldLevels(data));
  return widestLevels(data).filter((level) => !told.has(level));
}

function campaignFinding(campaign: Campaign, data: NowData): Html {
  const { recorded, events, campaignRules, now, numbers } = data;
  const counted = recorded.campaigns.get(campaign.id);
  const since = counted?.since ?? campaignSince(campaign, events);
  // Before the first answer, what the detector counted.
  const calls = counted !== undefined && counted.calls > 0 ? counted.calls : campaign.calls;
  const share =
    counted?.most && html`; ${percent(counted.most.calls, counted.calls)} ${sharedWords[counted.most.what]}`;
  const href = callsAddress({ query: { since: exactTime(since) } }, campaignCalls(campaign));
  const shown = (text: string) => said(campaignWords(text, campaign.traits.exchange, numbers));
  return html`<a href="${href}">${callsText(calls)}</a> ${shown(callsOfTraits(campaign.traits))}, ${shortSince(since, now)}${share}; ${answerWords('its callers', campaignRules, data)} (<a href="/campaigns/${campaign.id}">campaign ${shown(campaign.name)}</a>).`;
}

function measuresOf({ health }: NowData): string[] {
  return (health.levels?.measures ?? []).map(({ rule }) => rule);
}

/** What callers get because of it: `unknown callers get two digits`. */
function answerWords(who: string, ids: readonly string[], { rules }: NowData): Html {
  const rule = ids.length === 0 ? undefined : rules().find(({ id }) => ids.includes(id));
  if (rule === undefined) return html`no rule answers it`;
  return html`${who} <a href="/rules">${rule.does ?? `are decided by ${rule.id}`}</a>`;
}

function floods({ live, numbers }: NowData): Html[] {
  const many = new Map<string, number>();
  for (const { caller } of live)
    if (caller !== null && caller.number !== null)
      many.set(caller.number, (many.get(caller.number) ?? 0) + 1);
  return [...many]
    .filter(([, calls]) => calls >= floodOfOneNumber)
    .sort(([, a], [, b]) => b - a)
    .map(
      ([number, calls]) =>
        html`<a href="#now-calls">${callsText(calls)}</a> from ${numbers.number(number)} are inside at once.`,
    );
}

function volume({ recorded: { today, exchanges }, now }: NowData): Html[] {
  if (today === null) return [];
  const { calls, missed, usual, verdict, since } = today.lastHour;
  if (usual === null || verdict === 'ordinary' || verdict === 'unknown') return [];
  const link = html`<a href="${callsAddress({ query: { since: exactTime(since) } })}">${verdict === 'low' && 'only '}${callsText(calls)}</a>`;
  const compared = html`${link} ${shortSince(since, now)}; ${count(Math.round(usual.median))} are usual at this time of a ${today.weekday}, ${count(Math.round(usual.most))} at most`;
  if (verdict === 'low') return [html`${compared}. Does the carrier’s trunk deliver?`];
  const [first] = exchanges;
  const from =
    first !== undefined &&
    first.calls >= calls * tellingShare &&
    html`; ${percent(first.calls, calls)} from ${said(exchangeText(first.value))}`;
  return [html`${compared}; ${percent(missed, calls)} did not pass${from}.`];
}

/** Why it is normal, in a few words. */
function normalWords({ recorded: { today }, mode, now }: NowData, isWell: boolean): Html {
  const volumeWords = today === null ? null : ordinaryVolume(today, now);
  const isScreened = mode === 'enforce';
  return html`<span class="reason">no attack, no campaign of note${volumeWords !== null && html`; ${volumeWords}`}. ${isScreened && 'Calls are being screened.'} ${isScreened && isWell && 'All systems operational.'}</span>`;
}

function ordinaryVolume({ lastHour: { calls, usual, since }, weekday }: Today, now: number): Html {
  const link = html`<a href="${callsAddress({ query: { since: exactTime(since) } })}">${callsText(calls)}</a> ${shortSince(since, now)}`;
  if (usual === null) return link;
  return html`${link}, usually ${count(Math.round(usual.median))} at this time of a ${weekday}`;
}

function lower(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
