import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { CallFacts } from '../policy/facts.ts';
import type { Outcome } from '../screening/outcome.ts';
import type { ForgottenCaller } from './forgotten.ts';
import { exchangeOfCaller } from './history-scopes.ts';
import type { PassGrant } from './transition.ts';

const busyTimeoutMs = 10_000;

export interface ErasedFromOutbox {
  /** Outcomes that waited, were sent lately or set aside. */
  readonly outcomes: number;
  readonly passes: number;
  /** Calls that have not ended yet: whoever screens them writes the caller once more when they do. */
  readonly openCalls: number;
  /** Files that were moved aside and still hold the number: they are nobody's any more, and to be deleted by hand. */
  readonly damagedFiles: readonly string[];
}

/** `outbox-busy`: the rows are gone, but older pages stand in the file until who reads it is done. It is to be repeated. */
export class OutboxErasureError extends Error {
  readonly code = 'outbox-busy';
}

interface Row {
  readonly id: number;
  readonly kind: string;
  readonly body: string;
}

/**
 * Takes a person out of the outbox file, the process that uses it going on; deleted text is overwritten, and the log of
 * writes emptied. Null when there is no such file. Throws when SQLite does, and OutboxErasureError.
 */
export function eraseFromOutbox(
  path: string,
  person: ForgottenCaller,
  waitMs = busyTimeoutMs,
): ErasedFromOutbox | null {
  const damagedFiles = damagedWith(path, person);
  if (!existsSync(path)) return damagedFiles.length === 0 ? null : { ...nothing, damagedFiles };
  const db = new DatabaseSync(path, { timeout: waitMs });
  try {
    db.exec('PRAGMA secure_delete = ON');
    db.exec('BEGIN IMMEDIATE');
    const erased = { ...eraseTransitions(db, person), openCalls: eraseOpenCalls(db, person), damagedFiles };
    db.exec('COMMIT');
    // Pages that the rows left behind hold them still, in the file and in its log.
    db.exec('VACUUM');
    // SQLite says by a row, not by an error, that somebody who reads keeps it from that.
    if (db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy !== 0)
      throw new OutboxErasureError('somebody keeps the outbox open, and it holds the number still');
    return erased;
  } finally {
    db.close();
  }
}

const nothing = { outcomes: 0, passes: 0, openCalls: 0 };

function eraseTransitions(db: DatabaseSync, person: ForgottenCaller): { outcomes: number; passes: number } {
  const rows = db.prepare('SELECT id, kind, body FROM transitions').all() as unknown as Row[];
  const update = db.prepare('UPDATE transitions SET body = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM transitions WHERE id = ?');
  const erased = { outcomes: 0, passes: 0 };
  for (const { id, kind, body } of rows) {
    if (!person.mayBeIn(body)) continue;
    const parsed = parsedOrNull(body);
    if (kind === 'pass' && person.names.includes((parsed as PassGrant | null)?.callerNumber ?? '')) {
      remove.run(id);
      erased.passes++;
    } else if (kind === 'outcome' && parsed !== null) {
      const kept = outcomeBody(parsed as OutcomeBody, person);
      if (kept === null) continue;
      update.run(kept, id);
      erased.outcomes++;
    } else if (parsed === null) {
      // Not ours to read, so not ours to keep either.
      remove.run(id);
    }
  }
  return erased;
}

type OutcomeBody = Outcome | { readonly outcome: Outcome; readonly exchange: string | null };

/** Null: it is not about them. */
function outcomeBody(body: OutcomeBody, person: ForgottenCaller): string | null {
  const outcome = 'outcome' in body ? body.outcome : body;
  const kept = person.outcome(outcome);
  if (kept === outcome) return null;
  // It is still to be counted by its exchange, which the number told.
  const exchange = 'outcome' in body ? body.exchange : exchangeOfCaller(outcome.facts);
  return JSON.stringify({ outcome: kept, exchange });
}

function eraseOpenCalls(db: DatabaseSync, person: ForgottenCaller): number {
  const update = db.prepare('UPDATE calls SET facts = ? WHERE call_id = ?');
  let open = 0;
  for (const row of db.prepare('SELECT call_id, facts FROM calls WHERE facts IS NOT NULL').all()) {
    const text = String(row.facts);
    const facts = person.mayBeIn(text) ? (parsedOrNull(text) as CallFacts | null) : null;
    if (facts === null) continue;
    const kept = person.facts(facts);
    if (kept === facts) continue;
    update.run(JSON.stringify(kept), row.call_id ?? null);
    open++;
  }
  return open;
}

function damagedWith(path: string, person: ForgottenCaller): string[] {
  const dir = dirname(path);
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir).filter((name) => name.startsWith(`${basename(path)}.damaged-`));
  return files.map((name) => join(dir, name)).filter((file) => person.mayBeIn(readFileSync(file)));
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
