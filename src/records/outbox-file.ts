import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { CallFacts } from '../policy/facts.ts';
import { type StoredChange, type Transition, transitionFrom } from './transition.ts';

const schemaVersion = 2;

// `calls` remembers every call id, so that an end that comes twice counts once; `transitions` is what is still to be sent,
// and what was sent shortly before: a Redis that takes over may not have it.
const schema = `
  CREATE TABLE IF NOT EXISTS calls (
    call_id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    facts TEXT,
    ended_at INTEGER,
    arrived_at INTEGER,
    is_followed INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS calls_open ON calls (run) WHERE ended_at IS NULL;
  CREATE INDEX IF NOT EXISTS calls_ended ON calls (ended_at) WHERE ended_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS transitions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    refusal TEXT,
    sent_at INTEGER,
    UNIQUE (call_id, kind)
  );
  CREATE INDEX IF NOT EXISTS transitions_unsent ON transitions (id) WHERE refusal IS NULL AND sent_at IS NULL;
  CREATE INDEX IF NOT EXISTS transitions_unsent_outcomes ON transitions (id)
    WHERE kind = 'outcome' AND refusal IS NULL AND sent_at IS NULL;
  CREATE INDEX IF NOT EXISTS transitions_refused ON transitions (id) WHERE refusal IS NOT NULL;
  CREATE INDEX IF NOT EXISTS transitions_sent ON transitions (sent_at) WHERE sent_at IS NOT NULL;
  PRAGMA user_version = ${schemaVersion};
`;

const fromFirstLayout = `
  ALTER TABLE calls ADD COLUMN arrived_at INTEGER;
  ALTER TABLE calls ADD COLUMN is_followed INTEGER;
  ALTER TABLE transitions ADD COLUMN sent_at INTEGER;
  DROP INDEX transitions_ready;
`;

/** The file is not ours to use: a newer layout. `code` is stable. */
export class OutboxLayoutError extends Error {
  readonly code = 'outbox-layout';
}

/** The outbox on disk. Every method throws when SQLite does (disk full, locked, corrupt); Outbox decides what then. */
export class OutboxFile {
  readonly #db: DatabaseSync;
  readonly #run: string;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * Opens or makes the file (mode 0600: it holds callers' numbers). `run` names this process. WAL with
   * synchronous=NORMAL: a commit survives the death of the process, not always that of the machine
   * (https://sqlite.org/pragma.html#pragma_synchronous); FULL would put an fsync for each call on the event loop.
   */
  constructor(path: string, run: string, busyTimeoutMs: number) {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a', 0o600));
    this.#run = run;
    this.#db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      this.#prepareFile();
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  #prepareFile(): void {
    const check = this.#get('PRAGMA quick_check(1)')?.quick_check;
    if (check !== 'ok') throw Object.assign(new Error(`quick_check: ${check}`), { errcode: 11 });
    const version = Number(this.#get('PRAGMA user_version')?.user_version);
    if (version > schemaVersion) {
      throw new OutboxLayoutError(`outbox layout ${version} is newer than this program's ${schemaVersion}`);
    }
    this.#db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216;',
    );
    // What is deleted is overwritten: the file holds numbers of people.
    this.#db.exec('PRAGMA secure_delete = ON;');
    if (version === 1) this.#transaction(() => this.#db.exec(fromFirstLayout));
    this.#db.exec(schema);
    this.retryRefused();
  }

  /** Notes an open call. A call that a former process left open becomes this one's; an ended call stays ended. */
  begin(facts: CallFacts): void {
    this.#do(
      `INSERT INTO calls (call_id, run, facts, arrived_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (call_id) DO UPDATE SET run = excluded.run WHERE ended_at IS NULL`,
      facts.callId,
      this.#run,
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
        Number.isFinite(arrivedAt) ? arrivedAt : null,
      );
      if (ended === 0) return false;
      for (const change of changes) this.#add(callId, change);
      return true;
    });
  }

  /** Stores the later life of a call that has ended. False when it is not known, or was told before. */
  follow(callId: string, change: (arrivedAt: number) => StoredChange): boolean {
    return this.#transaction(() => {
      const known = this.#get(
        'SELECT arrived_at FROM calls WHERE call_id = ? AND ended_at IS NOT NULL',
        callId,
      );
      if (known === undefined || known.arrived_at === null) return false;
      if (
        this.#do('UPDATE calls SET is_followed = 1 WHERE call_id = ? AND is_followed IS NULL', callId) === 0
      )
        return false;
      this.#add(callId, change(Number(known.arrived_at)));
      return true;
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

  /** The oldest transitions that Redis has neither acknowledged nor refused; `except`: ids that are left out. */
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

  readyCount(): number {
    const sql = 'SELECT count(*) AS n FROM transitions WHERE refusal IS NULL AND sent_at IS NULL';
    return Number(this.#get(sql)?.n);
  }

  readyOutcomes(): number {
    const sql =
      "SELECT count(*) AS n FROM transitions WHERE kind = 'outcome' AND refusal IS NULL AND sent_at IS NULL";
    return Number(this.#get(sql)?.n);
  }

  /** Redis has acknowledged these at `now` (epoch ms). They are kept until `forgetSent`. */
  markSent(ids: readonly number[], now: number): void {
    this.#transaction(() => {
      for (const id of ids) this.#do('UPDATE transitions SET sent_at = ? WHERE id = ?', now, id);
    });
  }

  /** Deletes what was acknowledged before then (epoch ms), not all at once: deleted text is overwritten. */
  forgetSent(sentBefore: number): void {
    this.#do(
      'DELETE FROM transitions WHERE id IN (SELECT id FROM transitions WHERE sent_at < ? LIMIT 1000)',
      sentBefore,
    );
  }

  /** What was acknowledged since then (epoch ms), in the order in which it came. */
  sentSince(since: number): number[] {
    const rows = this.#all('SELECT id FROM transitions WHERE sent_at >= ?', since);
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

  /** Forgets the ids of calls that ended before `endedBefore` (epoch ms) and have nothing left to send. */
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

  #add(callId: string, { kind, body }: StoredChange): void {
    this.#do('INSERT INTO transitions (call_id, kind, body) VALUES (?, ?, ?)', callId, kind, body);
  }

  #transaction<T>(work: () => T): T {
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

/** A row that somebody else wrote into the file must not hold up the rest. */
function parsedOrNone<T>(parse: () => T): T[] {
  try {
    return [parse()];
  } catch {
    return [];
  }
}
