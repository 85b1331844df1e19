import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { appendFile, chown, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { auditName, knownAuditKey } from './private-file.ts';
export type AuditEvent =
  | 'look' // viewed full numbers
  | 'change' // sent a request that changes something
  | 'campaign' // named, merged, dismissed or pinned a campaign
  | 'flagged' // flagged calls, or removed flags
  | 'expected' // expects a call, or no longer
  | 'listed' // put a caller on a list, or took one off
  | 'level' // set an attack level by hand, or ended that
  | 'closed' // closed a calendar by hand, or opened it again
  | 'followed-up' // ticked off a caller who was perhaps harmed, or took it back
  | 'refused' // signed in, but without the role
  | 'signed-in'
  | 'sign-in-failed'
  | 'token-made'
  | 'token-revoked';

/** One line of the audit log. Names are hostile; no number of a person stands in it. */
export interface AuditEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly event: AuditEvent;
  readonly who: string;
  /** Of whom the identity provider let in: its `sub`, which stays a person's own when the name is changed to another's. */
  readonly subject?: string;
  readonly role: string | null;
  /** Where the request came from; null: a command on this machine. */
  readonly address: string | null;
  /** Method and pattern of the route, `GET /calls/:id`; of a command its words. */
  readonly route: string;
  /** Ids of the calls that were looked at, the first 200. */
  readonly calls?: readonly string[];
  /** Pseudonyms of the numbers that were seen whole, the first 200. */
  readonly numbers?: readonly string[];
  /** How many different numbers that were. */
  readonly count?: number;
  readonly detail?: string;
}

const fileBytes = 8_000_000;
/** With the one being written: at most 72 MB, some 300,000 looks. */
const olderFiles = 8;
/** Of one person a UTC day: some 20,000 looks. Whoever is watched must not write the log empty; that would take more than two weeks. */
const personBytes = 4_000_000;
const dayMs = 86_400_000;

type AuditedPerson = Pick<AuditEntry, 'who' | 'subject'>;

const personKey = ({ who, subject }: AuditedPerson) =>
  subject === undefined ? `token ${who}` : `sub ${subject}`;

/** `audit.jsonl` in GATEHOUSE_DATA, a JSON object a line; older ones are `audit.1.jsonl` (newest) to `audit.8.jsonl`. */
export class AuditLog {
  readonly #dir: string;
  readonly #fileBytes: number;
  readonly #personBytes: number;
  /** Bytes that each person wrote on that UTC day. */
  #written = { day: 0, bytes: new Map<string, number>() };
  #last: Promise<void> = Promise.resolve();

  constructor(dataDir: string, options: { readonly fileBytes?: number; readonly personBytes?: number } = {}) {
    this.#dir = dataDir;
    this.#fileBytes = options.fileBytes ?? fileBytes;
    this.#personBytes = options.personBytes ?? personBytes;
  }

  /** True when this person has no more room today. `now`: epoch ms. */
  isFull(person: AuditedPerson, now = Date.now()): boolean {
    return (this.#bytesOf(now).get(personKey(person)) ?? 0) >= this.#personBytes;
  }

  #bytesOf(now: number): Map<string, number> {
    const day = Math.floor(now / dayMs);
    if (day !== this.#written.day) this.#written = { day, bytes: new Map() };
    return this.#written.bytes;
  }

  /** Resolves when the line is in the file. Rejects when it cannot be written: then nothing may be shown. */
  add(entry: Omit<AuditEntry, 'time'>): Promise<void> {
    const now = Date.now();
    const line = `${JSON.stringify({ time: new Date(now).toISOString(), ...entry })}\n`;
    const bytes = this.#bytesOf(now);
    const key = personKey(entry);
    bytes.set(key, (bytes.get(key) ?? 0) + Buffer.byteLength(line));
    const written = this.#last.then(async () => {
      const isNew = await this.#rotate();
      await appendFile(this.#path(0), line, { mode: 0o600 });
      if (isNew) await this.#giveToOwner();
    });
    this.#last = written.catch(() => {});
    return written;
  }

  /** Newest first, at most `most`; lines that are not whole are left out. */
  async read(most: number, wanted: (entry: AuditEntry) => boolean = () => true): Promise<AuditEntry[]> {
    const found: AuditEntry[] = [];
    for (let n = 0; n <= olderFiles && found.length < most; n++) {
      const text = await readFile(this.#path(n), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      for (const line of text.split('\n').reverse()) {
        const entry = entryOf(line);
        if (entry !== null && wanted(entry)) found.push(entry);
        if (found.length >= most) break;
      }
    }
    return found;
  }

  /** True when the next line begins a file. */
  async #rotate(): Promise<boolean> {
    const size = await stat(this.#path(0)).then(
      (found) => found.size,
      () => 0,
    );
    if (size < this.#fileBytes) return size === 0;
    await rm(this.#path(olderFiles), { force: true });
    for (let n = olderFiles - 1; n >= 0; n--) {
      await rename(this.#path(n), this.#path(n + 1)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    return true;
  }

  /** A command that root types must not begin a file that the server cannot write. */
  async #giveToOwner(): Promise<void> {
    if (process.getuid?.() !== 0) return;
    const { uid, gid } = await stat(this.#dir);
    await chown(this.#path(0), uid, gid);
  }

  #path(n: number): string {
    return join(this.#dir, n === 0 ? 'audit.jsonl' : `audit.${n}.jsonl`);
  }
}

function entryOf(line: string): AuditEntry | null {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'event' in entry ? (entry as AuditEntry) : null;
  } catch {
    return null;
  }
}

/** As long as a pseudonym, so that it can overwrite one in place while lines are added. */
const erased = 'forgotten-------';

/**
 * Takes a number out of the audit log: its pseudonym there, beside whose key it stands, tells it to whoever tries all numbers.
 * `forms`: writings of the number. How many places; 0 when there is no log or no key. Throws when a file cannot be read or written.
 */
export function eraseFromAuditLog(dataDir: string, forms: readonly string[]): number {
  const key = knownAuditKey(dataDir);
  if (key === null) return 0;
  const wanted = forms.map((form) => Buffer.from(auditName(key, form)));
  let places = 0;
  for (const name of auditFiles(dataDir)) {
    const path = join(dataDir, name);
    const bytes = readFileSync(path);
    const found = wanted.flatMap((word) => [...placesOf(bytes, word)]);
    if (found.length === 0) continue;
    const file = openSync(path, 'r+');
    try {
      for (const at of found) writeSync(file, erased, at);
    } finally {
      closeSync(file);
    }
    places += found.length;
  }
  return places;
}

function auditFiles(dataDir: string): string[] {
  try {
    return readdirSync(dataDir).filter((name) => /^audit(\.\d)?\.jsonl$/.test(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function* placesOf(bytes: Buffer, word: Buffer): Generator<number> {
  for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + word.length)) yield at;
}
