import type { ChallengeResult } from '../../../screening/outcome.ts';
import type { CallRecord, CallRecords } from '../../call-records.ts';
import { callAddress } from '../address.ts';
import { type Html, html } from '../html.ts';
import type { ListsView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { said } from '../said.ts';
import { table } from '../table.ts';
import type { TimeRange } from '../time-range.ts';
import { shortMoment } from '../when.ts';
import { challengeWords, count } from '../words.ts';

/** So many of each result are looked at: an index page each, whatever the range. */
const looked = 200;
const mostShown = 20;
const notPassed = ['failed', 'silent', 'gave-up'] as const satisfies readonly ChallengeResult[];

export interface LaterKnown {
  /** Newest first: calls that did not pass, of callers of whom more was known later. */
  readonly calls: readonly { readonly record: CallRecord; readonly how: string }[];
  /** How many callers who did not pass were looked at. */
  readonly looked: number;
  /** True when there were more calls than were looked at. */
  readonly isPart: boolean;
}

/** Callers who did not pass a challenge, and who passed one later or are on a list now that does not block. */
export async function laterKnown(
  records: CallRecords,
  lists: ListsView,
  range: TimeRange,
  now: number,
): Promise<LaterKnown> {
  const { since, until } = range;
  const [passed, ...missed] = await Promise.all(
    (['passed', ...notPassed] as const).map((challenge) =>
      records.page({ since, until, challenge }, null, looked),
    ),
  );
  const passedAt = new Map<string, number>();
  for (const { outcome } of passed?.calls ?? []) {
    const { number } = outcome.facts.caller;
    // Newest first, so the last time is what stays.
    if (number !== null && !passedAt.has(number)) passedAt.set(number, outcome.facts.now);
  }
  const calls = missed
    .flatMap((page) => page.calls)
    .sort((a, b) => b.outcome.facts.now - a.outcome.facts.now);
  const told = new Set<string>();
  const found: { record: CallRecord; how: string }[] = [];
  for (const record of calls) {
    const { caller, now: at } = record.outcome.facts;
    if (caller.number === null || told.has(caller.number)) continue;
    told.add(caller.number);
    const how = howKnown(caller.number, at);
    if (how !== null) found.push({ record, how });
  }
  return { calls: found, looked: told.size, isPart: missed.some((page) => page.next !== null) };

  function howKnown(number: string, at: number): string | null {
    const hit = lists.find(number, now).find(({ expired, blocks }) => !expired && !blocks);
    if (hit !== undefined) return `on the list ${hit.list}${hit.name === null ? '' : ` as ${hit.name}`}`;
    return (passedAt.get(number) ?? 0) > at ? 'passed a later challenge' : null;
  }
}

export function laterKnownTable(later: LaterKnown, numbers: PageNumbers): Html {
  return html`${table({
    caption: 'Callers who did not pass a challenge and were known later',
    captionHidden: true,
    columns: [
      { title: 'Call' },
      { title: 'Caller' },
      { title: 'Challenge', wide: true },
      { title: 'Known by', words: true },
    ],
    rows: later.calls
      .slice(0, mostShown)
      .map(({ record: { outcome }, how }) => [
        html`<a href="${callAddress(outcome.callId)}">${shortMoment(outcome.facts.now)}</a>`,
        numbers.caller(outcome.facts.caller, outcome.callId),
        outcome.challenge === null ? '' : challengeWords[outcome.challenge.result],
        said(numbers.text(how, outcome.callId)),
      ]),
    empty: 'None is known: nobody who did not pass has passed since, or is on a list now.',
  })}${later.calls.length > mostShown && html`<p class="quiet">and ${count(later.calls.length - mostShown)} more</p>`}<p class="quiet">${later.isPart ? 'Of the last ' : 'Of '}${count(later.looked)} ${later.looked === 1 ? 'caller' : 'callers'} with a number who did not pass${later.isPart ? `, from the newest ${looked} calls of each result` : ''}.</p>`;
}
