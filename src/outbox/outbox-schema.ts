import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

const schemaVersion = 2;

// `calls` remembers call ids, so that a repeated end counts once; `transitions` holds what is to be sent, and what was sent
// recently: a Redis that takes over may lack it.
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
`;

/** The file has the layout of another version. `code` is stable. */
export class OutboxLayoutError extends Error {
  readonly code = 'outbox-layout';
  readonly layout: number;
  /** The version that wrote it, seen from this one. */
  readonly version: 'newer' | 'older';
  constructor(layout: number) {
    super(`outbox layout ${layout} is not this program's ${schemaVersion}`);
    this.layout = layout;
    this.version = layout > schemaVersion ? 'newer' : 'older';
  }
}

/**
 * Checks the file and creates its tables in one transaction: a process that dies meanwhile leaves an empty file. Throws
 * OutboxLayoutError, and as SQLite does.
 */
export function prepareOutboxSchema(db: DatabaseSync): void {
  const check = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (check !== 'ok') throw Object.assign(new Error(`quick_check: ${check}`), { errcode: 11 });
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (version !== 0 && version !== schemaVersion) throw new OutboxLayoutError(version);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216;');
  // Deleted text is overwritten: the file holds people's numbers.
  db.exec('PRAGMA secure_delete = ON;');
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec(schema);
    db.exec(`PRAGMA user_version = ${schemaVersion}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Takes disk space in advance, as free pages in the file and as a write-ahead log that was once as long. SQLite writes into
 * both in place (https://sqlite.org/wal.html, https://sqlite.org/fileformat2.html#the_freelist), so calls are kept on a full
 * disk too, except on copy-on-write file systems. True when at least half is there: filling it up blocks calls for tenths of a
 * second.
 */
export function reserveSpace(db: DatabaseSync, path: string, bytes: number): boolean {
  if (bytes <= 0 || db.isTransaction) return false;
  const pageBytes = numberOf(db, 'page_size');
  // The log's pages must be back in the file before it is as long as the reserve.
  db.exec(`PRAGMA wal_autocheckpoint = ${Math.max(16, Math.min(1000, Math.floor(bytes / pageBytes / 2)))}`);
  if (numberOf(db, 'freelist_count') * pageBytes >= bytes / 2 && sizeOf(`${path}-wal`) >= bytes) return true;
  try {
    // The pages are empty: there is nothing to overwrite.
    db.exec('PRAGMA secure_delete = OFF');
    db.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS reserve (filler BLOB); DELETE FROM reserve');
    db.prepare('INSERT INTO reserve VALUES (zeroblob(?))').run(bytes);
    db.exec('COMMIT; PRAGMA wal_checkpoint(PASSIVE); DELETE FROM reserve; PRAGMA wal_checkpoint(PASSIVE)');
    return true;
  } catch {
    // The disk is too full, or another process has the file.
    if (db.isTransaction) db.exec('ROLLBACK');
    return false;
  } finally {
    db.exec('PRAGMA secure_delete = ON');
  }
}

function numberOf(db: DatabaseSync, pragma: string): number {
  return Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma] ?? 0);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
