import { rm } from 'node:fs/promises';
import { type Console, findAsterisk } from './asterisk.ts';
import { waitUntilOutside } from './calls-inside.ts';
import { type PutBack, putBack, removeDirectories } from './change.ts';
import { type KeptFile, type Manifest, readManifest } from './manifest.ts';
import { followRedis } from './redis.ts';
import { contextOf, reload } from './reload.ts';
import { entryContext } from './trunks.ts';

export interface Uninit {
  readonly console: Console;
  /** Of init. */
  readonly manifest: string;
  /** Gatehouse's file with the password of ARI. */
  readonly password: string;
  /** Asterisk's configuration directory when it does not run. */
  readonly etc: string | undefined;
  /** Calls inside are waited for so long. */
  readonly waitMs: number;
  /** False: there is no such service. */
  stopService(): Promise<boolean>;
}

/** `notes`: what a person should look at. Null: init has changed nothing here. */
export interface Undone {
  readonly files: number;
  readonly stopped: boolean;
  readonly notes: readonly PutBack[];
}

/**
 * Puts back what init changed: the trunk first, and the rest only when no call needs it any more.
 * @throws an Error that says what to do, when it stops; then calls still reach people, and it can be run again
 */
export async function uninit(options: Uninit): Promise<Undone | null> {
  const { console, manifest: path, etc, waitMs } = options;
  const manifest = readManifest(path);
  if (manifest === null) return null;
  const asterisk = await findAsterisk(console, etc);
  const trunkFiles = manifest.files.filter(({ stage }) => stage === 'trunk');
  const others = manifest.files.filter(({ stage }) => stage === 'files').toReversed();
  const notes = await backAll(trunkFiles);
  if (asterisk.running) await trunksAreBack(console, manifest, trunkFiles, waitMs);
  // Without the password that init made, it can only fail from now on.
  const isOurs = others.some((file) => file.path === options.password && file.before === null);
  const stopped = isOurs && (await options.stopService());
  notes.push(...(await backAll(others)));
  for (const file of others)
    await followRedis(file, file.after).catch((failed: Error) =>
      notes.push({ path: file.path, note: `${failed.message}: systemctl restart redis-server` }),
    );
  notes.push(...(await removeDirectories(manifest.directories)));
  if (asterisk.running) await reload(console, others);
  await rm(path);
  return { files: manifest.files.length, stopped, notes };
}

async function backAll(files: readonly KeptFile[]): Promise<PutBack[]> {
  const notes: PutBack[] = [];
  for (const file of files) notes.push(await putBack(file));
  return notes.filter(({ note }) => note !== null);
}

async function trunksAreBack(
  console: Console,
  { trunks }: Manifest,
  files: readonly KeptFile[],
  waitMs: number,
): Promise<void> {
  await reload(console, files);
  for (const { name, context } of trunks)
    if ((await contextOf(console, name)) === entryContext)
      throw new Error(
        `endpoint ${name} still leads to ${entryContext}. Set its context back to ${context} where your telephone system keeps it, then run gatehouse uninit again. Nothing else was changed`,
      );
  const inside = await waitUntilOutside(console, waitMs);
  if (inside > 0)
    throw new Error(
      `the trunk is back, and ${inside} calls are still on their way through Gatehouse. Run gatehouse uninit again when they are over`,
    );
}
