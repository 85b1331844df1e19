import { minutesSavedWords } from '../../../../call/impact/minutes-saved.ts';
import { count } from '../../../../call/sentences.ts';
import { type CallImpact, callImpacts } from '../../../../call/vocabulary.ts';
import { address, callsAddress } from '../../address.ts';
import { dayLine } from '../../charts/sparkline.ts';
import { type Html, html } from '../../html.ts';
import { type FigureWord, figureWords, type Today } from '../../now/today.ts';
import { clock } from '../../times.ts';
import type { NowData } from './now-data.ts';

interface Shown {
  readonly title: string;
  readonly about: string;
  /** What it counts, one a row. */
  readonly href: string;
}

const today = { since: 'today' };
const ofImpact = (impact?: CallImpact) => callsAddress({ query: today }, { impact });

const shown: Readonly<Record<FigureWord, Shown>> = {
  calls: { title: 'Calls', about: 'all of today', href: ofImpact() },
  stopped: { title: 'Unwanted, stopped', about: callImpacts.all.stopped.about, href: ofImpact('stopped') },
  reached: { title: 'Reached people', about: callImpacts.all.reached.about, href: ofImpact('reached') },
  people: {
    title: 'Possibly harmed',
    about: callImpacts.all.harmed.about,
    href: `${address('/harm', today)}#h-people`,
  },
  minutes: { title: 'Staff minutes saved', about: minutesSavedWords, href: ofImpact('stopped') },
};

/** Today so far, each figure with its day by the hour and what is usual. */
export function todayFigures({ recorded: { today }, now }: NowData): Html {
  const head = html`<h2 id="h-today">Today so far</h2>`;
  if (today === null)
    return html`${head}<p class="empty">The records are not answering, so today’s figures cannot be shown.</p>`;
  return html`${head}<ul class="figures">${figureWords.map((word) => figure(word, today))}</ul>
<p class="quiet">${compared(today, now)} Minutes saved are ${minutesSavedWords}. Possibly harmed are ${callImpacts.all.harmed.about}.</p>`;
}

function figure(word: FigureWord, { figures }: Today): Html {
  const { title, about, href } = shown[word];
  const { now, usual, hours, usualHours } = figures[word];
  return html`<li><a href="${href}" title="${about}"><span class="name">${title}</span><span class="big">${count(Math.round(now))}</span></a>${dayLine(hours, usualHours)}<span class="under">${usual === null ? 'no usual figure yet' : `usually ${count(Math.round(usual))} by now`}</span></li>`;
}

function compared({ weekday, weeks, figures }: Today, now: number): string {
  if (figures.calls.usual === null)
    return `Once three ${weekday}s are recorded, this day is compared with them.`;
  return `Usual: the median of the last ${weeks} ${weekday}s up to ${clock(now)}; the line is that of the whole day.`;
}
