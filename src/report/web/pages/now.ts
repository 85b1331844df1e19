import type { CallRecord } from '../../../call/call-records.ts';
import { everyCalendar } from '../../../call/facts.ts';
import { calls, count, stateWords, waiting } from '../../../call/sentences.ts';
import { address, exactTime } from '../address.ts';
import { exportLinks } from '../export-links.ts';
import { type Html, html, said } from '../html.ts';
import { heading } from '../layout.ts';
import type { ListsView, LiveCallView, LiveView, PartHealth, PolicyView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { table } from '../table.ts';
import { moment, span } from '../times.ts';
import { callTable } from './call-rows.ts';

export interface NowData {
  readonly live: readonly LiveCallView[];
  readonly health: ReturnType<LiveView['health']>;
  readonly policy: ReturnType<PolicyView['status']>;
  readonly mode: ReturnType<PolicyView['mode']>;
  readonly lists: ReturnType<ListsView['all']>;
  /** Null: the records did not answer. */
  readonly latest: readonly CallRecord[] | null;
  readonly now: number;
  readonly numbers: PageNumbers;
  /** The visitor may see full numbers here. */
  readonly mayShowWhole: boolean;
}

const mostLiveShown = 100;
const mostOutagesShown = 5;

/** Live status. The script replaces each section as it changes, unless whole numbers are shown: each view of those is audited. */
export function nowPage(data: NowData): Html {
  return html`${heading('Now', 'Calls being screened, recent calls, and component health.')}${wholeNumbersLink(data)}
<div id="live"${!data.numbers.whole && html` data-events="/events"`}>
<section id="now-state" aria-live="polite" aria-label="State">${stateNotices(data)}</section>
<section id="now-parts" aria-label="Component health">${partCards(data)}</section>
<section id="now-calls" aria-labelledby="h-calls"><h2 id="h-calls">Being screened <span class="tally">${count(data.live.length)}</span></h2>${liveCalls(data)}</section>
<section id="now-outages" aria-label="Redis outages">${outages(data)}</section>
<section id="now-latest" aria-labelledby="h-latest"><h2 id="h-latest">Recent calls</h2>${latest(data)}</section>
</div>`;
}

function wholeNumbersLink({ numbers, mayShowWhole }: NowData): Html | null {
  if (!mayShowWhole) return null;
  return numbers.whole
    ? html`<p class="quiet">Full numbers as of now; each view is audited. <a href="/">Follow live, masked</a></p>`
    : html`<p class="quiet">Numbers are masked while the page is live. <a href="/?numbers=full">Show full numbers</a></p>`;
}

function stateNotices(data: NowData): Html {
  const { ari, redis, backlog, shedding, outbox } = data.health;
  const {
    redisDangers = [],
    settings = [],
    failingChannels = [],
    oddSettings = [],
    closures = [],
  } = data.health;
  const { failing, inMemory, inSecondPlace, setAside } = outbox;
  const redisAway = !redis.up || data.latest === null;
  const refused = data.policy.refused;
  const badLists = data.lists.filter(({ error }) => error !== null);
  const closed = closures.map(
    ({ calendar, until, reason }) =>
      html`<p class="notice warn"><strong>${calendar === everyCalendar ? 'All calendars are' : html`The calendar ${said(calendar)} is`} closed by hand until ${moment(until)}${reason !== '' && html`: ${said(reason)}`}.</strong> End it with <code>gatehouse open</code>.</p>`,
  );
  const notices = [
    data.mode === 'monitor' &&
      html`<p class="notice warn"><strong>The whole board is in monitor mode: every call is connected.</strong> What the rules would do is counted on the page <a href="/rules">Rules</a>. To screen calls, take <code>mode: monitor</code> out of the settings of policy.yaml.</p>`,
    !ari.up &&
      html`<p class="notice bad"><strong>Asterisk is disconnected${since(ari)}.</strong> Calls go to the operators unscreened; no call is lost.</p>`,
    shedding &&
      html`<p class="notice warn"><strong>Overload: more calls than can be screened.</strong> Callers who would be challenged go to the operators unscreened; known callers are connected as usual.</p>`,
    redisAway &&
      html`<p class="notice warn"><strong>${redis.state === 'refusing' ? 'Redis takes no records' : 'Redis is unavailable'}${redis.up ? '' : since(redis)}.</strong> ${waiting(backlog)}. Calls are screened${redis.state === 'refusing' ? '; caller history may be out of date' : ' without caller history'}.</p>`,
    ...redisDangers.map(
      ({ level, message, remedy, server }) =>
        html`<p class="notice ${level === 'error' ? 'bad' : 'warn'}"><strong>${said(message)}${server !== '' && html` (${said(server)})`}.</strong> ${said(remedy)}</p>`,
    ),
    ...settings.map(
      ({ name, message, remedy }) =>
        html`<p class="notice warn"><strong>The setting ${name} is wrong.</strong> ${said(message)} ${said(remedy)} Then restart.</p>`,
    ),
    ...(data.health.keylessTrunks ?? []).map(
      ({ trunk, callers, since: at, remedy }) =>
        html`<p class="notice warn"><strong>No keys arrive over the trunk ${said(trunk)}:</strong> ${count(callers)} callers were asked since ${moment(at)}, and all count as silent. ${said(remedy)}</p>`,
    ),
    ...(data.health.canary?.faults ?? []).map(
      ({ message, remedy }) =>
        html`<p class="notice bad"><strong>A call that Gatehouse made itself did not get where callers are sent:</strong> ${said(message)}. ${said(remedy)}</p>`,
    ),
    ...failingChannels.map(
      ({ channel, since: at, waiting: queued, reason, remedy }) =>
        html`<p class="notice warn"><strong>Notices by ${channel} have failed since ${moment(at)}.</strong> ${said(reason)}. ${said(remedy)} ${count(queued)} ${queued === 1 ? 'message waits' : 'messages wait'}.</p>`,
    ),
    !redisAway &&
      backlog > 0 &&
      html`<p class="notice">${waiting(backlog)} and ${backlog === 1 ? 'is' : 'are'} being sent to Redis.</p>`,
    data.health.otherDialplan &&
      html`<p class="notice bad"><strong>The dialplan is of another version: calls go to the operators unscreened.</strong> ${said(data.health.otherDialplan.message)}. ${said(data.health.otherDialplan.remedy)}</p>`,
    oddSettings.length > 0 &&
      html`<p class="notice warn"><strong>${oddSettings.join(', ')} ${oddSettings.length === 1 ? 'is' : 'are'} out of range.</strong> The default is in force. Correct it in <code>[globals]</code> of extensions.conf, then <code>dialplan reload</code>.</p>`,
    failing !== null &&
      html`<p class="notice bad"><strong>Writing records to disk has failed since ${moment(failing.since)}</strong> (${said(failing.error)}). ${calls(inMemory)} ${inMemory === 1 ? 'is' : 'are'} held in memory${inSecondPlace > 0 && html`, ${count(inSecondPlace)} of them also saved in the spool folder`}. Calls are still screened; records not yet in Redis may be lost if Gatehouse stops before disk space is available.</p>`,
    setAside > 0 &&
      html`<p class="notice warn"><strong>Redis refuses ${count(setAside)} ${setAside === 1 ? 'record' : 'records'}.</strong> They are kept and retried every hour; see the log for the reason.</p>`,
    refused !== null &&
      html`<p class="notice warn"><strong>The rule files have been refused since ${moment(refused.at)}.</strong> The last good policy, ${data.policy.version}, stays in force. <a href="/rules#reloads">Show problems</a></p>`,
    badLists.length > 0 &&
      html`<p class="notice warn"><strong>${badLists.length === 1 ? 'A list' : `${badLists.length} lists`} failed to reload.</strong> The previous content stays in force. <a href="/lists">Show lists</a></p>`,
  ].filter((notice) => notice !== false && notice !== undefined && notice !== null);
  return notices.length > 0
    ? html`${closed}${notices}`
    : html`${closed}<p class="notice good"><strong>Calls are being screened.</strong> All systems operational.</p>`;
}

function since({ since: at }: PartHealth): Html | null {
  return at === null ? null : html` since ${moment(at)}`;
}

function partCards({ health, policy, lists, latest: outcomes, now }: NowData): Html {
  const { ari, redis, backlog, outbox } = health;
  const rows = lists.reduce((all, { size }) => all + size, 0);
  const wrong = lists.filter(({ error }) => error !== null).length;
  const redisUp = redis.up && outcomes !== null;
  return html`<ul class="cards">
${card('Asterisk (ARI)', ari.up, ari.up ? 'Connected' : `Disconnected: ${ari.state}`, ari.since === null ? null : `for ${span(now - ari.since)}`)}
${card('Redis', redisUp, redisUp ? 'Connected' : redis.up ? 'Not responding' : `Unavailable: ${redis.state}`, redis.since === null ? null : `for ${span(now - redis.since)}`)}
${outboxCard(backlog, outbox)}
${card('Policy', policy.refused === null, policy.refused === null ? 'In force' : 'Refused', `${policy.version} for ${span(now - policy.loadedAt)}`)}
${card('Lists', wrong === 0, wrong === 0 ? `${lists.length} in force` : `${wrong} with errors`, `${count(rows)} ${rows === 1 ? 'number' : 'numbers'}`)}
${card('Process', true, health.node, `up for ${span(now - health.startedAt)}`)}
</ul>`;
}

function outboxCard(backlog: number, { failing, inMemory, setAside }: NowData['health']['outbox']): Html {
  const queued = `${count(backlog)} waiting`;
  if (failing !== null) return card('Outbox', false, 'Disk writes fail', `${count(inMemory)} in memory`);
  if (setAside > 0) return card('Outbox', false, `${count(setAside)} refused by Redis`, queued);
  if (backlog > 0) return card('Outbox', false, queued, 'kept on disk');
  return card('Outbox', true, 'Empty', 'all records sent');
}

function card(title: string, well: boolean, state: string, more: string | null): Html {
  return html`<li class="card ${well ? 'well' : 'unwell'}"><h2>${title}</h2><p class="state"><span class="lamp"></span>${said(state)}<span class="visually-hidden">${well ? ', operational' : ', degraded'}</span></p>${more !== null && html`<p class="more">${more}</p>`}</li>`;
}

function liveCalls({ live, now, numbers }: NowData): Html {
  const shown = live.slice(0, mostLiveShown);
  const tells = live.some(({ caller }) => caller !== null);
  return html`${table({
    caption: 'Calls being screened',
    captionHidden: true,
    columns: [
      { title: 'State' },
      ...(tells ? [{ title: 'Caller' }, { title: 'Called', wide: true }] : [{ title: 'Call' }]),
      { title: 'Duration', number: true },
    ],
    rows: shown.map((call) => [
      html`<span class="place"><span class="swatch live-${call.state}"></span>${stateWords[call.state] ?? call.state}</span>`,
      ...(tells
        ? [
            call.caller === null ? null : numbers.caller(call.caller),
            call.called === null ? null : numbers.called(call.called),
          ]
        : [html`<span class="quiet">${said(call.id)}</span>`]),
      span(now - call.since),
    ]),
    empty: 'No calls are being screened.',
  })}${live.length > shown.length && html`<p class="quiet">and ${calls(live.length - shown.length)} more</p>`}`;
}

/** Kept across restarts; hidden when there are none. */
function outages({ health, now }: NowData): Html | null {
  if (health.outages.length === 0) return null;
  return html`<h2>Redis outages</h2>${table({
    caption: 'Redis outages',
    captionHidden: true,
    columns: [
      { title: 'From' },
      { title: 'To' },
      { title: 'Duration', number: true },
      { title: 'Calls waiting', number: true },
    ],
    rows: health.outages
      .slice(0, mostOutagesShown)
      .map(({ from, to, waiting: queued }) => [
        html`<a href="${address('/calls', { since: exactTime(from), until: to === null ? null : exactTime(to) })}">${moment(from)}</a>`,
        to === null ? 'ongoing' : moment(to),
        span((to ?? now) - from),
        count(queued),
      ]),
    empty: '',
  })}${exportLinks('outages')}`;
}

function latest({ latest: records, numbers }: NowData): Html {
  if (records === null)
    return html`<p class="empty">Redis is not responding, so recent calls cannot be shown.</p>`;
  return html`${callTable('Recent calls', records, numbers, 'No calls in the last seven days.')}${
    records.length > 0 && html`<p><a href="/calls">All calls</a></p>`
  }`;
}
