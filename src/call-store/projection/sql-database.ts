import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { createTables, schemaVersion } from './call-row.ts';

export type SqlValue = string | number | null | readonly (string | number)[];
export type SqlValues = Readonly<Record<string, SqlValue>>;
export type SqlRow = Readonly<Record<string, string | number | null>>;

/** Runs one statement; numbers come back as numbers. */
export type Run = (sql: string, values?: SqlValues) => Promise<readonly SqlRow[]>;

/** So many questions are answered side by side; the others wait. */
const readers = 2;
const lockTries = 40;
const lockWaitMs = 500;

const memory = { file: '256MB', inMemory: '2GB' } as const;

const settings = {
  threads: '1',

  // Nothing is loaded from anywhere, and SQL reaches no other file.
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

/**
 * A DuckDB file, or `:memory:`. One process can open a file. Statements run in threads of libuv, so none holds up the event
 * loop. A file of another schema, or one that cannot be read, is begun anew: everything in it is in Redis too.
 */
export class SqlDatabase {
  readonly #path: string;
  #instance: DuckDBInstance;
  #writer!: DuckDBConnection;
  #free: DuckDBConnection[] = [];
  readonly #waiting: ((reader: DuckDBConnection) => void)[] = [];

  private constructor(path: string, instance: DuckDBInstance) {
    this.#path = path;
    this.#instance = instance;
  }

  /** Rejects when another process keeps the file. */
  static async open(path: string): Promise<SqlDatabase> {
    const database = new SqlDatabase(path, await openFile(path));
    await database.#connect();
    if (!(await database.#isOurs())) {
      await database.#disconnect();
      await removeFile(path);
      database.#instance = await create(path);
      await database.#connect();
      await database.#writer.run(createTables);
    }
    return database;
  }

  /** Reads. With an aborted signal it rejects, and the statement stops. */
  async read(sql: string, values: SqlValues = {}, signal?: AbortSignal): Promise<readonly SqlRow[]> {
    const reader = await this.#reader();
    const stop = () => reader.interrupt();
    try {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', stop);
      return await rowsOf(reader, sql, values);
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#release(reader);
    }
  }

  /** All of `work`, or nothing of it. One at a time. */
  async write(work: (run: Run) => Promise<void>): Promise<void> {
    await this.#writer.run('BEGIN');
    try {
      await work((sql, values = {}) => rowsOf(this.#writer, sql, values));
      await this.#writer.run('COMMIT');
    } catch (error) {
      await this.#writer.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /** Writes the file anew, so that nothing of rows that were deleted is left on the disk. Not beside `write`. */
  async rewrite(): Promise<void> {
    if (this.#path === ':memory:') return;
    const fresh = `${this.#path}.fresh`;
    await removeFile(fresh);
    const run = (sql: string) => this.#writer.run(sql);
    await run(`ATTACH '${fresh.replaceAll("'", "''")}' AS fresh`);
    const [current] = await rowsOf(this.#writer, 'SELECT current_database() AS name', {});
    await run(`COPY FROM DATABASE "${String(current?.name).replaceAll('"', '""')}" TO fresh`);
    await run('DETACH fresh');
    // Questions that were asked before are answered before.
    this.#free = await Promise.all(Array.from({ length: readers }, () => this.#reader()));
    await this.#disconnect();
    await removeFile(this.#path);
    await rename(fresh, this.#path);
    this.#instance = await create(this.#path);
    await this.#connect();
  }

  async close(): Promise<void> {
    await this.#disconnect();
  }

  async #reader(): Promise<DuckDBConnection> {
    return this.#free.pop() ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(reader: DuckDBConnection): void {
    const next = this.#waiting.shift();
    if (next) next(reader);
    else this.#free.push(reader);
  }

  async #connect(): Promise<void> {
    this.#writer = await this.#instance.connect();
    for (let reader = 0; reader < readers; reader++) this.#release(await this.#instance.connect());
  }

  async #disconnect(): Promise<void> {
    for (const reader of this.#free.splice(0)) reader.disconnectSync();
    this.#writer.disconnectSync();
    this.#instance.closeSync();
  }

  async #isOurs(): Promise<boolean> {
    try {
      const [about] = await rowsOf(this.#writer, 'SELECT version FROM about', {});
      return about?.version === schemaVersion;
    } catch {
      return false;
    }
  }
}

function create(path: string): Promise<DuckDBInstance> {
  const limit = path === ':memory:' ? memory.inMemory : memory.file;
  return DuckDBInstance.create(path, { ...settings, memory_limit: limit });
}

async function openFile(path: string): Promise<DuckDBInstance> {
  for (let tries = 1; ; tries++) {
    try {
      return await create(path);
    } catch (error) {
      // The one before us may still be ending.
      const isHeld = /lock/i.test(String(error));
      if (isHeld && tries >= lockTries) throw error;
      if (isHeld) await sleep(lockWaitMs);
      else await removeFile(path);
      if (!isHeld && tries >= 2) throw error;
    }
  }
}

async function removeFile(path: string): Promise<void> {
  if (path === ':memory:') return;
  for (const file of [path, `${path}.wal`]) await rm(file, { force: true });
}

async function rowsOf(connection: DuckDBConnection, sql: string, values: SqlValues): Promise<SqlRow[]> {
  const reader = await connection.runAndReadAll(sql, values as Record<string, DuckDBValue>);
  return reader
    .getRowObjectsJS()
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === 'bigint' ? Number(value) : (value as string | number | null),
        ]),
      ),
    );
}
