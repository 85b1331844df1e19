import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log/log.ts';

const busy = 5; // SQLITE_BUSY
const checkEveryMs = 500;

/**
 * The data directory (GATEHOUSE_DATA), locked by one process. The lock is SQLite's: the kernel releases it however the
 * process ends, and it works between containers that share a volume.
 */
export class DataDirectory {
  /** Id of this installation, the same after each restart. */
  readonly id: string;
  readonly #lock: DatabaseSync | null;

  private constructor(id: string, lock: DatabaseSync | null) {
    this.id = id;
    this.#lock = lock;
  }

  /** Waits while another process has it. A directory that cannot be locked is used anyway: calls come first. */
  static async take(dir: string, log: Pick<Log, 'info' | 'warn'>): Promise<DataDirectory> {
    for (let checks = 0; ; checks++) {
      const lock = tryLock(dir, log);
      if (lock !== 'busy') {
        if (checks > 0) log.info('The other Gatehouse has ended; starting', { dir });
        return new DataDirectory(installationId(dir, log), lock);
      }
      if (checks === 0)
        log.warn('Another Gatehouse runs on this data directory; waiting for it to end', {
          dir,
          remedy:
            'Stop one of the two: each Asterisk needs its own Gatehouse, and each Gatehouse its own GATEHOUSE_DATA.',
        });
      await sleep(checkEveryMs);
    }
  }

  release(): void {
    try {
      this.#lock?.close();
    } catch {
      // The kernel releases it when the process ends.
    }
  }
}

function tryLock(dir: string, log: Pick<Log, 'warn'>): DatabaseSync | 'busy' | null {
  let lock: DatabaseSync | null = null;
  try {
    mkdirSync(dir, { recursive: true });
    lock = new DatabaseSync(join(dir, 'running.lock'));
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === busy) return 'busy';
    log.warn('Cannot lock the data directory; make sure that no other Gatehouse uses it', {
      dir,
      error,
    });
    return null;
  }
}

function installationId(dir: string, log: Pick<Log, 'warn'>): string {
  const path = join(dir, 'installation-id');
  try {
    const known = readFileSync(path, 'utf8').trim();
    if (/^[0-9a-f-]{36}$/.test(known)) return known;
  } catch {
    // The first start.
  }
  const id = randomUUID();
  try {
    writeFileSync(path, `${id}\n`, { mode: 0o600 });
  } catch (error) {
    log.warn(
      'Cannot store the id of this installation; after a restart it takes over its Stasis app some seconds later',
      {
        path,
        error,
      },
    );
  }
  return id;
}
