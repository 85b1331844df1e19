import { readdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ForgottenCaller } from '../privacy/forgotten.ts';
import { readSpoolFile } from './spool-file.ts';

/**
 * Removes a person from the notes in the spool; resolves with how many. Calls that bypassed screening stay, without a caller; notes of
 * dialed numbers are deleted. Rejects when the folder cannot be read or written; 0 when there is none.
 */
export async function eraseFromSpool(dir: string, person: ForgottenCaller): Promise<number> {
  let erased = 0;
  for (const name of await namesIn(dir)) {
    // The outbox's own (eraseFromKeptCalls).
    if (name.startsWith('kept~')) continue;
    const path = join(dir, name);
    const file = await readSpoolFile(path).catch(() => null);
    if (file === null) continue;
    const bytes = await readFile(path);
    if (!person.mayBeIn(bytes)) continue;
    if (name.startsWith('dialed~')) await unlink(path);
    else await rewrite(dir, name, bytes, person);
    erased++;
  }
  return erased;
}

/** Also removes names, the caller's and those in headers. The file keeps its time: that of the bypass. */
async function rewrite(dir: string, name: string, bytes: Buffer, person: ForgottenCaller): Promise<void> {
  const path = join(dir, name);
  const { atime, mtime, mode } = await stat(path);
  let text = bytes.toString('latin1');
  text = person.without(text);
  text = text.replace(/(^|,)(name|from|pai\d?|sip|orig|ssi)=[^,\n]*/g, '$1$2=');
  // Not the name of a note, so that half of it is never read.
  const made = join(dir, `.forgetting-${name}`);
  await writeFile(made, text, { encoding: 'latin1', mode: mode & 0o777 });
  await utimes(made, atime, mtime);
  await rename(made, path);
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
