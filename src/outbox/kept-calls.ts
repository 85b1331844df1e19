import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { callDigest } from '../call/call-id.ts';
import type { StoredChange } from '../call/change.ts';
import type { CallFacts } from '../call/facts.ts';
import type { Log } from '../log/log.ts';
import { transitionFrom } from './transition.ts';

const longestBytes = 4_194_304;
const repeatedLogMs = 60_000;
const nameForm = /^kept~[A-Za-z0-9_-]{16}$/;
const unfinishedForm = /^kept~[A-Za-z0-9_-]{16}\.new$/;

/** A call that was to be written to the outbox. */
export interface KeptCall {
  readonly callId: string;
  /** Epoch ms. */
  readonly arrivedAt: number;
  /** Null when its begin is in the outbox. */
  readonly facts: CallFacts | null;
  readonly ended: boolean;
  /** What Redis lacks. */
  readonly unsent: readonly StoredChange[];
}

/** Takes calls that the outbox's disk does not take. */
export interface SecondPlace {
  keep(call: KeptCall): boolean;
  drop(callId: string): void;
  all(): readonly KeptCall[];
}

/**
 * Keeps each call in a file `kept~<digest>` in another folder, the spool. No method throws. The dialplan writes to that folder
 * too: only files of this process's user are read back.
 */
export class KeptCalls implements SecondPlace {
  readonly #dir: string;
  readonly #log: Log;
  readonly #names = new Set<string>();
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(dir: string, log: Log) {
    this.#dir = dir;
    this.#log = log;
  }

  /** How many calls are kept here. */
  get size(): number {
    return this.#names.size;
  }

  /** False when this place takes nothing either. */
  keep(call: KeptCall): boolean {
    const name = nameOf(call.callId);
    const path = join(this.#dir, name);
    try {
      // Renamed when whole: a reader never sees half of it, and a full disk leaves the former content.
      writeFileSync(`${path}.new`, JSON.stringify(call), { mode: 0o600 });
      renameSync(`${path}.new`, path);
      this.#names.add(name);
      return true;
    } catch (error) {
      rmSync(`${path}.new`, { force: true });
      this.#warn('A call cannot be kept in the spool either: it is in memory only', error);
      return false;
    }
  }

  /** It is safe elsewhere. */
  drop(callId: string): void {
    const name = nameOf(callId);
    if (!this.#names.has(name)) return;
    try {
      rmSync(join(this.#dir, name), { force: true });
      this.#names.delete(name);
    } catch (error) {
      this.#warn('A call that is safe cannot be removed from the spool', error);
    }
  }

  /** What a former process left here. Its unfinished files are removed: they hold people's numbers. */
  all(): KeptCall[] {
    try {
      const names = readdirSync(this.#dir);
      for (const name of names) if (unfinishedForm.test(name)) rmSync(join(this.#dir, name), { force: true });
      return names.filter((name) => nameForm.test(name)).flatMap((name) => this.#read(name) ?? []);
    } catch {
      // The bypass notes report a missing folder.
      return [];
    }
  }

  #read(name: string): KeptCall | null {
    const path = join(this.#dir, name);
    try {
      const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const stat = fstatSync(file);
        if (!stat.isFile() || stat.size > longestBytes || stat.uid !== process.getuid?.()) return null;
        const call = keptCallFrom(readFileSync(file, 'utf8'));
        if (call === null || nameOf(call.callId) !== name) throw new Error('not a call');
        this.#names.add(name);
        return call;
      } finally {
        closeSync(file);
      }
    } catch (error) {
      this.#log.error('A call kept in the spool cannot be read', {
        file: path,
        error: String(error),
      });
      return null;
    }
  }

  #warn(message: string, error: unknown): void {
    if (performance.now() - this.#loggedAt < repeatedLogMs) return;
    this.#loggedAt = performance.now();
    this.#log.error(message, { dir: this.#dir, error: String(error) });
  }
}

/** Null when the text is not one. */
export function keptCallFrom(text: string): KeptCall | null {
  let call: KeptCall | null;
  try {
    call = JSON.parse(text) as KeptCall | null;
  } catch {
    return null;
  }
  if (typeof call?.callId !== 'string' || typeof call.arrivedAt !== 'number' || !Array.isArray(call.unsent))
    return null;
  for (const change of call.unsent) transitionFrom(0, call.callId, change);
  return call;
}

function nameOf(callId: string): string {
  return `kept~${callDigest(callId)}`;
}
