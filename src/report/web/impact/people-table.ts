import { type MissedPeople, type MissedPerson, missedWords } from '../../../call/impact/missed-people.ts';
import { calls as callsText, count } from '../../../call/sentences.ts';
import { challengeResults } from '../../../call/vocabulary.ts';
import { callAddress, callerAddress, callsAddress } from '../address.ts';
import type { Actor } from '../callers/actor.ts';
import { exportLinks } from '../export-links.ts';
import { type Html, html, said } from '../html.ts';
import type { ListsView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { table } from '../table.ts';
import type { TimeRange } from '../time-range.ts';
import { minute, shortMoment } from '../times.ts';
import { listedAs, type WorkDone } from './people.ts';

const mostShown = 100;

export interface Worklist {
  readonly found: MissedPeople;
  /** Null: not known. */
  readonly done: WorkDone | null;
  /** Null: the visitor may only look. */
  readonly actor: Actor | null;
}

/** People possibly harmed, one a row, until somebody followed them up. @param now epoch ms */
export function peopleTable(
  { found, done, actor }: Worklist,
  range: TimeRange,
  lists: ListsView,
  now: number,
  numbers: PageNumbers,
): Html {
  const isDone = ({ callId }: MissedPerson) => done?.followUps.has(callId) === true;
  const people = [...found.people.filter((one) => !isDone(one)), ...found.people.filter(isDone)];
  const doneCount = people.filter(isDone).length;
  const open = found.all - doneCount;
  const shown = people
    .slice(0, mostShown)
    .map((person) => ({ person, listed: listedAs(person, lists, now) }));
  return html`<p>${open === 0 ? 'Nobody is waiting to be followed up.' : html`<strong>${count(open)}</strong> to follow up${doneCount > 0 && html`, ${count(doneCount)} done`}.`}</p>
${done === null && actor !== null && html`<p class="notice warn">What was done already is not known: Redis does not answer.</p>`}
${table({
  caption: 'People possibly harmed',
  captionHidden: true,
  columns: [
    { title: 'Caller' },
    { title: 'Last call', wide: true },
    { title: 'What speaks for a person, and what was done', words: true },
  ],
  rows: shown.map((one) => [
    html`${callerCell(one, numbers)}<span class="under on-phone">${lastCall(one.person)}</span>`,
    lastCall(one.person),
    html`${whyWords(one, numbers)}${done !== null && workCell(one.person, done, actor, range, numbers)}`,
  ]),
  empty: 'None: no caller who did not pass is likely a person.',
})}${found.all > shown.length && html`<p><strong>${count(found.all - shown.length)} more</strong> are not shown here; the files below have all ${count(found.all)}.</p>`}
<p class="quiet">${found.all > 0 && html`<a href="${callsAddress(range, { impact: 'harmed' })}">${callsText(found.calls)}</a> of ${count(found.all)} ${found.all === 1 ? 'person' : 'people'}, of `}${count(found.callers)} ${found.callers === 1 ? 'caller' : 'callers'} with a number who did not pass and are in no campaign. A caller who fails again comes back to this list.</p>
${exportLinks('people-harmed', range.query)}`;
}

interface Row {
  readonly person: MissedPerson;
  readonly listed: ReturnType<typeof listedAs>;
}

function lastCall({ callId, lastAt, result }: MissedPerson): Html {
  return html`<a href="${callAddress(callId)}">${shortMoment(lastAt)}</a><span class="under">${challengeResults.label(result)}</span>`;
}

function callerCell({ person: { caller, name, callId }, listed }: Row, numbers: PageNumbers): Html {
  // A viewer sees no name that a list has.
  const shown = (numbers.whole ? listed?.name : null) ?? name;
  return html`<a href="${callerAddress(callId)}">${numbers.number(caller, callId)}</a>${shown !== null && html`<span class="under">${numbers.words(shown, callId)}</span>`}`;
}

function whyWords({ person, listed }: Row, numbers: PageNumbers): Html {
  const all = [...missedWords(person), ...(listed === null ? [] : [`on the list ${listed.list} now`])];
  return numbers.words(all.join(', '), person.callId);
}

/** What was done, and the button for who may do it. It works without scripts. */
function workCell(
  { callId, caller }: MissedPerson,
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
