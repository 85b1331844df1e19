import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { StoredChange, Transition } from '../call/change.ts';
import type { CallFacts } from '../call/facts.ts';
import { removeAside, takeInAside } from './outbox-aside.ts';
import { prepareOutboxSchema, reserveSpace } from './outbox-schema.ts';
import { transitionFrom } from './transition.ts';

/** The outbox on disk. Every method throws when SQLite does (disk full, locked, corrupt); Outbox decides what then. */
export class OutboxFile {
  readonly #db: DatabaseSync;
  readonly #run: string;
  readonly #path: string;
  readonly #reserveBytes: number;
  readonly #statements = new Map<string, StatementSync>();
  #sentClock: () => number = Date.now;

  /**
   * Opens or makes the file (mode 0600: it holds callers' numbers). `run` names this process. WAL with
   * synchronous=NORMAL: a commit survives the death of the process, not always that of the machine
   * (https://sqlite.org/pragma.html#pragma_synchronous); FULL would put an fsync for each call on the event loop.
   */
  constructor(path: string, run: string, busyTimeoutMs: number, reserveBytes = 0) {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a', 0o600));
    this.#run = run;
    this.#path = path;
    this.#reserveBytes = reserveBytes;
    this.#db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      this.#prepareFile();
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  #prepareFile(): void {
    prepareOutboxSchema(this.#db);
    this.#sentClock = this.#clockOfSent();
    this.retryRefused();
    this.reserve();
  }

  /**
   * Ages what was sent by the time that this process runs, from the newest row on: when the wall clock jumps ahead, all of it would
   * seem old, be deleted, and be missing after a failover of Redis.
   */
  #clockOfSent(): () => number {
    const newest = this.#get('SELECT max(sent_at) AS at FROM transitions')?.at;
    const openedAt = performance.now();
    const base = typeof newest === 'number' ? newest : Date.now();
    return () => Math.round(base + performance.now() - openedAt);
  }

