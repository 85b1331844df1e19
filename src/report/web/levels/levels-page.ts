import { longestReason } from '../../../call/staff/caller-actions.ts';
import { attackLevels } from '../../../call/vocabulary.ts';
import type { LevelByHand } from '../../../levels/level-state.ts';
import { scopeWords } from '../../../levels/level-words.ts';
import type { Health } from '../../api/health.ts';
import type { Actor } from '../callers/actor.ts';
import { type Html, html, said } from '../html.ts';
import { heading } from '../layout.ts';
import { whatIsNotCalm } from '../level-banner.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { undoForm } from '../pages/callers/action-words.ts';
import { levelWriting } from '../pages/now/going-on.ts';
import { table } from '../table.ts';
import { minute } from '../times.ts';

const hourMs = 3_600_000;

/** For how long a level may be set by hand; it ends by itself then. */
export const levelFor = [
  { value: '30m', words: '30 minutes', ms: hourMs / 2 },
  { value: '2h', words: '2 hours', ms: 2 * hourMs },
  { value: '8h', words: '8 hours', ms: 8 * hourMs },
  { value: '1d', words: '1 day', ms: 24 * hourMs },
  { value: '7d', words: '7 days', ms: 7 * 24 * hourMs },
] as const;

/** What can be set, the most urgent first. */
export const sayWords: Readonly<Record<LevelByHand['say'], string>> = {
  attack: attackLevels.label('attack'),
  elevated: attackLevels.label('elevated'),
  calm: 'Calm, whatever is found',
  'call-back-surge': 'Number was forged: people call it back',
  'no-call-back-surge': 'Number was not forged',
};

export interface LevelsPage {
  readonly levels: NonNullable<Health['levels']>;
  /** The first to end first. */
  readonly byHand: readonly LevelByHand[];
  /** Lists of called numbers that rules ask the level of. */
  readonly departments: readonly string[];
  /** Whether a rule asks for levels, or for call-back surges. */
  readonly isAsked: boolean;
  /** What was just set by hand. */
  readonly done: LevelByHand | null;
  /** Null: may only look. */
  readonly admin: Actor | null;
  readonly numbers: PageNumbers;
}

/** What is not calm and why, what staff set by hand for a time, and for admins the form that does. */
export function levelsPage(page: LevelsPage): Html {
  const { admin, done } = page;
  return html`${heading('Attack levels', 'What is not calm, and what was set by hand for a time. The rules say what a level means for callers; known callers are connected as usual.')}
${done && html`<div class="notice good done" role="status"><span>Set by hand until ${minute(done.until)}: ${title(page, done)}. Every node follows within seconds.</span>${admin && endForm(done, admin, 'Undo')}</div>`}
${!page.isAsked && html`<p class="notice" role="status">No rule asks for an attack level, so nothing changes for callers.</p>`}
<section aria-labelledby="h-level"><h2 id="h-level">Now</h2>${notCalm(page)}</section>
<section aria-labelledby="h-by-hand"><h2 id="h-by-hand">Set by hand</h2>${byHandTable(page)}</section>
${admin && html`<section aria-labelledby="h-set"><h2 id="h-set">Set a level by hand</h2>${levelForm(page, admin)}</section>`}`;
}

function notCalm({ levels, numbers }: LevelsPage): Html {
  const all = whatIsNotCalm(levels, levelWriting(numbers));
  if (all.length === 0) return html`<p class="empty">All is calm.</p>`;
  return html`<ul class="going-on">${all.map((one) => html`<li><strong>${said(one.title)}</strong> <span class="quiet">since ${minute(one.since)}: ${said(one.why)}</span></li>`)}</ul>`;
}

function title({ numbers }: LevelsPage, { scope, say }: LevelByHand): Html {
  const of = scopeWords(scope, levelWriting(numbers));
  return html`${sayWords[say]}, of ${said(of)}`;
}

function byHandTable(page: LevelsPage): Html {
  const { byHand, admin } = page;
  const columns = [
    { title: 'Level', words: true },
    ...['Until', 'By'].map((name) => ({ title: name, narrow: true })),
    { title: 'Reason', words: true },
    ...(admin ? [{ title: '', narrow: true }] : []),
  ];
  return table({
    ...{ caption: 'Levels that were set by hand', captionHidden: true, columns },
    empty: 'Nothing is set by hand: levels are as Gatehouse finds them.',
    rows: byHand.map((one) => [
      title(page, one),
      minute(one.until),
      said(one.by),
      said(one.reason),
      ...(admin ? [endForm(one, admin, 'End')] : []),
    ]),
  });
}

function endForm({ scope, say }: LevelByHand, admin: Actor, word: string): Html {
  return undoForm('/levels/end', { scope, say }, admin, word);
}

function levelForm({ departments }: LevelsPage, { csrf }: Actor): Html {
  return html`<form class="act" action="/levels/set" method="post" aria-label="Set a level by hand">${
    csrf !== null && html`<input type="hidden" name="_csrf" value="${csrf}">`
  }<div class="fields"><label><span>Level</span><select name="say">${Object.entries(sayWords).map(([say, words]) => html`<option value="${say}">${words}</option>`)}</select></label>
<label><span>Of</span><select name="of"><option value="board">whole switchboard</option>${departments.map((list) => html`<option value="list:${list}">${list}</option>`)}</select></label>
<label><span>Or of a called number</span><input name="number" maxlength="40" autocomplete="off" inputmode="tel"></label>
<label><span>For</span><select name="for">${levelFor.map(({ value, words }) => html`<option value="${value}">${words}</option>`)}</select></label></div>
<label><span>Reason (required)</span><input name="why" required maxlength="${longestReason}" autocomplete="off"></label>
<p><button>Set by hand</button></p></form>`;
}
