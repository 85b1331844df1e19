import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../process/write-file-atomically.ts';

const keptShape = z.object({
  url: z.string(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  fetchedAt: z.number(),
  checkedAt: z.number(),
  released: z.boolean().optional(),
});
const quarantineShape = keptShape.extend({ at: z.number(), code: z.string(), message: z.string() });

/** Metadata of a stored body. Epoch ms. */
export interface KeptFeed {
  readonly url: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** When the body was fetched. */
  readonly fetchedAt: number;
  /** When the server last confirmed that it is the newest. */
  readonly checkedAt: number;
  /** An admin accepted it. */
  readonly released?: boolean | undefined;
}

/** A body that may not come into force, and why. */
export interface QuarantinedFeed extends KeptFeed {
  /** Since when, epoch ms. */
  readonly at: number;
  readonly code: string;
  readonly message: string;
}

/**
 * The bodies of each feed, which outlive the process. `<id>.fresh`: being fetched. `<id>.candidate`: to be loaded with the
 * policy. `<id>.body`: in force, since a policy was loaded with it. `<id>.quarantine`: refused, for a person to look at.
 * Beside each of the last three is a note, `….json`, which is written last and removed first: a body without one is nothing.
 */
export class FeedStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  get dir(): string {
    return this.#dir;
  }

  bodyPath(id: string): string {
    return join(this.#dir, `${id}.body`);
  }

  candidatePath(id: string): string {
    return join(this.#dir, `${id}.candidate`);
  }

  quarantinePath(id: string): string {
    return join(this.#dir, `${id}.quarantine`);
  }

  /** Where a body is downloaded to. */
  freshPath(id: string): string {
    return join(this.#dir, `${id}.fresh`);
  }

  async prepare(): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
  }

  /** In force; null when nothing is kept of this address. */
  kept(id: string, url: string): Promise<KeptFeed | null> {
    return this.#read(join(this.#dir, `${id}.json`), keptShape, url);
  }

  candidate(id: string, url: string): Promise<KeptFeed | null> {
    return this.#read(`${this.candidatePath(id)}.json`, keptShape, url);
  }

  quarantined(id: string, url: string): Promise<QuarantinedFeed | null> {
    return this.#read(`${this.quarantinePath(id)}.json`, quarantineShape, url);
  }

  /** The fresh body is to be loaded with the policy. It supersedes what was in quarantine. */
  async propose(id: string, kept: KeptFeed): Promise<void> {
    await this.#move(this.freshPath(id), this.candidatePath(id), kept);
    await this.#drop(this.quarantinePath(id));
  }

  /** A policy was loaded with the candidate: it is what is in force. After a crash between the steps it is loaded again. */
  async promote(id: string, kept: KeptFeed): Promise<void> {
    const { released: _, ...note } = kept;
    await rm(`${this.candidatePath(id)}.json`, { force: true });
    await rename(this.candidatePath(id), this.bodyPath(id));
    await this.note(id, note);
  }

  /** A body that must not come into force, from `fresh` or `candidate`. */
  async quarantine(id: string, from: 'fresh' | 'candidate', why: QuarantinedFeed): Promise<void> {
    const path = from === 'fresh' ? this.freshPath(id) : this.candidatePath(id);
    if (from === 'candidate') await rm(`${path}.json`, { force: true });
    await this.#move(path, this.quarantinePath(id), why);
  }

  /** An admin accepts the quarantined body: it is loaded with the policy despite the caps. False: there is none. */
  async release(id: string, url: string): Promise<boolean> {
    const found = await this.quarantined(id, url);
    if (found === null) return false;
    const { at: _at, code: _code, message: _message, ...kept } = found;
    await rm(`${this.quarantinePath(id)}.json`, { force: true });
    await this.#move(this.quarantinePath(id), this.candidatePath(id), { ...kept, released: true });
    return true;
  }

  async note(id: string, kept: KeptFeed): Promise<void> {
    await writeFileAtomically(join(this.#dir, `${id}.json`), JSON.stringify(kept));
  }

  async dropFresh(id: string): Promise<void> {
    await rm(this.freshPath(id), { force: true });
  }

  /** The old note is removed first, so that no note describes another body. */
  async #move(from: string, to: string, note: object): Promise<void> {
    await rm(`${to}.json`, { force: true });
    await rename(from, to);
    await writeFileAtomically(`${to}.json`, JSON.stringify(note));
  }

  async #drop(path: string): Promise<void> {
    await rm(`${path}.json`, { force: true });
    await rm(path, { force: true });
  }

  async #read<T extends { url: string }>(path: string, shape: z.ZodType<T>, url: string): Promise<T | null> {
    try {
      const note = shape.parse(JSON.parse(await readFile(path, 'utf8')));
      return note.url === url ? note : null;
    } catch {
      return null;
    }
  }
}
