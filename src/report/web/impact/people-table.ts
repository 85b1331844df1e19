import { missedWords } from '../../../call/impact/missed-people.ts';
import { count } from '../../../call/sentences.ts';
import { challengeResults } from '../../../call/vocabulary.ts';
import { callAddress, callerAddress } from '../address.ts';
import type { Actor } from '../callers/actor.ts';
import { exportLinks } from '../export-links.ts';
import { type Html, html, said } from '../html.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { table } from '../table.ts';
import type { TimeRange } from '../time-range.ts';
import { minute, shortMoment } from '../times.ts';
import type { HarmedPeople, HarmedPerson, WorkDone } from './people.ts';

const mostShown = 25;

export interface Worklist {
  readonly found: HarmedPeople;
  /** Null: not known. */
  readonly done: WorkDone | null;
  /** Null: the visitor may only look. */
  readonly actor: Actor | null;
}

/** People whom the challenge perhaps kept out, one a row, until somebody followed them up. */
export function peopleTable({ found, done, actor }: Worklist, range: TimeRange, numbers: PageNumbers): Html {
  const isDone = ({ person }: HarmedPerson) => done?.followUps.has(person.callId) === true;
  const people = [...found.people.filter((one) => !isDone(one)), ...found.people.filter(isDone)];
  const open = people.filter((one) => !isDone(one)).length;
  return html`<p>${open === 0 ? 'Nobody is waiting to be followed up.' : html`<strong>${count(open)}</strong> to follow up${people.length > open && html`, ${count(people.length - open)} done`}.`}</p>
${done === null && actor !== null && html`<p class="notice warn">What was done already is not known: Redis does not answer.</p>`}
${table({
  caption: 'People possibly harmed',
  captionHidden: true,
  columns: [
    { title: 'Caller' },
    { title: 'Last call', wide: true },
    { title: 'What speaks for a person, and what was done', words: true },
  ],
  rows: people
    .slice(0, mostShown)
    .map((one) => [
      html`${callerCell(one, numbers)}<span class="under on-phone">${lastCall(one)}</span>`,
      lastCall(one),
      html`${whyWords(one, numbers)}${done !== null && workCell(one, done, actor, range, numbers)}`,
    ]),
  empty: 'None: no caller who did not pass is likely a person, or on a list.',
})}${people.length > mostShown && html`<p class="quiet">and ${count(people.length - mostShown)} more</p>`}
<p class="quiet">Of ${count(found.all)} ${found.all === 1 ? 'caller' : 'callers'} with a number who did not pass and are in no campaign${found.looked < found.all && html`; the newest ${count(found.looked)} were looked up on lists`}. A caller who fails again comes back to this list.</p>
${exportLinks('people-harmed', range.query)}`;
}

function lastCall({ person: { callId, lastAt, result } }: HarmedPerson): Html {
  return html`<a href="${callAddress(callId)}">${shortMoment(lastAt)}</a><span class="under">${challengeResults.label(result)}</span>`;
}

function callerCell({ person: { caller, name, callId }, listed }: HarmedPerson, numbers: PageNumbers): Html {
  // A viewer sees no name that a list has.
  const shown = (numbers.whole ? listed?.name : null) ?? name;
  return html`<a href="${callerAddress(callId)}">${numbers.number(caller, callId)}</a>${shown !== null && html`<span class="under">${numbers.words(shown, callId)}</span>`}`;
}

function whyWords({ person, listed }: HarmedPerson, numbers: PageNumbers): Html {
  const all = [...missedWords(person), ...(listed === null ? [] : [`on the list ${listed.list} now`])];
  return numbers.words(all.join(', '), person.callId);
}

/** What was done, and the button for who may do it. It works without scripts. */
function workCell(
  { person: { callId, caller } }: HarmedPerson,
  { followUps, expected }: WorkDone,
  actor: Actor | null,
  range: TimeRange,
  numbers: PageNumbers,
): Html {
  const followUp = followUps.get(callId);
  const expectation = expected.get(caller);
  const toAct = `${callerAddress(callId)}#h-act`;
  const form = (name: string, words: string) =>
    actor !== null &&
    html`<form action="/harm/done" method="post"><input type="hidden" name="call" value="${callId}"><input type="hidden" name="${name}" value="yes">${Object.entries(
      range.query,
    ).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`)}${
      actor.csrf !== null && html`<input type="hidden" name="_csrf" value="${actor.csrf}">`
    }<button>${words}</button></form>`;
  return html`<div class="work">${
    followUp === undefined
      ? form('done', 'Done')
      : html`<span>Done ${minute(followUp.at)} by ${said(followUp.who)}</span>${form('take-back', 'Undo')}`
  }${
    expectation === undefined
      ? actor !== null && followUp === undefined && html`<a href="${toAct}">Expect this caller</a>`
      : html`<a href="${toAct}">Expected until ${minute(expectation.until)}</a><span class="under">${numbers.words(expectation.why, callId)}</span>`
  }</div>`;
}
