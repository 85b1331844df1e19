import { count } from '../../../../call/sentences.ts';
import { stateWords } from '../../../../campaigns/campaign-text.ts';
import type { LevelWriting } from '../../../../levels/level-words.ts';
import { callsAddress, exactTime } from '../../address.ts';
import { type Html, html, said } from '../../html.ts';
import { whatIsNotCalm } from '../../level-banner.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import { clock, shortSince } from '../../times.ts';
import { campaignWords } from '../campaign-words.ts';
import type { NowData } from './now-data.ts';

const mostShown = 8;
/** The numbers are our own. */
export const levelWriting = (numbers: PageNumbers): LevelWriting => ({
  number: (called) => numbers.calledText(called),
  time: clock,
});

/** What is not calm, and the campaigns that go on, each with its calls. */
export function goingOn({ health, campaigns, numbers, now }: NowData): Html {
  const { above = [], surges = [] } = health.levels ?? {};
  const levels = whatIsNotCalm({ above, surges }, levelWriting(numbers)).map(
    ({ scope, begun, since, title, why }) => ({
      title: html`<a href="${levelCalls(scope, begun)}">${said(title)}</a>`,
      words: html`${shortSince(since, now)}: ${said(why)}`,
    }),
  );
  const active = campaigns.filter(({ state }) => state === 'active');
  const on = active.map((one) => ({
    title: html`<a href="/campaigns/${one.id}">Campaign ${said(campaignWords(one.name, one.traits.exchange, numbers))}</a>`,
    words: html`${count(one.calls)} ${one.calls === 1 ? 'call' : 'calls'} ${shortSince(one.startedAt, now)}. ${stateWords(one)}.`,
  }));
  const all = [...levels, ...on];
  if (all.length === 0)
    return html`<p class="empty">Calm: no attack level, no forged number, no campaign. <a href="/campaigns">Earlier campaigns</a> · <a href="/levels">Attack levels</a></p>`;
  return html`<ul class="going-on">${all.slice(0, mostShown).map(({ title, words }) => html`<li><strong>${title}</strong> <span class="quiet">${words}</span></li>`)}</ul>
${all.length > mostShown && html`<p class="quiet">and ${count(all.length - mostShown)} more</p>`}<p><a href="/campaigns">All campaigns</a> · <a href="/levels">Attack levels</a></p>`;
}

/** The calls of the scope of a level since then: of the board all. */
export function levelCalls(scope: string, since: number): string {
  const called = scope.startsWith('+') ? { called: scope } : {};
  return callsAddress({ query: { since: exactTime(since) } }, called);
}
