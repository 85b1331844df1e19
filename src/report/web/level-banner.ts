import { calledWords, type NameOf } from '../../call/called-name.ts';
import { levelReason, levelTitle, surgeReason, surgeTitle } from '../../levels/level-words.ts';
import type { Health } from '../api/health.ts';
import { type Html, html, said } from './html.ts';
import { clock, minute } from './times.ts';

const mostShown = 3;

/** A line above a page while something is not calm; null: all is. */
export function levelBanner({ above, surges, measures }: Health['levels'], nameOf: NameOf): Html | null {
  // The numbers are our own.
  const writing = { number: (called: string) => calledWords(called, nameOf), time: clock };
  const all = [
    ...above.map(({ of, ...one }) => ({
      title: levelTitle({ scope: of, level: one.level }, writing),
      since: one.changedAt,
      why: levelReason(one, writing),
    })),
    ...surges.map((one) => ({
      title: surgeTitle(one, writing),
      since: one.since,
      why: surgeReason(one, writing),
    })),
  ];
  if (all.length === 0) return null;
  const isAttack = above.some(({ level }) => level === 'attack');
  return html`<div class="levels ${isAttack ? 'attack' : 'elevated'}">
${all.slice(0, mostShown).map(({ title, since, why }) => html`<p><strong>${said(title)}</strong> since ${minute(since)}: ${said(why)}.</p>`)}
${all.length > mostShown && html`<p>And ${all.length - mostShown} more: <a href="/levels">all attack levels</a>.</p>`}
<p>${
    measures.length === 0
      ? 'No rule asks for it, so nothing changes for callers.'
      : html`In force because of it: ${measures.map(({ rule }, at) => html`${at > 0 && ', '}<a href="/rules">${rule}</a>`)}. Known callers are connected as usual.`
  }</p>
</div>`;
}
