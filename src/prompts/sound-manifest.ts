import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const shape = z.object({
  made: z.record(
    z.string(),
    z.object({ words: z.string(), sound: z.string(), wide: z.string().nullable().default(null) }),
  ),
});

/**
 * What we made, by `<language>/<prompt>`: the hash of its source (words and voice, or a recording), and the hashes of the
 * sound files at 8 kHz and 16 kHz.
 */
export type SoundManifest = Readonly<z.output<typeof shape>['made']>;

const NAME = '.gatehouse-prompts.json';

/** The manifest of a directory; empty when it is missing or unreadable. */
export async function readManifest(dir: string): Promise<SoundManifest> {
  try {
    return shape.parse(JSON.parse(await readFile(join(dir, NAME), 'utf8'))).made;
  } catch {
    return {};
  }
}

export async function writeManifest(dir: string, made: SoundManifest): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(made).sort(([a], [b]) => (a < b ? -1 : 1)));
  const next = join(dir, `${NAME}.${process.pid}`);
  await writeFile(next, `${JSON.stringify({ made: sorted }, null, 1)}\n`);
  await rename(next, join(dir, NAME));
}

export async function removeManifest(dir: string): Promise<void> {
  await rm(join(dir, NAME), { force: true });
}

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Hash of a file's content, null when it is missing. */
export async function hashOfFile(path: string): Promise<string | null> {
  try {
    return hashOf(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
