import type { CallRange, CallRecords, NotPassed } from '../../../call/call-records.ts';
import { count } from '../../../call/sentences.ts';
import { challengeResults } from '../../../call/vocabulary.ts';
import { callAddress } from '../address.ts';
import { type Html, html, said } from '../html.ts';
import type { ListsView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { table } from '../table.ts';
import { shortMoment } from '../times.ts';

/** The newest so many calls that were not passed are looked at, whatever the range. */
const looked = 600;
const mostShown = 20;

export interface LaterKnown {
  /** Newest first: calls that did not pass, of callers of whom more was known later. */
  readonly calls: readonly { readonly call: NotPassed; readonly how: string }[];
  /** How many callers who did not pass were looked at. */
  readonly looked: number;
}

/** Callers who did not pass a challenge, and who passed one later or are on a list now that does not block. */
export async function laterKnown(
  records: CallRecords,
  lists: ListsView,
  range: CallRange,
  now: number,
): Promise<LaterKnown> {
  const missed = await records.notPassed(range, looked);
  const calls = missed.flatMap((call) => {
    const how = howKnown(call);
    return how === null ? [] : [{ call, how }];
  });
  return { calls, looked: missed.length };

  function howKnown({ caller, passedLater }: NotPassed): string | null {
    const hit = lists.find(caller, now).find(({ expired, blocks }) => !expired && !blocks);
    if (hit !== undefined) return `on the list ${hit.list}${hit.name === null ? '' : ` as ${hit.name}`}`;
    return passedLater ? 'passed a later challenge' : null;
  }
}

export function laterKnownTable(later: LaterKnown, numbers: PageNumbers): Html {
  return html`${table({
    caption: 'Callers who did not pass a challenge and were recognized later',
    captionHidden: true,
    columns: [
      { title: 'Call' },
      { title: 'Caller' },
      { title: 'Challenge', wide: true },
      { title: 'Recognized by', words: true },
    ],
    rows: later.calls
      .slice(0, mostShown)
      .map(({ call: { callId, arrivedAt, caller, result }, how }) => [
        html`<a href="${callAddress(callId)}">${shortMoment(arrivedAt)}</a>`,
        numbers.number(caller, callId),
        challengeResults.label(result),
        said(numbers.text(how, callId)),
      ]),
    empty: 'None: no caller who failed has passed since or is on a list now.',
  })}${later.calls.length > mostShown && html`<p class="quiet">and ${count(later.calls.length - mostShown)} more</p>`}<p class="quiet">Of ${count(later.looked)} ${later.looked === 1 ? 'caller' : 'callers'} with a number in the newest ${count(looked)} calls that did not pass.</p>`;
}
