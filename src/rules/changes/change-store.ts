import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../../log/log.ts';
import type { RuleChange } from '../../policy/rule-change.ts';
import type { ForgottenCaller } from '../../privacy/forgotten.ts';
import { writeFileAtomically } from '../../process/write-file-atomically.ts';

/** Digest of each rule file's text (SHA-256), by its path in the rule directory. */
export type RuleTexts = Readonly<Record<string, string>>;

/** A change with the texts of its files, which are kept beside it; null: they are not. */
export interface KeptChange extends RuleChange {
  readonly texts: RuleTexts | null;
}

const keptShape = z.looseObject({
  ...{ id: z.string(), at: z.number(), ok: z.boolean(), before: z.string(), version: z.string() },
  ...{ causes: z.array(z.looseObject({})), problemCount: z.number(), problems: z.array(z.looseObject({})) },
  found: z.looseObject({}),
  texts: z.record(z.string(), z.string()).nullable(),
});

const maxChanges = 200;
const maxBytes = 64 * 1024 * 1024;
const idForm = /^\d{8}T\d{9}Z-[0-9a-f]{4}$/;
const restarted = { failed: 'Gatehouse was restarted before it was found out' };

/**
 * The last changes of the rules in a folder of the data directory: a file each, and the texts of the rule files by their
 * digest in `texts/`. In memory they are without their diffs.
 */
export class ChangeStore {
  readonly #dir: string;
  readonly #log: Pick<Log, 'warn'>;
  /** The newest first. */
  #changes: KeptChange[] = [];
  #last: Promise<unknown> = Promise.resolve();

  private constructor(dir: string, log: Pick<Log, 'warn'>) {
    this.#dir = dir;
    this.#log = log;
  }

  /** Never rejects: what cannot be read is left out. */
  static async open(dir: string, log: Pick<Log, 'warn'>): Promise<ChangeStore> {
    const store = new ChangeStore(dir, log);
    const names = await readdir(dir).catch(() => []);
    const ids = names.flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
    const newest = ids
      .filter((one) => idForm.test(one))
      .sort()
      .reverse()
      .slice(0, maxChanges);
    const read = await Promise.all(newest.map((id) => readChange(join(dir, `${id}.json`))));
    store.#changes = read.flatMap((kept, at) =>
      kept !== null && kept.id === newest[at] ? [withoutHunks({ ...kept, found: settled(kept.found) })] : [],
    );
    return store;
  }

  /** Folder of the texts. */
  get textsDir(): string {
    return join(this.#dir, 'texts');
  }

  /** The newest first, without the lines of their diffs. */
  all(): readonly KeptChange[] {
    return this.#changes;
  }

  /** Whole; null: there is none. */
  async find(id: string): Promise<RuleChange | null> {
    if (!idForm.test(id) || !this.#changes.some((one) => one.id === id)) return null;
    const kept = await readChange(join(this.#dir, `${id}.json`));
    const known = this.#changes.find((one) => one.id === id);
    return kept === null ? (known ?? null) : { ...kept, found: settledUnless(kept, known) };
  }

  /** Adds or replaces it, and makes room. Never rejects: when the disk takes nothing it is in memory. */
  put(change: KeptChange): Promise<void> {
    const rest = this.#changes.filter(({ id }) => id !== change.id);
    this.#changes = [...rest, withoutHunks(change)].sort((a, b) => (a.id < b.id ? 1 : -1));
    const gone = this.#changes.splice(maxChanges);
    const written = this.#last.then(async () => {
      await mkdir(this.textsDir, { recursive: true, mode: 0o700 });
      await writeFileAtomically(this.#path(change.id), JSON.stringify(change));
      for (const { id } of gone) await rm(this.#path(id), { force: true });
      await this.#makeRoom();
    });
    this.#last = written.catch((error: unknown) =>
      this.#log.warn('The history of the rules cannot be written down', { error: String(error) }),
    );
    return this.#last as Promise<void>;
  }

  #path(id: string): string {
    return join(this.#dir, `${id}.json`);
  }

  /** Texts of no change go; then the oldest changes, until there is room. */
  async #makeRoom(): Promise<void> {
    for (;;) {
      const wanted = new Set(this.#changes.flatMap(({ texts }) => Object.values(texts ?? {})));
      let bytes = 0;
      for (const name of await readdir(this.textsDir)) {
        const path = join(this.textsDir, name);
        // One that is being written is not referred to yet.
        if (!wanted.has(name) && /^[0-9a-f]{64}$/.test(name)) await rm(path, { force: true });
        else bytes += (await stat(path).catch(() => null))?.size ?? 0;
      }
      for (const { id } of this.#changes) bytes += (await stat(this.#path(id)).catch(() => null))?.size ?? 0;
      if (bytes <= maxBytes || this.#changes.length <= 1) return;
      const oldest = this.#changes.pop();
      if (oldest) await rm(this.#path(oldest.id), { force: true });
    }
  }
}

/** Takes a person out of the texts and changes that are kept in `dir`. How many files. */
export async function eraseFromChanges(dir: string, person: ForgottenCaller): Promise<number> {
  let files = 0;
  const texts = join(dir, 'texts');
  for (const [folder, name] of [...(await filesOf(dir)), ...(await filesOf(texts))]) {
    const path = join(folder, name);
    const text = await readFile(path, 'utf8').catch(() => '');
    if (!person.mayBeIn(text)) continue;
    const without = folder === texts ? person.without(text) : jsonWithout(text, person);
    if (without === text) continue;
    await writeFileAtomically(path, without);
    files++;
  }
  return files;
}

async function filesOf(dir: string): Promise<(readonly [string, string])[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isFile() ? [[dir, entry.name] as const] : []));
}

/** Only its texts: times are numbers, too. */
function jsonWithout(text: string, person: ForgottenCaller): string {
  try {
    return JSON.stringify(
      JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? person.without(value) : value)),
    );
  } catch {
    return '';
  }
}

async function readChange(path: string): Promise<KeptChange | null> {
  try {
    // Its form is that of the version that wrote it, and this one's: they are not read by another.
    return keptShape.parse(JSON.parse(await readFile(path, 'utf8'))) as unknown as KeptChange;
  } catch {
    return null;
  }
}

/** Nothing goes on that was begun before a restart. */
function settled(found: KeptChange['found']): KeptChange['found'] {
  const over = <T>(one: T | 'pending') => (one === 'pending' ? restarted : one);
  return { ...found, files: over(found.files), calls: over(found.calls), recorded: over(found.recorded) };
}

/** What is in memory is newer than what is written. */
function settledUnless(kept: KeptChange, known: KeptChange | undefined): KeptChange['found'] {
  return known === undefined ? settled(kept.found) : { ...kept.found, ...pendingOf(kept, known) };
}

function pendingOf({ found }: KeptChange, known: KeptChange): Partial<KeptChange['found']> {
  return {
    ...(found.files === 'pending' && { files: known.found.files }),
    ...(found.calls === 'pending' && { calls: known.found.calls }),
    ...(found.recorded === 'pending' && { recorded: known.found.recorded }),
  };
}

function withoutHunks(change: KeptChange): KeptChange {
  const { files } = change.found;
  if (!Array.isArray(files)) return change;
  return { ...change, found: { ...change.found, files: files.map((one) => ({ ...one, hunks: [] })) } };
}
