import type { ReportSummary } from '../screening/report-summary.ts';
import { columnBytes } from './call-columns.ts';
import type { Counted } from './call-counts.ts';
import { callsByHour } from './counted-rows.ts';
import { MonitoredHours } from './monitored-hours.ts';
import { type RedisClient, type RedisCommand, runAllOrFail } from './redis-client.ts';
import { countsKey, type ShardKeys } from './redis-keys.ts';
import { type ShardRead, ShardTally } from './shard-tally.ts';
import { ShardWords, WordDigests } from './shard-words.ts';
import { outcomesOfStream, pauseOf, recordsAtOnce, storedDays, type TimeRange } from './stored-days.ts';
import { outcomeFrom } from './stored-outcome.ts';
import { StoredRecords } from './stored-records.ts';
import { SummaryTally } from './summary-tally.ts';

const columnsRead = ['times', 'marks', 'rules', 'called'] as const;
const countsRead = ['rule', 'called', 'monitored', 'monitored-verdict'] as const satisfies Counted[];
const repliesPerShard = 2 + columnsRead.length + countsRead.length;

interface StoredShard {
  readonly shard: ShardKeys;
  /** Null: there are more records than rows, or rows without all of their columns. */
  readonly read: ShardRead | null;
  readonly hasJson: boolean;
}

/**
 * Sums up calls by their columns, a day at a time, with pauses in which everything else in this process goes on. Words come from
 * the counts of the same shard. A record is read only where these leave a doubt: two words of one digest, counts that were full,
 * what was monitored in an hour that is only partly asked for; and where there are no columns.
 */
export class RedisSummaries {
  readonly #redis: RedisClient;
  readonly #records: StoredRecords;

  constructor(redis: RedisClient, records: StoredRecords = new StoredRecords(redis)) {
    this.#redis = redis;
    this.#records = records;
  }

  /** Rejects when Redis does, and with the signal's reason once it is aborted. */
  async summary(range: TimeRange, signal?: AbortSignal): Promise<ReportSummary> {
    const tally = new SummaryTally();
    const pause = pauseOf(signal);
    const digests = new WordDigests();
    for await (const shards of storedDays(this.#redis, range)) {
      for (const stored of await this.#readDay(shards, digests, pause)) {
        await this.#add(stored, range, tally, pause);
        await pause();
      }
    }
    return tally.summary(range);
  }

  async #add(
    { shard, read, hasJson }: StoredShard,
    range: TimeRange,
    tally: SummaryTally,
    pause: () => Promise<void>,
  ): Promise<void> {
    const rows = read === null ? null : new ShardTally(read, range, pause);
    if (rows !== null && (await rows.count())) {
      await rows.addTo(tally);
      await pause();
      for await (const some of rows.untold(tally, recordsAtOnce)) {
        const found = await this.#records.byId(some);
        for (const { id, tell } of some) {
          const json = found.get(`${shard.records} ${id}`);
          tell(json === undefined ? null : outcomeFrom(json));
        }
        await pause();
      }
    } else await this.#addStream(shard, shard.records, range, tally, pause);
    if (hasJson) await this.#addStream(shard, shard.jsonOutcomes, range, tally, pause);
  }

  async #addStream(
    shard: ShardKeys,
    key: string,
    range: TimeRange,
    tally: SummaryTally,
    pause: () => Promise<void>,
  ): Promise<void> {
    for await (const outcome of outcomesOfStream(this.#records, { shard, key }, range, pause))
      tally.addOutcome(outcome);
  }

  async #readDay(
    shards: readonly ShardKeys[],
    digests: WordDigests,
    pause: () => Promise<void>,
  ): Promise<StoredShard[]> {
    // In this order within a shard, so that no call that comes meanwhile has a record without a row, or a row without a word.
    const commands = shards.flatMap((shard): RedisCommand[] => [
      (to) => to.exists(shard.jsonOutcomes),
      (to) => to.xlen(shard.records),
      ...columnsRead.map(
        (name): RedisCommand =>
          (to) =>
            to.getBuffer(shard.columns[name]),
      ),
      // As pairs: an object of each answer would take longer than the counting.
      ...countsRead.map(
        (name): RedisCommand =>
          (to) =>
            to.callBuffer('HGETALL', countsKey(shard, name)),
      ),
    ]);
    const replies = await runAllOrFail(this.#redis, commands);
    const stored: StoredShard[] = [];
    for (const [at, shard] of shards.entries()) {
      const own = replies.slice(at * repliesPerShard, (at + 1) * repliesPerShard);
      const [hasJson, entries, times, marks, rules, called, ...counts] = own;
      const columns = columnsOf({ times, marks, rules, called }, Number(entries));
      await pause();
      stored.push({
        shard,
        hasJson: hasJson === 1,
        read: columns === null ? null : { shard, ...columns, ...wordsOf(counts, digests) },
      });
    }
    return stored;
  }
}

function wordsOf(counts: readonly unknown[], digests: WordDigests) {
  const [rule, called, monitored, verdicts] = counts.map(callsByHour);
  const none = new Map<string, Uint32Array>();
  return {
    ruleWords: new ShardWords('rule', rule ?? none, digests),
    calledWords: new ShardWords('called', called ?? none, digests, 'none'),
    monitored: new MonitoredHours(monitored ?? none, verdicts ?? none),
  };
}

/** Null when they tell of fewer calls than there are records. */
function columnsOf(
  read: Readonly<Record<(typeof columnsRead)[number], unknown>>,
  entries: number,
): Pick<ShardRead, (typeof columnsRead)[number]> | null {
  const { times, marks, rules, called } = read;
  const [asTimes, asMarks, asRules, asCalled] = [times, marks, rules, called].map((rows) =>
    Buffer.isBuffer(rows) ? rows : Buffer.alloc(0),
  ) as [Buffer, Buffer, Buffer, Buffer];
  const rows = Math.floor(asTimes.length / columnBytes.times);
  // A call may have come between two of the columns: each is read after the one that says how many there are.
  const isWhole =
    rows >= entries &&
    asMarks.length >= rows * columnBytes.marks &&
    asRules.length >= rows * columnBytes.rules &&
    asCalled.length >= rows * columnBytes.called;
  if (!isWhole) return null;
  return {
    times: asTimes.subarray(0, rows * columnBytes.times),
    marks: asMarks,
    rules: asRules,
    called: asCalled,
  };
}
