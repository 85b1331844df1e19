import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { entryContext } from '../call/trunk.ts';
import { type Console, diskFiles, findAsterisk } from './asterisk.ts';
import { waitUntilOutside } from './calls-inside.ts';
import { type PutBack, putBack, removeDirectories } from './change.ts';
import { readConf } from './conf/conf-tree.ts';
import { untilInterrupted } from './interruption.ts';
import { leadBack } from './lead-back.ts';
import { type KeptFile, type Manifest, readManifest } from './manifest.ts';
import { followRedis } from './redis.ts';
import { contextOf, reload } from './reload.ts';

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
  /** Aborted with an Interrupted: it stops where it can be run again. */
  readonly interrupted: AbortSignal;
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
  const { console, manifest: path, etc, waitMs, interrupted } = options;
  const manifest = readManifest(path);
  if (manifest === null) return null;
  const asterisk = await findAsterisk(untilInterrupted(console, interrupted), etc);
  interrupted.throwIfAborted();
  const trunkFiles = manifest.files.filter(({ stage }) => stage === 'trunk');
  const others = manifest.files.filter(({ stage }) => stage === 'files').toReversed();
  const back = await backAll(trunkFiles);
  const led = await leadBack(manifest.trunks, asterisk);
  const notes = [...back.filter(({ path }) => !led.some((one) => one.path === path)), ...led];
  if (asterisk.running) {
    await reload(console, [...trunkFiles, ...led.map(({ path }) => ({ path, stage: 'trunk' as const }))]);
    await trunksAreBack(console, manifest);
  }
  nothingElseLeadsHere(asterisk.etc);
  if (asterisk.running) await callsAreOver(console, waitMs, interrupted);
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

async function trunksAreBack(console: Console, { trunks }: Manifest): Promise<void> {
  for (const { name, context } of trunks)
    if ((await contextOf(console, name)) === entryContext)
      throw new Error(
        `endpoint ${name} still leads to ${entryContext}. Set its context back to ${context} where your telephone system keeps it, then run gatehouse uninit again. Nothing else was changed`,
      );
}

const withContexts = [
  'pjsip.conf',
  'pjsip_wizard.conf',
  'sip.conf',
  'iax.conf',
  'chan_dahdi.conf',
  'extensions.conf',
];

/** What somebody else wrote, and would lead nowhere without the dialplan of init. */
function nothingElseLeadsHere(etc: string): void {
  const confs = withContexts.map((name) => readConf(diskFiles(etc), name));
  // A dialplan that somebody else includes stays.
  if (confs.some(({ files }) => files.has(join(etc, 'gatehouse/gatehouse.conf')))) return;
  const named = new RegExp(`(^|[^\\w-])${entryContext}($|[^\\w-])`);
  for (const { name, settings } of confs.flatMap(({ sections }) => sections))
    for (const { value, file } of settings)
      if (named.test(value))
        throw new Error(
          `[${name}] in ${file} leads to ${entryContext} too, and not by init: without its dialplan those calls would be lost. Lead it elsewhere, reload, then run gatehouse uninit again. Only the trunk was put back`,
        );
}

async function callsAreOver(console: Console, waitMs: number, interrupted: AbortSignal): Promise<void> {
  const inside = await waitUntilOutside(console, waitMs, interrupted);
  if (interrupted.aborted)
    throw new Error(
      `${interrupted.reason.message}. The trunk is back, so new calls no longer come to Gatehouse; the rest was not changed. Run gatehouse uninit again`,
      { cause: interrupted.reason },
    );
  if (inside > 0)
    throw new Error(
      `the trunk is back, and ${inside} calls are still on their way through Gatehouse. Run gatehouse uninit again when they are over`,
    );
}
