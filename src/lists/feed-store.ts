import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from './write-file-atomically.ts';

const keptShape = z.object({
  url: z.string(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  fetchedAt: z.number(),
  checkedAt: z.number(),
});

/** What is known of the body that is kept of a feed. Epoch ms. */
export interface KeptFeed {
  readonly url: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** When the body came. */
  readonly fetchedAt: number;
  /** When the server last said that this is the newest. */
  readonly checkedAt: number;
}

/** The last good body of each feed, which outlives the process: `<id>.body` and `<id>.json`. */
export class FeedStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  bodyPath(id: string): string {
    return join(this.#dir, `${id}.body`);
  }

  /** Where a body is put until it is known to be good. */
  freshPath(id: string): string {
    return join(this.#dir, `${id}.fresh`);
  }

  async prepare(): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
  }

  /** Null when nothing is kept of this address. */
  async kept(id: string, url: string): Promise<KeptFeed | null> {
    try {
      const kept = keptShape.parse(JSON.parse(await readFile(this.#notePath(id), 'utf8')));
      return kept.url === url ? kept : null;
    } catch {
      return null;
    }
  }

  /** The fresh body becomes the one that is kept. After a crash between the two steps the old note asks for it again. */
  async keep(id: string, kept: KeptFeed): Promise<void> {
    await rename(this.freshPath(id), this.bodyPath(id));
    await this.note(id, kept);
  }

  async note(id: string, kept: KeptFeed): Promise<void> {
    await writeFileAtomically(this.#notePath(id), JSON.stringify(kept));
  }

  async dropFresh(id: string): Promise<void> {
    await rm(this.freshPath(id), { force: true });
  }

  #notePath(id: string): string {
    return join(this.#dir, `${id}.json`);
  }
}
