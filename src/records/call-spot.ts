import type { ShardKeys } from './redis-keys.ts';

const dayMs = 86_400_000;

/** Where a call stands: the newest first, then by shard and place, so that two calls of one millisecond have an order. */
export interface CallSpot {
  /** Arrival, epoch ms. */
  readonly at: number;
  readonly shard: ShardKeys;
  /** Place in the columns; negative: in the stream of the first format, which has none. */
  readonly number: number;
  /** Id of its stream entry. */
  readonly id: string;
}

/** The order alone, as a cursor has it. */
export interface SpotOrder {
  readonly at: number;
  readonly shard: number;
  readonly number: number;
}

/** Above 0 when `a` comes later in a page, which is older. */
export function compareSpots(a: SpotOrder, b: SpotOrder): number {
  return b.at - a.at || b.shard - a.shard || b.number - a.number;
}

export function orderOf({ at, shard, number }: CallSpot): SpotOrder {
  return { at, shard: shard.shard, number };
}

/** Safe in a URL. */
export function cursorOf(spot: SpotOrder): string {
  return [spot.at, spot.shard, spot.number].map((part) => part.toString(36)).join('.');
}

/** Null when it is none of ours. */
export function spotOfCursor(cursor: string): SpotOrder | null {
  const [, at = '', shard = '', number = ''] =
    /^([0-9a-z]{1,10})\.([0-9a-z]{1,4})\.(-?[0-9a-z]{1,10})$/.exec(cursor) ?? [];
  return at === ''
    ? null
    : { at: Number.parseInt(at, 36), shard: Number.parseInt(shard, 36), number: Number.parseInt(number, 36) };
}

/** The entry's id is the latest arrival up to it, and its place (scripts/record-outcome.ts). `times`: the column up to it. */
export function entryId(shard: ShardKeys, times: Buffer, number: number): string {
  let latest = 0;
  const end = Math.min(times.length, (number + 1) * 4);
  for (let at = 0; at + 4 <= end; at += 4) latest = Math.max(latest, times.readUInt32BE(at));
  return `${shard.day + latest}-${number}`;
}

/** Days from the one of `until` back to that of `since` (epoch ms), as starts of UTC days. */
export function daysBack(since: number, until: number): number[] {
  const first = Math.floor(since / dayMs) * dayMs;
  const days: number[] = [];
  for (let day = Math.floor(until / dayMs) * dayMs; day >= first; day -= dayMs) days.push(day);
  return days;
}
