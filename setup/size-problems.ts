import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const mostFiles = 22;
const mostLines = 300;

/** Folders of src that hold more than they should, and how many files at most until they are divided. */
export const crowdedFolders: Readonly<Record<string, number>> = {};

/** The folders of `root`/src that hold too many files, the files that are too long, and the exceptions nobody needs. */
export async function sizeProblems(root: string, crowded = crowdedFolders): Promise<string[]> {
  const src = join(root, 'src');
  const files = (await readdir(src, { recursive: true })).filter((file) => file.endsWith('.ts')).sort();
  const problems: string[] = [];
  const counts = new Map<string, number>();
  for (const file of files) {
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    const lines = (await readFile(join(src, file), 'utf8')).replace(/\n$/, '').split('\n').length;
    if (lines > mostLines)
      problems.push(`src/${file}:${mostLines + 1}: ${lines} lines, at most ${mostLines}`);
  }
  for (const [folder, count] of counts) {
    const most = crowded[folder] ?? mostFiles;
    if (count > most) problems.push(`${join('src', folder)}: ${count} files, at most ${most}`);
  }
  for (const folder of Object.keys(crowded))
    if ((counts.get(folder) ?? 0) <= mostFiles)
      problems.push(`setup/size-problems.ts: src/${folder} needs its exception no longer`);
  return problems;
}
