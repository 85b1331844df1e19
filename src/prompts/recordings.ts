import { readdir } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';

/** What sox reads by a file's name; Asterisk's own raw formats it would have to guess. */
const readable = ['.wav', '.flac', '.aiff', '.aif', '.ogg', '.mp3', '.gsm'];

/** The organisation's own voice: `<language>/<prompt>.wav` below a directory. */
export interface Recording {
  /** `<language>/<prompt>`. */
  readonly key: string;
  readonly path: string;
}

/** Own recordings by `<language>/<prompt>`; none when the directory is not there. Of several of one prompt the WAV. */
export async function findRecordings(dir: string | null): Promise<ReadonlyMap<string, Recording>> {
  const found = new Map<string, Recording>();
  if (dir === null) return found;
  for (const language of await namesIn(dir)) {
    const names = await namesIn(join(dir, language));
    for (const extension of readable)
      for (const name of names) {
        if (extname(name).toLowerCase() !== extension || name.startsWith('.')) continue;
        const key = `${language}/${name.slice(0, -extension.length)}`;
        // Absolute, so that no name is taken for an option of a program.
        if (!found.has(key)) found.set(key, { key, path: resolve(dir, language, name) });
      }
  }
  return found;
}

/** Sorted; empty when it is not a directory. */
export async function namesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
