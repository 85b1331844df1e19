import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Larger files are images of lists, made from files of the organization. */
const longestBytes = 268_435_456;

/** Files in these folders that still contain one of the words; unreadable ones are skipped. */
export function filesHolding(folders: readonly string[], words: readonly string[]): string[] {
  return folders.flatMap((folder) => filesIn(folder).filter((path) => holds(path, words)));
}

function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  } catch {
    return [];
  }
}

function holds(path: string, words: readonly string[]): boolean {
  try {
    if (statSync(path).size > longestBytes) return false;
    const bytes = readFileSync(path);
    return words.some((word) => bytes.includes(word));
  } catch {
    return false;
  }
}
