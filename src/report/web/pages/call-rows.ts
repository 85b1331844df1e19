import { whereabouts } from '../../../screening/whereabouts.ts';
import type { CallRecord } from '../../call-records.ts';
import { callAddress } from '../address.ts';
import { type Html, html } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { table } from '../table.ts';
import { callMs, shortMoment } from '../when.ts';
import { challengeOf, placeWords } from '../words.ts';

/** Calls as rows, each with a link to all that is known of it. */
export function callTable(
  caption: string,
  records: readonly CallRecord[],
  numbers: PageNumbers,
  empty: string,
): Html {
  return table({
    caption,
    captionHidden: true,
    columns: [
      { title: 'Arrived' },
      { title: 'Caller' },
      { title: 'Called', wide: true },
      { title: 'Became' },
      { title: 'Rule', wide: true },
      { title: 'Screened in', number: true, wide: true },
    ],
    rows: records.map((record) => row(record, numbers)),
    empty,
  });
}

function row({ outcome }: CallRecord, numbers: PageNumbers): Html[] {
  const { facts, decision, timings, callId } = outcome;
  const challenge = challengeOf(outcome);
  return [
    html`<a href="${callAddress(callId)}">${shortMoment(facts.now)}</a>`,
    html`${numbers.caller(facts.caller, callId)}${
      facts.caller.displayName !== '' &&
      html`<span class="under">${numbers.words(facts.caller.displayName, callId)}</span>`
    }`,
    numbers.number(facts.called.number ?? facts.called.raw, callId),
    html`${placeMark(whereabouts(outcome))}${challenge !== null && html`<span class="under nowrap">${challenge}</span>`}`,
    html`<span class="nowrap${decision === null && ' quiet'}">${decision?.rule ?? 'not decided'}</span>`,
    html`${callMs(timings.exitMs)}`,
  ];
}

/** Where a call went, in a word with its colour. */
export function placeMark(place: string): Html {
  return html`<span class="place"><span class="swatch s-${place}"></span>${placeWords.get(place) ?? place}</span>`;
}