  /** Moves the content of a file that was moved aside into this one and deletes that file. Throws when it cannot be read. */
  takeIn(aside: string): { readonly calls: number; readonly changes: number } {
    const found = takeInAside(this.#db, aside);
    removeAside(aside);
    return found;
  }

  /** Takes disk space in advance: true when it has enough. */
  reserve(): boolean {
    return reserveSpace(this.#db, this.#path, this.#reserveBytes);
  }

  /** Notes an open call. A call that a former process left open becomes this one's; an ended call stays ended. */
  begin(facts: CallFacts, isFormer = false): void {
    this.#do(
      `INSERT INTO calls (call_id, run, facts, arrived_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (call_id) DO UPDATE SET run = excluded.run WHERE ended_at IS NULL`,
      facts.callId,
      isFormer ? 'former' : this.#run,
      JSON.stringify(facts),
      facts.now,
    );
  }

  /**
   * Ends a call, known or not, and stores what is to be sent. False when it had ended before: nothing is changed.
   * `arrivedAt`, `now`: epoch ms.
   */
  end(callId: string, arrivedAt: number, changes: readonly StoredChange[], now: number): boolean {
    return this.#transaction(() => {
      const ended = this.#do(
        `INSERT INTO calls (call_id, run, ended_at, arrived_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (call_id) DO UPDATE SET ended_at = excluded.ended_at, arrived_at = excluded.arrived_at, facts = NULL
         WHERE ended_at IS NULL`,
        callId,
        this.#run,
        now,
        arrivedAt,
      );
      if (ended === 0) return false;
      for (const change of changes) this.#add(callId, change);
      return true;
    });
  }

  /** Stores the later life of a call that has ended. False for an unknown call and for a repeat. */
  follow(callId: string, change: (arrivedAt: number) => StoredChange): boolean {
    return this.#transaction(() => {
      const known = this.#get(
        'SELECT arrived_at FROM calls WHERE call_id = ? AND ended_at IS NOT NULL',
        callId,
      );
      if (known === undefined) return false;
      if (
        this.#do('UPDATE calls SET is_followed = 1 WHERE call_id = ? AND is_followed IS NULL', callId) === 0
      )
        return false;
      this.#add(callId, change(Number(known.arrived_at)));
      return true;
    });
  }

  /** Stores where a call that has ended really went, replacing what was stored before. */
  leftFor(callId: string, change: (arrivedAt: number) => StoredChange): 'kept' | 'open' | 'unknown' {
    return this.#transaction(() => {
      const known = this.#get('SELECT arrived_at, ended_at FROM calls WHERE call_id = ?', callId);
      if (known === undefined) return 'unknown';
      if (known.ended_at === null) return 'open';
      const { kind, body } = change(Number(known.arrived_at));
      const same = 'SELECT 1 FROM transitions WHERE call_id = ? AND kind = ? AND body = ?';
      if (this.#get(same, callId, kind, body) !== undefined) return 'kept';
      // A new row: the earlier one may be on its way to Redis, and is marked as sent by its id.
      this.#do('DELETE FROM transitions WHERE call_id = ? AND kind = ?', callId, kind);
      this.#add(callId, { kind, body });
      return 'kept';
    });
  }

  isEnded(callId: string): boolean {
    return this.#get('SELECT 1 FROM calls WHERE call_id = ? AND ended_at IS NOT NULL', callId) !== undefined;
  }

  isOpenInThisRun(callId: string): boolean {
    const sql = 'SELECT 1 FROM calls WHERE call_id = ? AND run = ? AND ended_at IS NULL';
    return this.#get(sql, callId, this.#run) !== undefined;
  }

  /** Facts of the calls that former processes left open. */
  openCalls(): CallFacts[] {
    const rows = this.#all('SELECT facts FROM calls WHERE ended_at IS NULL AND run <> ?', this.#run);
    return rows.flatMap((row) => parsedOrNone<CallFacts>(() => JSON.parse(String(row.facts))));
  }

  /** The oldest transitions that Redis has neither acknowledged nor refused, without the ids in `except`. */
  pending(limit: number, except: { has(id: number): boolean; readonly size: number }): Transition[] {
    const ready = 'FROM transitions WHERE refusal IS NULL AND sent_at IS NULL';
    const after = except.size === 0 ? 0 : this.#firstReady(ready, except) - 1;
    const sql = `SELECT id, call_id, kind, body ${ready} AND id > ? ORDER BY id LIMIT ?`;
    const rows = this.#all(sql, after, limit).filter((row) => !except.has(Number(row.id)));
    return rows.flatMap((row) => {
      const id = Number(row.id);
      const change = { kind: row.kind as StoredChange['kind'], body: String(row.body) };
      const parsed = parsedOrNone(() => transitionFrom(id, String(row.call_id), change));
      if (parsed.length === 0) this.refuse(id, 'not readable');
      return parsed;
    });
  }

  #firstReady(ready: string, except: { has(id: number): boolean }): number {
    // Ids alone come from an index.
    for (const { id } of this.#statement(`SELECT id ${ready} ORDER BY id`).iterate())
      if (!except.has(Number(id))) return Number(id);
    return Number.MAX_SAFE_INTEGER;
  }

  refusedCount(): number {
    return Number(this.#get('SELECT count(*) AS n FROM transitions WHERE refusal IS NOT NULL')?.n);
  }

  readyCount(): number {
    const sql = 'SELECT count(*) AS n FROM transitions WHERE refusal IS NULL AND sent_at IS NULL';
    return Number(this.#get(sql)?.n);
  }

  readyOutcomes(): number {
    const sql =
      "SELECT count(*) AS n FROM transitions WHERE kind = 'outcome' AND refusal IS NULL AND sent_at IS NULL";
    return Number(this.#get(sql)?.n);
  }

  /** Redis has acknowledged these. They are kept until `forgetSent`. */
  markSent(ids: readonly number[]): void {
    const now = this.#sentClock();
    this.#transaction(() => {
      for (const id of ids) this.#do('UPDATE transitions SET sent_at = ? WHERE id = ?', now, id);
    });
  }

  /** Deletes what was acknowledged longer ago, at most 1000: overwriting deleted text takes time. */
  forgetSent(keepMs: number): void {
    this.#do(
      'DELETE FROM transitions WHERE id IN (SELECT id FROM transitions WHERE sent_at < ? LIMIT 1000)',
      this.#sentClock() - keepMs,
    );
  }

  /** What was acknowledged within the last `lastMs`, in order of arrival. */
  sentLately(lastMs: number): number[] {
    const rows = this.#all('SELECT id FROM transitions WHERE sent_at >= ?', this.#sentClock() - lastMs);
    return rows.map(({ id }) => Number(id)).sort((a, b) => a - b);
  }

  /** These are to be sent again. */
  unmarkSent(ids: readonly number[]): void {
    this.#transaction(() => {
      for (const id of ids) this.#do('UPDATE transitions SET sent_at = NULL WHERE id = ?', id);
    });
  }

  /** Sets a transition aside until the next `retryRefused`. */
  refuse(id: number, reason: string): void {
    this.#do('UPDATE transitions SET refusal = ? WHERE id = ?', reason, id);
  }

  retryRefused(): void {
    this.#do('UPDATE transitions SET refusal = NULL WHERE refusal IS NOT NULL');
  }

  /** Deletes the ids of calls that ended before `endedBefore` (epoch ms) and have nothing left to send. */
  purge(endedBefore: number): void {
    this.#do(
      `DELETE FROM calls WHERE call_id IN (
         SELECT call_id FROM calls WHERE ended_at < ?
         AND NOT EXISTS (SELECT 1 FROM transitions WHERE transitions.call_id = calls.call_id) LIMIT 5000)`,
      endedBefore,
    );
  }

  close(): void {
    this.#db.close();
  }

  /** Runs all of these, or none when one throws. */
  together(writes: readonly ((file: OutboxFile) => unknown)[]): void {
    if (writes.length === 1) writes[0]?.(this);
    else this.#transaction(() => writes.map((write) => write(this)));
  }

  #add(callId: string, { kind, body }: StoredChange): void {
    this.#do('INSERT INTO transitions (call_id, kind, body) VALUES (?, ?, ?)', callId, kind, body);
  }

  #transaction<T>(work: () => T): T {
    if (this.#db.isTransaction) return work();
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite itself rolls back on some errors (disk full); a second ROLLBACK would hide the first error.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#db.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #do(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  #get(sql: string, ...values: SQLInputValue[]) {
    return this.#statement(sql).get(...values);
  }

  #all(sql: string, ...values: SQLInputValue[]) {
    return this.#statement(sql).all(...values);
  }
}

/** An unreadable row must not hold up the rest. */
function parsedOrNone<T>(parse: () => T): T[] {
  try {
    return [parse()];
  } catch {
    return [];
  }
}
