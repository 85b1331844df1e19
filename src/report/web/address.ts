import { DateTime } from 'luxon';
import type { TimeRange } from './time-range.ts';

/** Epoch ms: from `at`, before `until`. */
export interface StepSpan {
  readonly at: number;
  readonly until: number;
}

/** A path of ours with its query; fields that are undefined, null or empty are left out. */
export function address(
  path: string,
  query: Readonly<Record<string, string | null | undefined>> = {},
): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') params.set(name, value);
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The page of one call. Call ids have slashes (`node/1700000000.1`), which stay. */
export function callAddress(callId: string): string {
  return `/calls/${callId.split('/').map(encodeURIComponent).join('/')}`;
}

/** The page of a caller, by one of the calls: an address shows no number of a person. */
export function callerAddress(
  callId: string,
  query: Readonly<Record<string, string | null | undefined>> = {},
): string {
  return address(`/callers/of${callAddress(callId).slice('/calls'.length)}`, query);
}

/** `/exchanges/+1317555`, `/signers/<name>`. */
export function originPath(kind: 'exchange' | 'signer', value: string): string {
  return `/${kind}s/${encodeURIComponent(value)}`;
}

/** A moment as the query `since` or `until` has it, exact, with its offset: local times are there twice when clocks go back. */
export function exactTime(at: number): string {
  return DateTime.fromMillis(at).toISO({ suppressSeconds: true, suppressMilliseconds: true }) ?? '';
}

type Filters = Readonly<Record<string, string | null | undefined>>;

/** The calls of the time range of a page, narrowed. */
export function callsAddress({ query }: Pick<TimeRange, 'query'>, filters: Filters = {}): string {
  return address('/calls', { ...query, ...filters });
}

/** The calls (or what else `path` shows) of a step of a picture; of the first and the last only what is in the range. */
export function stepAddress(
  range: Pick<TimeRange, 'since' | 'until'>,
  step: StepSpan,
  filters: Filters = {},
  path = '/calls',
): string {
  const since = exactTime(Math.max(step.at, range.since));
  const until = exactTime(Math.min(step.until, range.until));
  return address(path, { since, until, ...filters });
}
