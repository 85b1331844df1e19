import type { CallRecord } from '../../../call/call-records.ts';
import { dispositionOf } from '../../../call/disposition.ts';
import { challengeResults } from '../../../call/vocabulary.ts';
import { callAddress } from '../address.ts';
import { answered, NotAnswered } from '../answered.ts';
import { type Html, html } from '../html.ts';
import type { PageDeps } from '../page-deps.ts';
import { table } from '../table.ts';
import { shortMoment, span } from '../times.ts';
import { placeMark } from './call-rows.ts';

const dayMs = 86_400_000;
const aroundDays = 30;
const mostEarlier = 10;
const mostLater = 5;
/** The page is shown without them then. */
const deadlineMs = 1500;

/** Other calls of the same caller, within 30 days. */
export interface CallsAround {
  /** The newest first. */
  readonly earlier: readonly CallRecord[];
  /** The oldest first. */
  readonly later: readonly CallRecord[];
}

/** Null: the caller has no number, or the records do not answer. */
export async function callsAround(
  { records, log }: PageDeps,
  { outcome: { facts, callId } }: CallRecord,
): Promise<CallsAround | null> {
  const { now: at, caller } = facts;
  if (caller.number === null) return null;
  const filter = { caller: caller.number };
  // The call itself, and another of the same millisecond, are within.
  const others = ({ calls }: { readonly calls: readonly CallRecord[] }) =>
    calls.filter(({ outcome }) => outcome.callId !== callId);
  try {
    const [earlier, later] = await answered(
      Promise.all([
        records.page({ ...filter, since: at - aroundDays * dayMs, until: at + 1 }, null, mostEarlier + 1),
        records.page({ ...filter, since: at + 1, until: at + aroundDays * dayMs }, null, mostLater, 'oldest'),
      ]),
      deadlineMs,
    );
    return { earlier: others(earlier).slice(0, mostEarlier), later: others(later) };
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    log.warn('Failed to read the other calls of a caller', { callId, error: error.cause ?? error });
    return null;
  }
}

/** Earlier and later calls, this one between them. */
export function aroundTable({ outcome, realExit }: CallRecord, { earlier, later }: CallsAround): Html {
  const { now: at } = outcome.facts;
  const row = (record: CallRecord) => {
    const { callId, challenge, facts } = record.outcome;
    const distance = span(Math.abs(facts.now - at));
    return [
      html`<a href="${callAddress(callId)}">${shortMoment(facts.now)}</a>`,
      facts.now > at ? `${distance} later` : `${distance} earlier`,
      placeMark(dispositionOf(record.outcome, record.realExit)),
      challenge === null
        ? html`<span class="quiet">not challenged</span>`
        : challengeResults.label(challenge.result),
    ];
  };
  const result = placeMark(dispositionOf(outcome, realExit));
  const here = [shortMoment(at), html`<strong>this call</strong>`, result, null];
  const all = earlier.length + later.length;
  return table({
    caption: `Calls of this caller within ${aroundDays} days, the newest first`,
    captionHidden: true,
    columns: [
      { title: 'Arrived' },
      { title: 'When' },
      { title: 'Result' },
      { title: 'Challenge', wide: true },
    ],
    rows: all === 0 ? [] : [...later.toReversed().map(row), here, ...earlier.map(row)],
    empty: `No other call of this caller within ${aroundDays} days.`,
  });
}
