import type { TopCallers } from '../screening/call-records.ts';
import type { Outcome } from '../screening/outcome.ts';
import { mostFirst } from '../screening/report-summary.ts';
import { columnBytes, digestOf } from './call-columns.ts';
import { DigestCounts } from './digest-counts.ts';
import { type RedisClient, type RedisCommand, runAllOrFail } from './redis-client.ts';
import type { ShardKeys } from './redis-keys.ts';
import { outcomesOfStream, pauseOf, recordsAtOnce, storedDays, type TimeRange } from './stored-days.ts';
import { outcomeFrom } from './stored-outcome.ts';
import { StoredRecords } from './stored-records.ts';

const rowsAtOnce = 10_000;
/** Records by which a digest is looked at: its first call and three more, spread over all of them. */
const samples = 4;
/** Looked at beyond what is asked for, because a digest of two callers has fewer calls of each. */
const spare = 10;

interface Spot {
  readonly shard: ShardKeys;
  readonly id: string;
}

interface Group {
  readonly digest: number;
  readonly calls: number;
  /** Rows met so far. */
  met: number;
  /** Calls by caller, of the records that were read. */
  readonly read: Map<string, number>;
}

/** What looks at the calls of a range: at their rows, and at the outcomes of those that have none. */
interface Look {
  readonly row: (digest: number) => boolean;
  readonly spot?: (digest: number, spot: Spot) => Promise<void>;
  readonly outcome: (caller: string) => void;
}

/**
 * Callers by their column, where a digest of four bytes stands for each; a few records a digest tell who it is. When these name two,
 * all of its calls are read. A caller whose digest another one shares unseen has that one's calls too: one caller of 4,000 when there
 * are a million.
 */
export class RedisTopCallers {
  readonly #redis: RedisClient;
  readonly #records: StoredRecords;

  constructor(redis: RedisClient, records: StoredRecords = new StoredRecords(redis)) {
    this.#redis = redis;
    this.#records = records;
  }

  /** Rejects when Redis does, and with the signal's reason once it is aborted. */
  async find(range: TimeRange, limit: number, signal?: AbortSignal): Promise<TopCallers> {
    const pause = pauseOf(signal);
    const counts = new DigestCounts();
    const unread = new Map<string, number>();
    await this.#look(range, pause, {
      row: (digest) => {
        counts.add(digest);
        return false;
      },
      outcome: (caller) => {
        counts.add(digestOf('callers', caller));
        unread.set(caller, (unread.get(caller) ?? 0) + 1);
      },
    });
    const groups = new Map<number, Group>();
    for (const [digest, calls] of counts.top(limit + spare))
      groups.set(digest, { digest, calls, met: 0, read: new Map() });
    for (const caller of unread.keys()) groups.get(digestOf('callers', caller))?.read.set(caller, 1);
    await this.#readSpots(range, pause, groups, ({ calls, met }) => isSample(met - 1, calls));
    const shared = new Map([...groups].filter(([, { read }]) => read.size > 1));
    for (const [digest, group] of shared) {
      const read = new Map([...unread].filter(([caller]) => digestOf('callers', caller) === digest));
      const again = { ...group, met: 0, read };
      shared.set(digest, again);
      groups.set(digest, again);
    }
    if (shared.size > 0) await this.#readSpots(range, pause, shared, () => true);
    const callers = [...groups.values()].flatMap(({ digest, calls, read }) =>
      [...read].map(([caller, own]) => ({ caller, calls: shared.has(digest) ? own : calls })),
    );
    return { calls: counts.total(), callers: mostFirst(callers, ({ caller }) => caller).slice(0, limit) };
  }

  /** Reads those calls of the groups that are wanted, and counts them by caller. */
  async #readSpots(
    range: TimeRange,
    pause: () => Promise<void>,
    groups: ReadonlyMap<number, Group>,
    isWanted: (group: Group) => boolean,
  ): Promise<void> {
    let waiting: (Spot & { readonly group: Group })[] = [];
    const read = async () => {
      const some = waiting;
      waiting = [];
      const found = await this.#records.byId(some);
      for (const { shard, id, group } of some) {
        const json = found.get(`${shard.records} ${id}`);
        const caller = json === undefined ? null : (outcomeFrom(json)?.facts.caller.number ?? null);
        if (caller !== null) group.read.set(caller, (group.read.get(caller) ?? 0) + 1);
      }
      await pause();
    };
    await this.#look(range, pause, {
      row: (digest) => {
        const group = groups.get(digest);
        if (group === undefined) return false;
        group.met++;
        return isWanted(group);
      },
      spot: async (digest, spot) => {
        const group = groups.get(digest);
        if (group !== undefined) waiting.push({ ...spot, group });
        if (waiting.length >= recordsAtOnce) await read();
      },
      outcome: () => {},
    });
    if (waiting.length > 0) await read();
  }

  async #look(range: TimeRange, pause: () => Promise<void>, look: Look): Promise<void> {
    const tell = ({ facts }: Outcome) => {
      if (facts.caller.number !== null) look.outcome(facts.caller.number);
    };
    for await (const shards of storedDays(this.#redis, range)) {
      const replies = await runAllOrFail(
        this.#redis,
        shards.flatMap(({ jsonOutcomes, records, columns }): RedisCommand[] => [
          (to) => to.exists(jsonOutcomes),
          (to) => to.xlen(records),
          (to) => to.getBuffer(columns.times),
          (to) => to.getBuffer(columns.callers),
        ]),
      );
      for (const [at, shard] of shards.entries()) {
        const [hasJson, entries, times, callers] = replies.slice(at * 4, at * 4 + 4);
        const streams = hasJson === 1 ? [shard.jsonOutcomes] : [];
        if (isWhole(times, callers, Number(entries)))
          await lookAtRows({ shard, times, callers } as ShardCallers, range, pause, look);
        else streams.push(shard.records);
        for (const key of streams)
          for await (const outcome of outcomesOfStream(this.#records, { shard, key }, range, pause))
            tell(outcome);
        await pause();
      }
    }
  }
}

interface ShardCallers {
  readonly shard: ShardKeys;
  readonly times: Buffer;
  readonly callers: Buffer;
}

async function lookAtRows(
  { shard, times, callers }: ShardCallers,
  { since, until }: TimeRange,
  pause: () => Promise<void>,
  look: Look,
): Promise<void> {
  const rows = Math.floor(times.length / columnBytes.times);
  let latest = 0;
  for (let number = 0; number < rows; number++) {
    if (number % rowsAtOnce === rowsAtOnce - 1) await pause();
    const ms = times.readUInt32BE(number * columnBytes.times);
    latest = Math.max(latest, ms);
    if (shard.day + ms < since || shard.day + ms >= until) continue;
    const digest = callers.readUInt32BE(number * columnBytes.callers);
    if (digest !== 0 && look.row(digest))
      await look.spot?.(digest, { shard, id: `${shard.day + latest}-${number}` });
  }
}

/** False: there are more records than rows, rows without a caller, or times that were lost and begun anew. */
function isWhole(times: unknown, callers: unknown, entries: number): boolean {
  if (!Buffer.isBuffer(times) || !Buffer.isBuffer(callers)) return false;
  const rows = Math.floor(times.length / columnBytes.times);
  if (rows < entries || callers.length < rows * columnBytes.callers) return false;
  for (let number = 0; number < rows; number++)
    if (times.readUInt32BE(number * columnBytes.times) === 0) return false;
  return true;
}

function isSample(index: number, calls: number): boolean {
  for (let part = 0; part < samples; part++) if (index === Math.floor((part * calls) / samples)) return true;
  return false;
}
