import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { entryContext } from '../call/trunk.ts';
import type { Console } from './asterisk.ts';
import { waitUntilOutside } from './calls-inside.ts';
import {
  type Change,
  carryOut,
  makeDirectory,
  merged,
  type PutBack,
  putBack,
  removeDirectories,
} from './change.ts';
import type { Plan } from './edit.ts';
import type { Ground } from './ground.ts';
import { emptyManifest, type KeptFile, type Manifest, readManifest, writeManifest } from './manifest.ts';
import { followRedis } from './redis.ts';
import { contextOf, reload, verifyAri, verifyDialplan } from './reload.ts';
import { type Rung, ringOnce } from './ring.ts';
import { restartService, type ServiceState, serviceState } from './service.ts';

const outsideMs = 60_000;

/** Why nothing is changed after all. */
export class RolledBack extends Error {
  /** What could not be put back, if anything. */
  readonly left: readonly PutBack[];
  constructor(cause: unknown, left: readonly PutBack[]) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.left = left;
  }
}

export interface Work {
  readonly console: Console;
  readonly ground: Ground;
  readonly plan: Plan;
  readonly changes: readonly Change[];
  /** A number of ours, as the trunk delivers it; null: no call to ourselves. */
  readonly number: string | null;
  readonly ariUrl: string;
  /** GATEHOUSE_HTTP. */
  readonly http: string;
  /** Aborted with an Interrupted: all is put back. */
  readonly interrupted: AbortSignal;
  say(text: string): void;
}

export interface Applied {
  readonly service: ServiceState;
  readonly rung: Rung | null;
}

/**
 * Carries a plan out: all files, the reloads, the call to ourselves, and last the trunk. When anything fails, all is put back, the trunk first,
 * so that at each moment its context leads to people. From the trunk on, and on the way back, it cannot be interrupted.
 * @throws RolledBack
 */
export async function apply(work: Work): Promise<Applied> {
  const { ground, plan } = work;
  const path = ground.places.manifest;
  const known = readManifest(path);
  const made: string[] = [];
  try {
    await makeDirectories(ground, plan, made);
    await writeManifest(path, manifestOf(known ?? emptyManifest, work, made));
    return await carriedOut(work);
  } catch (failed) {
    if (work.interrupted.aborted) work.say('Putting everything back …');
    const left = await backTo(known, work, made);
    throw new RolledBack(failed, left);
  }
}

async function carriedOut(work: Work): Promise<Applied> {
  const { console, ground, changes, number, interrupted, say } = work;
  const files = changes.filter(({ stage }) => stage === 'files');
  const trunk = changes.filter(({ stage }) => stage === 'trunk');
  for (const change of files) {
    interrupted.throwIfAborted();
    await carryOut(change);
  }
  for (const change of files) await followRedis(change, change.before ?? '');
  interrupted.throwIfAborted();
  if (!ground.asterisk.running) return { service: 'absent', rung: null };
  await reload(console, files);
  interrupted.throwIfAborted();
  await verifyDialplan(console, number ?? '100');
  await verifyAri(work.ariUrl, ground.secrets.ariUser, ground.secrets.ariPassword);
  say('Asterisk has read its new files.');
  // It reads its rules again by itself.
  const { env, password } = ground.places;
  const restarted = files.some(({ path }) => path === env || path === password) && (await restartService());
  const service = await serviceState(work.http, restarted, interrupted);
  const rung = number === null ? null : await rungOnce(work, number);
  interrupted.throwIfAborted();
  for (const change of trunk) await carryOut(change);
  await reload(console, trunk);
  const edited = new Set(work.plan.edits.filter(({ stage }) => stage === 'trunk').map(({ path }) => path));
  const isFreePbx = ground.asterisk.kind === 'freepbx';
  for (const { name, file } of ground.trunks)
    if (
      file !== null &&
      (isFreePbx ? edited.size > 0 : edited.has(file)) &&
      (await contextOf(console, name)) !== entryContext
    )
      throw new Error(`after the reload the context of endpoint ${name} is not ${entryContext}`);
  return { service, rung };
}

async function rungOnce({ console, interrupted, say }: Work, number: string): Promise<Rung> {
  say(`Calling ${number} through Gatehouse once; a telephone may ring for a moment.`);
  const rung = await ringOnce(console, number, interrupted);
  if (rung.kind === 'ended')
    throw new Error(`a call to ${number} through Gatehouse reached nobody (${rung.last})`);
  return rung;
}

/** @param made gets what was not there before */
async function makeDirectories({ asterisk }: Ground, { spool }: Plan, made: string[]): Promise<void> {
  made.push(...(await makeDirectory(join(asterisk.etc, 'gatehouse'), asterisk.etc)));
  made.push(...(await makeDirectory(spool, asterisk.spool, 0o2770)));
}

function manifestOf(known: Manifest, { ground, changes }: Work, made: readonly string[]): Manifest {
  const trunks = ground.trunks.map(({ name }) => ({ name, context: ground.answers.formerContext }));
  const others = known.trunks.filter(({ name }) => !trunks.some((one) => one.name === name));
  return {
    layout: 1,
    trunks: [...others, ...trunks],
    files: merged(known, changes),
    directories: [...new Set([...known.directories, ...made])],
  };
}

async function backTo(known: Manifest | null, work: Work, made: readonly string[]): Promise<PutBack[]> {
  const { console, changes, ground } = work;
  const left: PutBack[] = [];
  const put = async (stage: KeptFile['stage']): Promise<void> => {
    const own = changes.filter((one) => one.stage === stage);
    for (const change of own.toReversed()) {
      const done = await putBack(change).catch((failed: Error) => ({
        path: change.path,
        note: failed.message,
      }));
      if (done.note !== null) left.push(done);
      await followRedis(change, change.after).catch((failed: Error) =>
        left.push({ path: 'Redis', note: failed.message }),
      );
    }
    if (ground.asterisk.running)
      await reload(console, own).catch((failed: Error) =>
        left.push({ path: 'Asterisk', note: failed.message }),
      );
  };
  await put('trunk');
  if (left.length > 0) return left;
  if (ground.asterisk.running) {
    const inside = await waitUntilOutside(console, outsideMs).catch(() => 0);
    if (inside > 0)
      return [
        {
          path: 'the dialplan',
          note: `it is left: ${inside} calls are still on their way through Gatehouse`,
        },
      ];
  }
  await put('files');
  left.push(...(await removeDirectories(made)));
  const { manifest } = ground.places;
  if (left.length === 0)
    await (known === null ? rm(manifest, { force: true }) : writeManifest(manifest, known)).catch(
      (failed: Error) => left.push({ path: manifest, note: failed.message }),
    );
  return left;
}
