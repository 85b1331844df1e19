import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ForgottenCaller } from '../../privacy/forgotten.ts';
import { writeFileAtomically } from '../../process/write-file-atomically.ts';

const takenShape = z.object({ line: z.number(), text: z.string(), encoding: z.enum(['utf8', 'latin1']) });
const changeShape = z.object({
  id: z.string(),
  /** Epoch ms. */
  at: z.number(),
  list: z.string(),
  /** Within the rule directory. */
  path: z.string(),
  done: z.enum(['added', 'removed']),
  /** The number, prefix or range. */
  key: z.string(),
  name: z.string().nullable(),
  reason: z.string(),
  who: z.string(),
  /** SHA-256 of the file as the change left it, and its bytes before. */
  left: z.string(),
  size: z.number(),
  taken: z.array(takenShape),
  /** Change that this one undoes, or that undid it. */
  undoes: z.string().nullable(),
  undoneBy: z.string().nullable(),
  /** `committed`, `no-repository`, or why git did not take it; null: not known yet. */
  git: z.string().nullable(),
});
const journalShape = z.object({ form: z.literal(1), changes: z.array(changeShape) });

/** A change of a list file that was made in the browser. */
export type ListChange = z.output<typeof changeShape>;

const maxChanges = 200;
const maxBytes = 4 * 1024 * 1024;

/**
 * The last changes, the newest first, in a file of the data directory, which is read each time: `gatehouse forget` is another
 * process. It holds numbers of people, so only this user reads it.
 */
export class ListJournal {
  readonly #path: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Never rejects: what cannot be read is not there. */
  async read(): Promise<readonly ListChange[]> {
    try {
      const text = await readFile(this.#path, 'utf8');
      return journalShape.parse(JSON.parse(text)).changes;
    } catch {
      return [];
    }
  }

  /** Rejects when the disk takes nothing. */
  add(change: ListChange): Promise<void> {
    return this.#write((changes) => [change, ...changes]);
  }

  remove(id: string): Promise<void> {
    return this.#write((changes) => changes.filter((one) => one.id !== id));
  }

  set(id: string, facts: Partial<Pick<ListChange, 'undoneBy' | 'git'>>): Promise<void> {
    return this.#write((changes) => changes.map((one) => (one.id === id ? { ...one, ...facts } : one)));
  }

  /** Takes out the changes that mention a person; they cannot be undone any more. How many. */
  async forget(person: ForgottenCaller): Promise<number> {
    let gone = 0;
    if ((await this.read()).length === 0) return 0;
    await this.#write((changes) => {
      const kept = changes.filter((one) => !person.mayBeIn(JSON.stringify(one)));
      gone = changes.length - kept.length;
      return kept;
    });
    return gone;
  }

  #write(change: (changes: readonly ListChange[]) => readonly ListChange[]): Promise<void> {
    const written = this.#last.then(async () => {
      const before = await this.read();
      const changes = change(before).slice(0, maxChanges);
      let text = JSON.stringify({ form: 1, changes });
      while (text.length > maxBytes && changes.length > 1) {
        changes.splice(Math.ceil(changes.length / 2));
        text = JSON.stringify({ form: 1, changes });
      }
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFileAtomically(this.#path, text);
    });
    this.#last = written.catch(() => undefined);
    return written;
  }
}
