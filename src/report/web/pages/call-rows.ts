import { type CallCell, callColumns } from '../../../call/call-columns.ts';
import type { CallRecord } from '../../../call/call-records.ts';
import { dispositions } from '../../../call/vocabulary.ts';
import { callAddress, callerAddress } from '../address.ts';
import { type Html, html, said } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { table } from '../table.ts';
import { callMs, shortMoment } from '../times.ts';

const columns = callColumns.flatMap(({ page, wideOnly, value }) =>
  page === null ? [] : [{ title: page, wide: wideOnly ?? false, value }],
);

/** Calls as rows; the first cell links to the page of the call. `pick`: what stands before it, to select the call. */
export function callTable(
  caption: string,
  records: readonly CallRecord[],
  numbers: PageNumbers,
  empty: string,
  pick: (record: CallRecord) => Html | null = () => null,
): Html {
  return table({
    caption,
    captionHidden: true,
    columns: columns.map(({ title, wide }) => ({ title, wide })),
    rows: records.map((record) => {
      const { callId } = record.outcome;
      return columns.map(({ value }, at) => {
        const shown = cell(value(record), numbers, callId);
        return at === 0 ? html`${pick(record)}<a href="${callAddress(callId)}">${shown}</a>` : shown;
      });
    }),
    empty,
  });
}

function cell(found: CallCell, numbers: PageNumbers, callId: string): Html {
  switch (found.kind) {
    case 'moment':
      return shortMoment(found.at);
    case 'caller': {
      const { displayName, number } = found.caller;
      const shown = numbers.caller(found.caller, callId);
      return html`${number === null ? shown : html`<a href="${callerAddress(callId)}">${shown}</a>`}${displayName !== '' && html`<span class="under">${numbers.words(displayName, callId)}</span>`}`;
    }
    case 'called':
      return numbers.called(found.number);
    case 'called-name':
      return said(numbers.nameOf(found.number) ?? '–');
    case 'disposition':
      return html`${placeMark(found.disposition)}${found.notes.map((note) => html`<span class="under">${note}</span>`)}`;
    case 'duration':
      return html`<span class="nowrap">${callMs(found.ms)}</span>`;
    case 'word':
      return html`<span class="nowrap${found.word === null && ' quiet'}">${found.word ?? found.absent ?? '–'}</span>`;
    case 'foreign':
      return numbers.words(found.text, callId);
  }
}

/** The result of a call, in a word with its color. */
export function placeMark(place: string): Html {
  return html`<span class="place"><span class="swatch s-${place}"></span>${dispositions.label(place)}</span>`;
}
