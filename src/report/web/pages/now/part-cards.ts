import { count } from '../../../../call/sentences.ts';
import { type Html, html, said } from '../../html.ts';
import { shortSince } from '../../times.ts';
import type { NowData } from './now-data.ts';

/** The state of each part, and since when it is so. */
export function partCards({ health, policy, lists, recorded, now }: NowData): Html {
  const { ari, redis, backlog, outbox } = health;
  const rows = lists.reduce((all, { size }) => all + size, 0);
  const wrong = lists.filter(({ error }) => error !== null).length;
  const since = (at: number | null) => (at === null ? null : shortSince(at, now));
  return html`<ul class="cards">
${card('Asterisk (ARI)', ari.up, ari.up ? 'Connected' : `Disconnected: ${ari.state}`, since(ari.since))}
${card('Redis', redis.up, redis.up ? 'Connected' : redis.state === 'unresponsive' ? 'Not responding' : `Unavailable: ${redis.state}`, since(redis.since))}
${recordsCard(backlog, outbox, recorded.awaySince, now)}
${card('Policy', policy.refused === null, policy.refused === null ? 'In force' : 'Refused', html`${policy.version} ${since(policy.loadedAt)}`)}
${card('Lists', wrong === 0, wrong === 0 ? `${lists.length} in force` : `${wrong} with errors`, `${count(rows)} ${rows === 1 ? 'number' : 'numbers'}`)}
${card('Process', true, health.node, html`up ${since(health.startedAt)}`)}
</ul>`;
}

function recordsCard(
  backlog: number,
  { failing, inMemory, setAside }: NowData['health']['outbox'],
  awaySince: number | null,
  now: number,
): Html {
  const queued = `${count(backlog)} waiting`;
  if (failing !== null) return card('Records', false, 'Disk writes fail', `${count(inMemory)} in memory`);
  if (setAside > 0) return card('Records', false, `${count(setAside)} refused by Redis`, queued);
  if (awaySince !== null)
    return card('Records', false, 'Not answering', html`${shortSince(awaySince, now)}; ${queued}`);
  if (backlog > 0) return card('Records', false, queued, 'kept on disk');
  return card('Records', true, 'All sent', 'none waiting');
}

function card(title: string, well: boolean, state: string, more: Html | string | null): Html {
  return html`<li class="card ${well ? 'well' : 'unwell'}"><h3>${title}</h3><p class="state"><span class="lamp"></span>${said(state)}<span class="visually-hidden">${well ? ', operational' : ', degraded'}</span></p>${more !== null && html`<p class="more">${more}</p>`}</li>`;
}
