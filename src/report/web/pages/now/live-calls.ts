import { calls, stateWords } from '../../../../call/sentences.ts';
import { type Html, html, said } from '../../html.ts';
import { table } from '../../table.ts';
import { span } from '../../times.ts';
import type { NowData } from './now-data.ts';

const mostLiveShown = 100;

/** The calls inside, the oldest first. */
export function liveCalls({ live, now, numbers }: NowData): Html {
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
