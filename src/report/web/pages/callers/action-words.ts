import { calls } from '../../../../call/sentences.ts';
import type { CallerAction } from '../../../../call/staff/caller-actions.ts';
import { type Html, html, said } from '../../html.ts';
import type { FlagForm } from '../../page-deps.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import { minute } from '../../times.ts';

/** `Flagged 3 calls as scam`; without a full stop. */
export function actionWords(action: CallerAction, numbers: PageNumbers): Html {
  switch (action.what) {
    case 'flag':
      return html`Flagged ${action.calls.length === 1 ? 'one call' : calls(action.calls.length)} as ${action.word}`;
    case 'expect': {
      const at = action.called === null ? null : html` at ${numbers.calledInline(action.called)}`;
      return action.now === null
        ? html`No longer expected${at}`
        : html`Expected${at} until ${minute(action.now.until)}`;
    }
    case 'list': {
      const words = action.changes.map(({ did, list }, at) => {
        const verb = did === 'added' ? 'added to' : 'removed from';
        return html`${at > 0 && ', '}${at === 0 ? verb.replace(/^./, (one) => one.toUpperCase()) : verb} ${said(list)}`;
      });
      return html`${words}`;
    }
  }
}

/** A form of one button that undoes what was done. */
export function undoForm(
  action: string,
  fields: Readonly<Record<string, string>>,
  { csrf }: FlagForm,
  words = 'Undo',
): Html {
  return html`<form class="undo" action="${action}" method="post">${Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}${csrf !== null && html`<input type="hidden" name="_csrf" value="${csrf}">`}<button class="back">${words}</button></form>`;
}
