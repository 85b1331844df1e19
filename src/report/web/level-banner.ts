import { calledWords, type NameOf } from '../../call/called-name.ts';
import {
  type LevelWriting,
  levelReason,
  levelTitle,
  surgeReason,
  surgeTitle,
} from '../../levels/level-words.ts';
import type { Health } from '../api/health.ts';
import { type Html, html, said } from './html.ts';
import { clock, minute } from './times.ts';

const mostShown = 3;

/** Each level and each surge in words. `since`: at this level; `begun`: not calm. */
export function whatIsNotCalm(
  { above, surges }: Pick<Health['levels'], 'above' | 'surges'>,
  writing: LevelWriting,
) {
  return [
    ...above.map(({ of, ...one }) => ({
      ...{ scope: of, since: one.changedAt, begun: one.since },
      title: levelTitle({ scope: of, level: one.level }, writing),
      why: levelReason(one, writing),
    })),
    ...surges.map((one) => ({
      ...{ scope: one.called, since: one.since, begun: one.since },
      title: surgeTitle(one, writing),
      why: surgeReason(one, writing),
    })),
  ];
}

/** A line above a page while something is not calm; null: all is. */
export function levelBanner({ above, surges, measures }: Health['levels'], nameOf: NameOf): Html | null {
  // The numbers are our own.
  const writing = { number: (called: string) => calledWords(called, nameOf), time: clock };
  const all = whatIsNotCalm({ above, surges }, writing);
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
