import type { CallRecord } from '../../call-records.ts';
import { type Html, html } from '../html.ts';
import { heading } from '../layout.ts';
import type { ListsView, LiveCallView, LiveView, PartHealth, PolicyView } from '../page-deps.ts';
import { maskedNumbers, PageNumbers } from '../page-numbers.ts';
import { said } from '../said.ts';
import { table } from '../table.ts';
import { moment, span } from '../when.ts';
import { calls, count, stateWords, waiting } from '../words.ts';
import { callTable } from './call-rows.ts';

export interface NowData {
  readonly live: readonly LiveCallView[];
  readonly health: ReturnType<LiveView['health']>;
  readonly policy: ReturnType<PolicyView['status']>;
  readonly lists: ReturnType<ListsView['all']>;
  /** Null: the records did not answer. */
  readonly latest: readonly CallRecord[] | null;
  readonly now: number;
}

/** Whoever watches the board needs no whole numbers; the page of a call has them, and notes the look. */
const numbers = new PageNumbers(maskedNumbers);
const mostLiveShown = 100;

/** What is going on. The sections are put in place anew, one by one, as they change. */
export function nowPage(data: NowData): Html {
  return html`${heading('Now', 'Calls being screened, what became of the last ones, and how the parts are.')}
<div id="live" data-events="/events">
<section id="now-state" aria-live="polite" aria-label="State">${stateNotices(data)}</section>
<section id="now-parts" aria-label="Health of the parts">${partCards(data)}</section>
<section id="now-calls" aria-labelledby="h-calls"><h2 id="h-calls">Being screened <span class="tally">${count(data.live.length)}</span></h2>${liveCalls(data)}</section>
<section id="now-latest" aria-labelledby="h-latest"><h2 id="h-latest">Last outcomes</h2>${latest(data)}</section>
</div>`;
}

function stateNotices(data: NowData): Html {
  const { ari, redis, backlog } = data.health;
  const redisAway = !redis.up || data.latest === null;
  const refused = data.policy.refused;
  const badLists = data.lists.filter(({ error }) => error !== null);
  const notices = [
    !ari.up &&
      html`<p class="notice bad"><strong>Asterisk is away${since(ari)}.</strong> Calls go to the operators without being screened; nothing is lost.</p>`,
    redisAway &&
      html`<p class="notice warn"><strong>Redis is away${redis.up ? '' : since(redis)}.</strong> ${waiting(backlog)}. Calls are screened, without what is known of earlier calls.</p>`,
    !redisAway &&
      backlog > 0 &&
      html`<p class="notice">${waiting(backlog)} and ${backlog === 1 ? 'is' : 'are'} being sent to Redis.</p>`,
    refused !== null &&
      html`<p class="notice warn"><strong>The rule files are refused since ${moment(refused.at)}.</strong> The last good policy, ${data.policy.version}, stays in force. <a href="/rules#reloads">What is wrong</a></p>`,
    badLists.length > 0 &&
      html`<p class="notice warn"><strong>${badLists.length === 1 ? 'A list' : `${badLists.length} lists`} could not be read anew.</strong> What was read before stays in force. <a href="/lists">Which</a></p>`,
  ].filter((notice) => notice !== false);
  return notices.length > 0
    ? html`${notices}`
    : html`<p class="notice good"><strong>Calls are being screened.</strong> All parts are well.</p>`;
}

function since({ since: at }: PartHealth): Html | null {
  return at === null ? null : html` since ${moment(at)}`;
}

function partCards({ health, policy, lists, latest: outcomes, now }: NowData): Html {
  const { ari, redis, backlog } = health;
  const rows = lists.reduce((all, { size }) => all + size, 0);
  const wrong = lists.filter(({ error }) => error !== null).length;
  const redisUp = redis.up && outcomes !== null;
  return html`<ul class="cards">
${card('Asterisk (ARI)', ari.up, ari.up ? 'Connected' : `Away: ${ari.state}`, ari.since === null ? null : `for ${span(now - ari.since)}`)}
${card('Redis', redisUp, redisUp ? 'Connected' : redis.up ? 'Does not answer' : `Away: ${redis.state}`, redis.since === null ? null : `for ${span(now - redis.since)}`)}
${card('Outbox', backlog === 0, backlog === 0 ? 'Empty' : `${count(backlog)} waiting`, backlog === 0 ? 'all is stored' : 'kept on this disk')}
${card('Policy', policy.refused === null, policy.refused === null ? policy.version : 'Refused', `in force for ${span(now - policy.loadedAt)}`)}
${card('Lists', wrong === 0, wrong === 0 ? `${lists.length} in force` : `${wrong} with errors`, `${count(rows)} ${rows === 1 ? 'number' : 'numbers'}`)}
${card('This process', true, health.node, `up for ${span(now - health.startedAt)}`)}
</ul>`;
}

function card(title: string, well: boolean, state: string, more: string | null): Html {
  return html`<li class="card ${well ? 'well' : 'unwell'}"><h2>${title}</h2><p class="state"><span class="lamp"></span>${said(state)}<span class="visually-hidden">${well ? ', well' : ', not well'}</span></p>${more !== null && html`<p class="more">${more}</p>`}</li>`;
}

function liveCalls({ live, now }: NowData): Html {
  const shown = live.slice(0, mostLiveShown);
  const tells = live.some(({ caller }) => caller !== null);
  return html`${table({
    caption: 'Calls being screened',
    captionHidden: true,
    columns: [
      { title: 'State' },
      ...(tells ? [{ title: 'Caller' }, { title: 'Called', wide: true }] : [{ title: 'Call' }]),
      { title: 'For', number: true },
    ],
    rows: shown.map((call) => [
      html`<span class="place"><span class="swatch live-${call.state}"></span>${stateWords[call.state] ?? call.state}</span>`,
      ...(tells
        ? [
            call.caller === null ? null : numbers.caller(call.caller),
            call.called === null ? null : numbers.number(call.called),
          ]
        : [html`<span class="quiet">${said(call.id)}</span>`]),
      span(now - call.since),
    ]),
    empty: 'No call is being screened at this moment.',
  })}${live.length > shown.length && html`<p class="quiet">and ${calls(live.length - shown.length)} more</p>`}`;
}

function latest({ latest: records }: NowData): Html {
  if (records === null)
    return html`<p class="empty">Redis does not answer, so the last outcomes cannot be shown.</p>`;
  return html`${callTable('Last outcomes', records, numbers, 'No call has been recorded in the last seven days.')}${
    records.length > 0 && html`<p><a href="/calls">All calls</a></p>`
  }`;
}
