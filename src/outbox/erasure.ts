import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chown, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { PassGrant, StoredChange } from '../call/change.ts';
import type { CallFacts } from '../call/facts.ts';
import type { Outcome } from '../call/outcome.ts';
import { exchangeOfCaller } from '../numbers/exchange.ts';
import type { ForgottenCaller } from '../privacy/forgotten.ts';
import { keptCallFrom } from './kept-calls.ts';

const busyTimeoutMs = 10_000;

export interface ErasedFromOutbox {
  /** Outcomes that waited, were sent recently or set aside. */
  readonly outcomes: number;
  readonly passes: number;
  /** Calls that have not ended: their process writes the caller again when they do. */
  readonly openCalls: number;
  /** Files that were moved aside and still hold the number: to be deleted by hand. */
  readonly damagedFiles: readonly string[];
}

/** `outbox-busy`: the rows are gone, but older pages stay in the file until its reader is done. To be repeated. */
export class OutboxErasureError extends Error {
  readonly code = 'outbox-busy';
}

interface Row {
  readonly id: number;
  readonly kind: string;
  readonly body: string;
}

/**
 * Removes a person from the outbox file while its process goes on; deleted text is overwritten and the write-ahead log
 * emptied. Null when there is no such file. Throws when SQLite does, and OutboxErasureError.
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
    // Free pages of the file and its log still hold the rows.
    db.exec('VACUUM');
    // A reader that prevents it is reported in a row, not by an error.
    if (db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy !== 0)
      throw new OutboxErasureError('another process keeps the outbox open, so it still holds the number');
    return erased;
  } finally {
    db.close();
  }
}

const nothing = { outcomes: 0, passes: 0, openCalls: 0 };

/** The changes of a call without the person; the same list when they are not in it. */
export function changesWithout(
  changes: readonly StoredChange[],
  person: ForgottenCaller,
): readonly StoredChange[] {
  const kept = changes.flatMap((change) => {
    const { kind, body } = change;
    const parsed = person.mayBeIn(body) ? parsedOrNull(body) : null;
    if (parsed === null) return [change];
    if (kind === 'pass') return person.names.includes((parsed as PassGrant).callerNumber) ? [] : [change];
    const text = kind === 'outcome' ? outcomeBody(parsed as OutcomeBody, person) : null;
    return [text === null ? change : { kind, body: text }];
  });
  return kept.length === changes.length && kept.every((change, at) => change === changes[at])
    ? changes
    : kept;
}

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
      // Unreadable, so it cannot be kept.
      remove.run(id);
    }
  }
  return erased;
}

type OutcomeBody = Outcome | { readonly outcome: Outcome; readonly exchange: string | null };

/** Null when the person is not in it. */
function outcomeBody(body: OutcomeBody, person: ForgottenCaller): string | null {
  const outcome = 'outcome' in body ? body.outcome : body;
  const kept = person.outcome(outcome);
  if (kept === outcome) return null;
  // It is still to be counted by the exchange of the number.
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
  const start = `${basename(path)}.`;
  const files = readdirSync(dir).filter(
    (name) => name.startsWith(`${start}damaged-`) || name.startsWith(`${start}layout-`),
  );
  return files.map((name) => join(dir, name)).filter((file) => person.mayBeIn(readFileSync(file)));
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Removes a person from the calls in the spool (kept-calls.ts); resolves with how many. Their process may still hold them in memory.
 * Rejects when the folder cannot be read or written; 0 when there is none.
 */
export async function eraseFromKeptCalls(dir: string, person: ForgottenCaller): Promise<number> {
  let erased = 0;
  for (const name of existsSync(dir) ? readdirSync(dir) : []) {
    if (!name.startsWith('kept~')) continue;
    const path = join(dir, name);
    const bytes = await readFile(path).catch(() => null);
    if (bytes === null || !person.mayBeIn(bytes)) continue;
    await rewriteKept(path, bytes, person);
    erased++;
  }
  return erased;
}

async function rewriteKept(path: string, bytes: Buffer, person: ForgottenCaller): Promise<void> {
  const call = keptCallFrom(bytes.toString());
  // Unreadable, so it cannot be kept.
  if (call === null) return unlink(path);
  const { mode, uid, gid } = await stat(path);
  const facts = call.facts === null ? null : person.facts(call.facts);
  const kept = { ...call, facts, unsent: changesWithout(call.unsent, person) };
  await writeFile(`${path}.new`, JSON.stringify(kept), { mode: mode & 0o777 });
  if (process.getuid?.() === 0) await chown(`${path}.new`, uid, gid);
  await rename(`${path}.new`, path);
}
