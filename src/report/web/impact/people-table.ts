import { missedWords } from '../../../call/impact/missed-people.ts';
import { count } from '../../../call/sentences.ts';
import { challengeResults } from '../../../call/vocabulary.ts';
import { address, callAddress } from '../address.ts';
import { exportLinks } from '../export-links.ts';
import { type Html, html, said } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { table } from '../table.ts';
import type { TimeRange } from '../time-range.ts';
import { minute, shortMoment } from '../times.ts';
import type { Worker } from './impact-work.ts';
import type { HarmedPeople, HarmedPerson, WorkDone } from './people.ts';

const mostShown = 50;

export interface Worklist {
  readonly found: HarmedPeople;
  /** Null: not known. */
  readonly done: WorkDone | null;
  /** Null: the visitor may only look. */
  readonly worker: Worker | null;
}

/** People whom the challenge perhaps kept out, one a row, until somebody followed them up. */
export function peopleTable({ found, done, worker }: Worklist, range: TimeRange, numbers: PageNumbers): Html {
  const isDone = ({ person }: HarmedPerson) => done?.followUps.has(person.callId) === true;
  const people = [...found.people.filter((one) => !isDone(one)), ...found.people.filter(isDone)];
  const open = people.filter((one) => !isDone(one)).length;
  return html`<p>${open === 0 ? 'Nobody is waiting to be followed up.' : html`<strong>${count(open)}</strong> to follow up${people.length > open && html`, ${count(people.length - open)} done`}.`}</p>
${done === null && worker !== null && html`<p class="notice warn">What was done already is not known: Redis does not answer.</p>`}
${table({
  caption: 'People possibly harmed',
  captionHidden: true,
  columns: [
    { title: 'Last call' },
    { title: 'Caller' },
    { title: 'What speaks for a person', words: true },
    { title: done === null ? '' : 'Follow-up', words: true },
  ],
  rows: people
    .slice(0, mostShown)
    .map((one) => [
      html`<a href="${callAddress(one.person.callId)}">${shortMoment(one.person.lastAt)}</a><span class="under">${challengeResults.label(one.person.result)}</span>`,
      callerCell(one, range, numbers),
      whyCell(one, numbers),
      done === null ? null : workCell(one, done, worker, range, numbers),
    ]),
  empty: 'None: no caller who did not pass is likely a person, or on a list.',
})}${people.length > mostShown && html`<p class="quiet">and ${count(people.length - mostShown)} more</p>`}
<p class="quiet">Of ${count(found.all)} ${found.all === 1 ? 'caller' : 'callers'} with a number who did not pass and are in no campaign${found.looked < found.all && html`; the newest ${count(found.looked)} were looked up on lists`}. A caller who fails again comes back to this list.</p>
${exportLinks('people-harmed', range.query)}`;
}

function callerCell(
  { person: { caller, name, callId }, listed }: HarmedPerson,
  range: TimeRange,
  numbers: PageNumbers,
): Html {
  const number = numbers.number(caller, callId);
  const shown = listed?.name ?? name;
  return html`${numbers.whole ? html`<a href="${address('/calls', { ...range.query, caller })}">${number}</a>` : number}${shown !== null && html`<span class="under">${numbers.words(shown, callId)}</span>`}`;
}

function whyCell({ person, listed }: HarmedPerson, numbers: PageNumbers): Html {
  const all = [...missedWords(person), ...(listed === null ? [] : [`on the list ${listed.list} now`])];
  return html`${numbers.words(all.join(', '), person.callId)}`;
}

/** What was done, and the buttons for who may do it. They work without scripts. */
function workCell(
  { person: { callId, caller } }: HarmedPerson,
  { followUps, expected }: WorkDone,
  worker: Worker | null,
  range: TimeRange,
  numbers: PageNumbers,
): Html {
  const followUp = followUps.get(callId);
  const expectation = expected.get(caller);
  const form = (action: string, name: string, words: string) =>
    worker !== null &&
    html`<form action="/harm/${action}" method="post"><input type="hidden" name="call" value="${callId}"><input type="hidden" name="${name}" value="yes">${rangeFields(range)}${csrfField(worker)}<button>${words}</button></form>`;
  return html`<div class="act">${
    followUp === undefined
      ? form('done', 'done', 'Done')
      : html`<span>Done ${minute(followUp.at)} by ${said(followUp.who)}</span>${form('done', 'take-back', 'Undo')}`
  }${
    expectation === undefined
      ? worker !== null &&
        followUp === undefined &&
        html`<a href="${address('/harm/expect', { call: callId, ...range.query })}">Expect this caller</a>`
      : html`<span>Expected until ${minute(expectation.until)}: ${numbers.words(expectation.why, callId)}</span>${form('expect', 'take-back', 'No longer expect')}`
  }</div>`;
}

/** The time of the page that is shown again afterward. */
export function rangeFields({ query }: Pick<TimeRange, 'query'>): Html {
  return html`${Object.entries(query).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
}

export function csrfField({ csrf }: Worker): Html {
  return html`${csrf !== null && html`<input type="hidden" name="_csrf" value="${csrf}">`}`;
}
