import { setTimeout as sleep } from 'node:timers/promises';
import type { CallRange } from '../../call/call-records.ts';
import type { Log } from '../../log/log.ts';
import { type RedisClient, type RedisCommand, runAllOrFail } from '../../redis/redis-client.ts';
import { type ShardKeys, shardKeys, shardKeysBetween } from '../../redis/redis-keys.ts';
import { type EntryFields, readEntry } from '../stored-entry.ts';
import {
  afterExitRow,
  callRow,
  insertCalls,
  insertMonitored,
  monitoredRows,
  type Row,
  realExitRow,
  updateCalls,
} from './call-row.ts';
import type { SqlDatabase } from './sql-database.ts';
import { idOf, knownReadings, noteReading, type Reading } from './stream-reading.ts';

const dayMs = 86_400_000;
/** The longest retention there is (GATEHOUSE_RETENTION_DAYS): 14,600 streams. */
const longestRetentionMs = 3650 * dayMs;
const restMs = 500;
/** A call whose outcome waited in an outbox lands in the stream of its own day. */
const readKeptEveryMs = 60_000;
/** Records may have been kept longer before; what Redis keeps is what is kept here. */
const readAllEveryMs = 3_600_000;
const lengthsAtOnce = 1000;
const entriesAtOnce = 500;
/** Days that are read to their end before the next older one. */
const streamsAtOnce = 4;

type StreamEntry = readonly [id: Buffer, fields: EntryFields];

/** The records are not all in the database yet, or Redis has newer ones that cannot be read. */
export class RecordsNotReady extends Error {
  readonly code = 'records-not-ready';
  constructor(isAway: boolean) {
    super(
      isAway
        ? 'Redis is unavailable, so the latest calls may be missing; try again when it is back'
        : 'the records are still being read from Redis; ask again in a minute, or for a shorter time',
    );
  }
}

export interface FollowerOptions {
  readonly database: SqlDatabase;
  readonly redis: RedisClient;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** How long records are kept now (ms). */
  readonly keptMs?: number;
  readonly now?: () => number;
}

/**
 * Brings what is in the streams of Redis into the database, and takes out of it what Redis does not have any more. How far
 * each stream was read is written together with its rows, so that it can be ended at any time.
 */
export class StreamFollower {
  readonly #database: SqlDatabase;
  readonly #redis: RedisClient;
  readonly #log: FollowerOptions['log'];
  readonly #keptMs: number;
  readonly #now: () => number;
  readonly #readings = new Map<string, Reading>();
  /** Epoch ms since which every call is in the database. */
  #completeSince = Number.POSITIVE_INFINITY;
  #isKnown = false;
  #hasLeftOut = false;
  /** The last attempt to read failed: the latest calls may be missing. */
  #isAway = false;
  #last: Promise<unknown> = Promise.resolve();
  readonly #closed = new AbortController();

  constructor({ database, redis, log, keptMs = longestRetentionMs, now = Date.now }: FollowerOptions) {
    this.#database = database;
    this.#redis = redis;
    this.#log = log;
    this.#keptMs = keptMs;
    this.#now = now;
  }

