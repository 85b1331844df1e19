import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Region } from '../numbers/phone-number.ts';
import type { DeclaredList } from '../policy/compile/declared-lists.ts';
import { imagesOf } from './held/image-cache.ts';
import { type HeldList, heldList } from './held-list.ts';
import { loadInWorker } from './load-in-worker.ts';

/** Apart from the other images: the newest image of a list is its last good one. */
export function replacedDir(dir: string): string {
  return join(dir, 'replaced');
}

/**
 * A list as it would be with another file.
 * @param file as problems name it. @param dir of the images; null: there is none
 * @throws ListFileError
 */
export async function replacedList(
  declared: DeclaredList,
  { region, file, path, dir }: { region: Region; file: string; path: string; dir: string | null },
): Promise<HeldList> {
  const { id, reading } = declared;
  const cacheDir = dir === null ? null : replacedDir(dir);
  const loaded = await loadInWorker({ id, path, reading, region, cacheDir, mayWrite: true });
  return heldList(declared, file, loaded, { signature: 'replaced', contentAt: null, checkedAt: null });
}

/** The file took the place of the list's: its image need not be made again. Never rejects. */
async function adopt(dir: string, id: string): Promise<void> {
  try {
    const [name] = imagesOf(replacedDir(dir), id);
    if (name === undefined) return;
    await rename(join(replacedDir(dir), name), join(dir, name));
    for (const other of imagesOf(dir, id)) if (other !== name) await rm(join(dir, other), { force: true });
  } catch {
    // It is made again.
  }
}

/** Removes what was made, but for the image of a list that was adopted. Never rejects. */
export async function forgetReplaced(dir: string, adopted?: string): Promise<void> {
  if (adopted !== undefined) await adopt(dir, adopted);
  await rm(replacedDir(dir), { recursive: true, force: true }).catch(() => undefined);
}
