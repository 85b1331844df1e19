import type { CallPage, CallRecord, ValueCount } from '../../../../call/call-records.ts';
import { listedNumber } from '../../../../call/facts.ts';
import { callsAddress, exactTime } from '../../address.ts';
import { answered } from '../../answered.ts';
import type { ListHit, PageDeps } from '../../page-deps.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import { type KeptOfCaller, keptOfCaller } from './kept-of-caller.ts';

const callsShown = 50;
const mostCalled = 20;

export interface CallerData {
  /** By which the caller was asked for. */
  readonly record: CallRecord;
  /** Null: the call has no number, so that nothing belongs together. */
  readonly calls: CallsOfCaller | null;
  readonly lists: readonly ListHit[];
  /** Null: nothing is kept of who has no number, or not here. */
  readonly kept: KeptOfCaller | 'not-answered' | null;
}

export interface CallsOfCaller {
  readonly page: CallPage;
  /** Epoch ms. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly results: readonly ValueCount[];
  readonly challenges: readonly ValueCount[];
  /** Those of ours that were called. */
  readonly called: readonly ValueCount[];
  readonly signers: readonly ValueCount[];
  readonly campaigns: readonly ValueCount[];
  /** Id of the newest call. */
  readonly newest: string;
  /** Null: the first page. */
  readonly cursor: string | null;
}

/** Everything that is recorded of who made this call. @throws NotAnswered */
export async function callerData(
  record: CallRecord,
  deps: PageDeps,
  cursor: string | null,
): Promise<CallerData> {
  const { facts } = record.outcome;
  const now = deps.now();
  const caller = listedNumber(facts.caller);
  if (caller === null) return { record, calls: null, lists: [], kept: null };
  const [calls, kept] = await Promise.all([
    callsOfCaller(caller, record, deps, cursor),
    facts.caller.number === null ? null : keptOfCaller(record, deps),
  ]);
  return { record, calls, lists: deps.lists.find(caller, now), kept };
}

async function callsOfCaller(
  caller: string,
  record: CallRecord,
  { records, now }: PageDeps,
  cursor: string | null,
): Promise<CallsOfCaller> {
  // A call that arrives while it is read belongs to it.
  const filter = { since: 0, until: now() + 60_000, caller };
  const [page, first, last, results, challenges, called, signers, campaigns] = await answered(
    Promise.all([
      records.page(filter, cursor, callsShown),
      records.page(filter, null, 1, 'oldest'),
      cursor === null ? null : records.page(filter, null, 1),
      records.counts('where', filter),
      records.counts('challenge', filter),
      records.counts('called', filter),
      records.counts('signer', filter),
      records.counts('campaign', filter),
    ]),
  );
  const newest = (last ?? page).calls[0] ?? record;
  const oldest = first.calls[0] ?? record;
  return {
    ...{ page, results, challenges, signers, campaigns, cursor },
    called: called.slice(0, mostCalled),
    firstAt: oldest.outcome.facts.now,
    lastAt: newest.outcome.facts.now,
    newest: newest.outcome.callId,
  };
}

/** The calls of the caller on the page of calls, for those who may search by number. */
export function searchAddress(
  { record }: CallerData,
  numbers: PageNumbers,
  filters: Readonly<Record<string, string>> = {},
  since = 0,
): string | null {
  const caller = listedNumber(record.outcome.facts.caller);
  if (!numbers.whole || caller === null) return null;
  const range = { query: { since: since === 0 ? '2000-01-01' : exactTime(since) } };
  return callsAddress(range, { ...filters, caller });
}
