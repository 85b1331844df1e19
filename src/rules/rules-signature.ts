import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What tells one state of a rule directory from another: every file's path, inode, size and time of change. Two equal
 * ones before and after reading mean that what was read had been there all at once. Never rejects.
 */
export async function rulesSignature(dir: string): Promise<string> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  // Sound files are no part of the policy, and an editor's own files come and go.
  const wanted = names.filter((name) => /\.(ya?ml|csv|txt)$/.test(name) && !/(^|\/)\./.test(name)).sort();
  const seen = await Promise.all(
    wanted.map(async (name) => {
      const found = await stat(join(dir, name), { bigint: true }).catch(() => null);
      return found === null
        ? `${name} -`
        : `${name} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
    }),
  );
  return seen.join('\n');
}
