import { everyCalendar } from '../../../../call/facts.ts';
import { calls, count, waiting } from '../../../../call/sentences.ts';
import { type Html, html, said } from '../../html.ts';
import type { PartHealth } from '../../page-deps.ts';
import { moment } from '../../times.ts';
import type { NowData } from './now-data.ts';

/** What is wrong beside the traffic, each with its remedy; and what staff closed. `isWell`: nothing is wrong. */
export function stateNotices(data: NowData): { readonly shown: Html; readonly isWell: boolean } {
  const { ari, redis, backlog, shedding, outbox } = data.health;
  const {
    redisDangers = [],
    settings = [],
    failingChannels = [],
    oddSettings = [],
    closures = [],
  } = data.health;
  const { failing, inMemory, inSecondPlace, setAside } = outbox;
  const redisAway = !redis.up;
  const { awaySince } = data.recorded;
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
    !redisAway &&
      awaySince !== null &&
      html`<p class="notice warn"><strong>The records have not answered since ${moment(awaySince)}.</strong> Calls are screened and recorded; today’s figures and recent calls cannot be shown. They are still being read after a start, or Redis is slow.</p>`,
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
  return { shown: html`${closed}${notices}`, isWell: notices.length === 0 };
}

function since({ since: at }: PartHealth): Html | null {
  return at === null ? null : html` since ${moment(at)}`;
}
