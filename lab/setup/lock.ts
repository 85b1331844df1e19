import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDir } from '../asterisk-root.ts';
import { isAlive } from '../process-identity.ts';

/** Runs `action` while no other process of this user does; a lock whose owner died is taken over. Waits 15 minutes at most. */
export async function withLock<T>(name: string, action: () => Promise<T>): Promise<T> {
  const dir = join(cacheDir(), `${name}.lock`);
  await mkdir(cacheDir(), { recursive: true });
  const deadline = Date.now() + 900_000;
  for (;;) {
    try {
      await mkdir(dir);
      await writeFile(join(dir, 'pid'), String(process.pid));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    await sleep(500);
    const owner = Number(await readFile(join(dir, 'pid'), 'utf8').catch(() => '0'));
    if (owner === 0 || !isAlive(owner)) await rm(dir, { recursive: true, force: true });
    if (Date.now() > deadline) throw new Error(`the lock ${dir} is held by process ${owner}`);
  }
  try {
    return await action();
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