  /** Rejects with RecordsNotReady unless every call since then (epoch ms) is in the database. */
  async complete({ since }: Pick<CallRange, 'since'>): Promise<void> {
    if (this.#isAway || since < this.#completeSince) throw new RecordsNotReady(this.#isAway);
  }

  /** Follows until it is closed. Never rejects; what fails is tried again. */
  async follow(): Promise<void> {
    const { signal } = this.#closed;
    const isDue = (at: number, everyMs: number) => this.#now() - at >= everyMs || this.#now() < at;
    let keptAt = Number.NEGATIVE_INFINITY;
    let allAt = this.#now();
    while (!signal.aborted) {
      try {
        const now = this.#now();
        if (isDue(keptAt, readKeptEveryMs)) {
          const isAll = isDue(allAt, readAllEveryMs);
          await (isAll ? this.readAll() : this.readAll(now - this.#keptMs - dayMs));
          if (isAll) allAt = now;
          keptAt = now;
        } else await this.#inTurn(() => this.#readStreams(this.#streamsOf(now - dayMs, now + dayMs)));
        if (this.#isAway) this.#log.info('The records are followed again');
        this.#isAway = false;
      } catch (error) {
        if (!this.#isAway && !signal.aborted)
          this.#log.warn('The records cannot be followed', { error: String(error) });
        this.#isAway = true;
      }
      await sleep(restMs, undefined, { signal }).catch(() => undefined);
    }
  }

  close(): void {
    this.#closed.abort();
  }

  /** Everything that Redis has of the time, the newest days first; and older days that were read before. Rejects when Redis does. */
  readAll(since = this.#now() - longestRetentionMs, until = this.#now() + dayMs): Promise<void> {
    return this.#inTurn(() => this.#readAll(since, until));
  }

  /**
   * Takes calls out of the database that hold one of the words, leaves nothing of them on the disk, and reads again what Redis
   * has in their place.
   */
  forget(words: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#know();
      const found = await this.#database.read(streamsHolding, { words: JSON.stringify(words) });
      for (const { day, shard } of found) await this.#begin(Number(day), Number(shard));
      await this.#database.rewrite();
      await this.#readAll(this.#now() - longestRetentionMs, this.#now() + dayMs);
    });
  }

  async #readAll(since: number, until: number): Promise<void> {
    await this.#know();
    // What was read of days before: when it expires in Redis, it goes here too.
    const before = [...this.#readings.values()].filter(({ shard }) => shard.day + dayMs <= since);
    const streams = [...before.map(({ shard }) => shard), ...this.#streamsOf(since, until)].reverse();
    let isLess = false;
    for (let from = 0; from < streams.length; from += lengthsAtOnce) {
      const some = streams.slice(from, from + lengthsAtOnce);
      const lengths = await this.#lengths(some);
      const changed = some.filter(
        (shard, at) => lengths[at] !== (this.#readings.get(shard.records)?.entries ?? 0),
      );
      for (let at = 0; at < changed.length; at += streamsAtOnce) {
        const next = changed.slice(at, at + streamsAtOnce);
        await this.#readStreams(next);
        isLess = (await this.#repair(next)) || isLess;
        // Of the day that was read last there may be more.
        this.#completeSince = Math.min(this.#completeSince, (next.at(-1)?.day ?? 0) + dayMs);
      }
    }
    this.#completeSince = Number.NEGATIVE_INFINITY;
    if (isLess) await this.#database.rewrite();
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    await turn;
  }

  #streamsOf(since: number, until: number): ShardKeys[] {
    return shardKeysBetween(Math.max(0, since), until).flat();
  }

  async #know(): Promise<void> {
    if (this.#isKnown) return;
    for (const reading of await knownReadings(this.#database))
      this.#readings.set(reading.shard.records, reading);
    this.#isKnown = true;
  }

  async #lengths(streams: readonly ShardKeys[]): Promise<number[]> {
    const commands = streams.map(
      ({ records }): RedisCommand =>
        (to) =>
          to.xlen(records),
    );
    return (await runAllOrFail(this.#redis, commands)).map(Number);
  }

  /** Each to its end, all side by side. */
  async #readStreams(streams: readonly ShardKeys[]): Promise<void> {
    await this.#know();
    let unread = [...streams];
    while (unread.length > 0) {
      const commands = unread.map((shard): RedisCommand => {
        const reading = this.#readings.get(shard.records);
        const from = reading === undefined ? '-' : `(${reading.ms}-${reading.seq}`;
        return (to) => to.xrangeBuffer(shard.records, from, '+', 'COUNT', entriesAtOnce);
      });
      const replies = (await runAllOrFail(this.#redis, commands)) as StreamEntry[][];
      const read = unread
        .map((shard, at) => ({ shard, entries: replies[at] ?? [] }))
        .filter(({ entries }) => entries.length > 0);
      if (read.length > 0) await this.#take(read);
      unread = read.filter(({ entries }) => entries.length === entriesAtOnce).map(({ shard }) => shard);
    }
  }

  async #take(
    read: readonly { readonly shard: ShardKeys; readonly entries: readonly StreamEntry[] }[],
  ): Promise<void> {
    const calls: Row[] = [];
    const monitored: Row[] = [];
    const later: Row[] = [];
    const readings: Reading[] = [];
    for (const { shard, entries } of read) {
      for (const [id, fields] of entries) {
        const entry = readEntry(fields);
        if (entry === null) this.#leaveOut();
        if (entry?.kind === 'call') {
          calls.push(callRow(entry.outcome, { day: shard.day, shard: shard.shard, ...idOf(String(id)) }));
          monitored.push(...monitoredRows(entry.outcome, shard));
        } else if (entry?.kind === 'after-exit')
          later.push(afterExitRow(entry.callId, shard, entry.afterExit));
        else if (entry?.kind === 'real-exit') later.push(realExitRow(entry.callId, shard, entry.realExit));
      }
      const before = this.#readings.get(shard.records)?.entries ?? 0;
      const last = idOf(String(entries.at(-1)?.[0]));
      readings.push({ shard, ...last, entries: before + entries.length });
    }
    await this.#database.write(async (run) => {
      if (calls.length > 0) await run(insertCalls, { rows: JSON.stringify(calls) });
      if (monitored.length > 0) await run(insertMonitored, { rows: JSON.stringify(monitored) });
      for (const rows of onceEach(later)) await run(updateCalls, { rows: JSON.stringify(rows) });
      for (const reading of readings) await noteReading(run, reading);
    });
    for (const reading of readings) this.#readings.set(reading.shard.records, reading);
  }

  #leaveOut(): void {
    if (this.#hasLeftOut) return;
    this.#hasLeftOut = true;
    this.#log.warn('Records in Redis that this version cannot read are left out of pages and reports', {
      ...{
        code: 'records-newer',
        remedy: 'upgrade this node to the version of the others: it reads them again',
      },
    });
  }

  /** Streams with fewer entries than were read expired, were lost or written anew: they are read again. True when there was one. */
  async #repair(streams: readonly ShardKeys[]): Promise<boolean> {
    const lengths = await this.#lengths(streams);
    const fewer = streams.filter(
      ({ records }, at) => (lengths[at] ?? 0) < (this.#readings.get(records)?.entries ?? 0),
    );
    for (const { day, shard } of fewer) await this.#begin(day, shard);
    await this.#readStreams(fewer);
    return fewer.length > 0;
  }

  /** As if the stream had never been read. */
  async #begin(day: number, shard: number): Promise<void> {
    await this.#database.write(async (run) => {
      for (const table of ['calls', 'monitored', 'streams'])
        await run(`DELETE FROM ${table} WHERE day = $day AND shard = $shard`, { day, shard });
    });
    this.#readings.delete(shardKeys(day, shard).records);
  }
}

const texts = ['caller', 'exchange', 'sip_call_id', 'signer', 'call_id', 'called'];
const streamsHolding = `
  SELECT DISTINCT day, shard FROM calls, (SELECT unnest(from_json($words, '["VARCHAR"]')) AS word)
  WHERE ${texts.map((column) => `contains(coalesce(${column}, ''), word)`).join(' OR ')}`;

/** One statement changes a row once: what comes twice for a call goes into a further one. */
function onceEach(later: readonly Row[]): Row[][] {
  const rounds: Map<unknown, Row>[] = [];
  for (const row of later) {
    const round = rounds.find((one) => !one.has(row.call_id));
    if (round === undefined) rounds.push(new Map([[row.call_id, row]]));
    else round.set(row.call_id, row);
  }
  return rounds.map((round) => [...round.values()]);
}
