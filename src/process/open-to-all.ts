import { open, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const maxFiles = 500;
const looksAtBytes = 65_536;
/** A number of seven digits or more, in one of the usual writings; a key or password in an address. */
const worthKeeping = /\+?\d(?:[ ().-]?\d){6,}|https?:\/\/\S*[?@]\S/;

/**
 * A file below `dir` that every user of this machine can read, and that holds numbers of people or keys of feeds; null: none was found.
 * Rejects never: what cannot be looked at is not open either.
 */
export async function openToAll(dir: string): Promise<string | null> {
  try {
    const root = await realpath(dir);
    if (!(await canAllPass(root))) return null;
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.schema.json'));
    for (const file of files.slice(0, maxFiles)) {
      const path = join(file.parentPath, file.name);
      if (((await stat(path)).mode & 0o004) === 0 || !(await canAllPass(file.parentPath))) continue;
      if (worthKeeping.test(await beginningOf(path))) return path;
    }
    return null;
  } catch {
    return null;
  }
}

async function canAllPass(dir: string): Promise<boolean> {
  for (let at = dir; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(looksAtBytes), 0, looksAtBytes, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
