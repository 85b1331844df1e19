import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { prepareOutboxSchema } from './outbox-schema.ts';

/** The write-ahead log moves with its file: left behind, SQLite would replay it into the new one. */
const parts = ['', '-wal', '-shm'];

/** Renames the outbox and its logs; returns the new path. `why`: `damaged`, `layout-3`. */
export function moveAside(path: string, why: string): string {
  const aside = `${path}.${why}-${new Date().toISOString().replaceAll(':', '')}`;
  for (const part of parts) if (existsSync(path + part)) renameSync(path + part, aside + part);
  return aside;
}

/** Outbox files that any version has moved aside, oldest first. */
export function asideFiles(path: string): string[] {
  const dir = dirname(path);
  const start = `${basename(path)}.`;
  return readdirSync(dir)
    .filter(
      (name) =>
        name.startsWith(start) && /^(damaged|layout-\d+)-[^-]*(-[^-]*)*Z$/.test(name.slice(start.length)),
    )
    .sort()
    .map((name) => join(dir, name));
}

/** Copies the content of such a file into the outbox. Throws as SQLite does, and OutboxLayoutError for one of another version. */
export function takeInAside(
  db: DatabaseSync,
  aside: string,
): { readonly calls: number; readonly changes: number } {
  const file = new DatabaseSync(aside);
  try {
    prepareOutboxSchema(file);
    file.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    file.close();
  }
  db.prepare('ATTACH DATABASE ? AS aside').run(aside);
  try {
    db.exec('BEGIN IMMEDIATE');
    // When both files have a call, its end stands.
    const calls = db
      .prepare(
        `INSERT INTO calls (call_id, run, facts, ended_at, arrived_at, is_followed)
         SELECT call_id, run, facts, ended_at, arrived_at, is_followed FROM aside.calls WHERE true
         ON CONFLICT (call_id) DO UPDATE SET ended_at = excluded.ended_at, arrived_at = excluded.arrived_at, facts = NULL
         WHERE calls.ended_at IS NULL AND excluded.ended_at IS NOT NULL`,
      )
      .run().changes;
    const changes = db
      .prepare(
        `INSERT OR IGNORE INTO transitions (call_id, kind, body, sent_at)
         SELECT call_id, kind, body, sent_at FROM aside.transitions ORDER BY id`,
      )
      .run().changes;
    db.exec('COMMIT');
    return { calls: Number(calls), changes: Number(changes) };
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
    db.exec('DETACH DATABASE aside');
  }
}

/** Deletes a file that is in the outbox now. */
export function removeAside(aside: string): void {
  for (const part of parts) rmSync(aside + part, { force: true });
}
