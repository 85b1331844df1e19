import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unfinishedPrefix } from '../lists/edits/edit-list-file.ts';
import { listEndings } from '../lists/readers/registry.ts';
import type { Log } from '../log/log.ts';

const ruleFile = new RegExp(`\\.(ya?ml|(?:${listEndings.join('|')})(?:\\.gz)?)$`);
const folders = ['lists', 'calendars', 'cases'];

/** Follows changes of a rule directory, its lists, calendars and cases, until closed. */
export class RulesWatcher {
  readonly #dir: string;
  readonly #debounceMs: number;
  readonly #changed: () => void;
  readonly #log: Log;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /** @param debounceMs quiet time after a change before it is told; editors and git write in several steps */
  constructor(dir: string, debounceMs: number, changed: () => void, log: Log) {
    this.#dir = dir;
    this.#debounceMs = debounceMs;
    this.#changed = changed;
    this.#log = log;
  }

  start(): void {
    this.#watchOne(this.#dir);
    this.#watchFolders();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watchFolders(): void {
    for (const folder of folders) this.#watchOne(join(this.#dir, folder));
  }

  #forget(dir: string): void {
    this.#watchers.get(dir)?.close();
    this.#watchers.delete(dir);
  }

  #watchOne(dir: string): void {
    if (this.#closed || this.#watchers.has(dir)) return;
    try {
      const watcher = watch(dir, { persistent: false }, (_event, name) => {
        // A file that is not finished is not read.
        if (!name?.startsWith(unfinishedPrefix)) this.#wait();
      });
      watcher.on('error', (error) => {
        this.#log.warn('Rule files are no longer watched', { dir, error: error.message });
        watcher.close();
        this.#watchers.delete(dir);
      });
      this.#watchers.set(dir, watcher);
    } catch (error) {
      // Without the folder there is nothing to watch yet; each change above looks for it again.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.#log.warn('Rule files are not watched', { dir, error: String(error) });
    }
  }

  #wait(): void {
    if (this.#closed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // A folder may have been made, or replaced by another of the same name.
      for (const folder of folders) this.#forget(join(this.#dir, folder));
      this.#watchFolders();
      this.#changed();
    }, this.#debounceMs);
    this.#timer.unref();
  }
}

/**
 * What tells one state of a rule directory from another: every file's path, inode, size and time of change. Two equal
 * ones before and after reading mean that what was read had been there all at once. Never rejects.
 */
export async function rulesSignature(dir: string): Promise<string> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  // Sound files are no part of the policy, and an editor's own files come and go.
  const wanted = names.filter((name) => ruleFile.test(name) && !/(^|\/)\./.test(name)).sort();
  const seen = await Promise.all(
    wanted.map(async (name) => {
      const found = await stat(join(dir, name), { bigint: true }).catch(() => null);
      return found === null
        ? `${name} -`
        : `${name} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
    }),
  );
  return seen.join('\n');
}
