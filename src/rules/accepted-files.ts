import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { imageKey } from '../lists/held/image-cache.ts';
import { openRegularSync } from '../lists/regular-file.ts';
import type { Region } from '../numbers/phone-number.ts';
import type { DeclaredList } from '../policy/compile/declared-lists.ts';

const fileShape = z.object({ path: z.string(), bytes: z.number(), sha256: z.string() });
const contentShape = z.object({
  form: z.literal(1),
  version: z.string(),
  keptAt: z.number(),
  files: z.array(fileShape),
  /** By list id: the file that holds it, and the digest that it was loaded with. */
  lists: z.record(z.string(), z.object({ path: z.string(), digest: z.string() })),
});
const manifestShape = z.object({ sha256: z.string(), content: contentShape });
type Content = z.output<typeof contentShape>;
type KeptFile = z.output<typeof fileShape>;

/** What is written of an accepted policy. */
export interface PolicyToKeep {
  /** Folder of all that are kept; one folder each. */
  readonly root: string;
  readonly version: string;
  readonly now: number;
  /** The rule directory without links, and its texts as they were proven. */
  readonly from: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly lists: readonly { readonly declared: DeclaredList; readonly digest: string }[];
  readonly region: Region;
  /** Folder of the feeds' bodies; null: there is none. */
  readonly feeds: string | null;
}

/** Lists and all, each time. */
const maxBytes = 2 * 1024 * 1024 * 1024;
/** A larger list that did not change is shared with the one before. */
const sharedAbove = 64 * 1024 * 1024;
const pieceBytes = 4 * 1024 * 1024;
const maxKept = 2;
const unfinished = '.unfinished';

/**
 * Writes a policy that was accepted with its lists as a rule directory of its own: whole or not at all, also when the
 * power goes. What was there before stays as long as it is one of the newest two.
 * @throws of node:fs, or because a list has changed since it was loaded
 */
export function keepAccepted(policy: PolicyToKeep): void {
  const { root, version, now } = policy;
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const made = join(root, `${unfinished}-${process.pid}`);
  rmSync(made, { recursive: true, force: true });
  try {
    const content = writeContent(policy, made);
    const sha256 = sha256Of(JSON.stringify(content));
    writeWhole(join(made, 'manifest.json'), JSON.stringify({ sha256, content }));
    for (const folder of foldersOf(made)) syncFolder(folder);
    const name = `${stampAfter(root, now)}-${version}`;
    rmSync(join(root, name), { recursive: true, force: true });
    renameSync(made, join(root, name));
    syncFolder(root);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw error;
  }
  for (const old of keptNames(root).slice(maxKept)) rmSync(join(root, old), { recursive: true, force: true });
  for (const name of readdirSync(root))
    if (name.startsWith(unfinished)) rmSync(join(root, name), { recursive: true, force: true });
}

/** Above every other, also when the clock was set back. */
function stampAfter(root: string, now: number): string {
  const [newest] = keptNames(root).map((name) => name.replace(/-.*/, ''));
  const stamp = (at: number) => new Date(at).toISOString().replace(/[-:.]/g, '');
  if (newest === undefined || stamp(now) > newest) return stamp(now);
  const [, date, hour, minute, second, ms] = /^(\d{8})T(\d\d)(\d\d)(\d\d)(\d{3})Z$/.exec(newest) ?? [];
  const day = `${date?.slice(0, 4)}-${date?.slice(4, 6)}-${date?.slice(6)}`;
  return stamp(Date.parse(`${day}T${hour}:${minute}:${second}.${ms}Z`) + 1);
}

/** Names of the folders, the newest first. */
export function keptNames(root: string): string[] {
  try {
    return readdirSync(root)
      .filter((name) => /^\d{8}T\d{9}Z-[0-9a-f]+$/.test(name))
      .sort()
      .reverse();
  } catch {
    return [];
  }
}

/** Null: every file is as it was written. Else what is wrong. */
export function faultOf(folder: string): string | null {
  try {
    const content = readManifest(folder);
    for (const { path, bytes, sha256 } of content.files) {
      const found = hashOf(join(folder, path));
      if (found.bytes !== bytes || found.sha256 !== sha256) return `${path} is not as it was written`;
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @throws when it is not there or not whole */
export function readManifest(folder: string): Content {
  const { sha256, content } = manifestShape.parse(
    JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')),
  );
  if (sha256Of(JSON.stringify(content)) !== sha256) throw new Error('the manifest is not as it was written');
  return content;
}

function writeContent({ root, version, now, files, ...policy }: PolicyToKeep, made: string): Content {
  const written: KeptFile[] = [];
  const lists: Content['lists'] = {};
  const before = newestContent(root);
  let total = 0;
  const add = (file: KeptFile) => {
    written.push(file);
    total += file.bytes;
    if (total > maxBytes) throw new Error(`the rules and lists have more than ${maxBytes} bytes`);
  };
  for (const { path, text } of files) {
    writeWhole(join(made, 'rules', path), text);
    const bytes = Buffer.from(text);
    add({ path: `rules/${path}`, bytes: bytes.length, sha256: sha256Of(bytes) });
  }
  for (const { declared, digest } of policy.lists) {
    const source = sourceOf(declared, policy);
    // A feed that was never fetched has no body.
    if (source === null || digest === 'none') continue;
    const { path, from } = source;
    mkdirSync(dirname(join(made, path)), { recursive: true });
    const old = before?.content.lists[declared.id];
    const oldFile = before?.content.files.find((one) => one.path === old?.path);
    const isSame = before !== null && oldFile !== undefined && old?.digest === digest;
    if (isSame && oldFile.bytes > sharedAbove && old?.path === path) {
      linkSync(join(before.folder, path), join(made, path));
      add({ ...oldFile, path });
    } else {
      let copied = copy(from, join(made, path));
      if (keyOf(copied, declared, policy.region) !== digest && isSame)
        // The file is bad and the last good list is in force: that one is saved.
        copied = copy(join(before.folder, oldFile.path), join(made, path));
      if (keyOf(copied, declared, policy.region) !== digest)
        throw new Error(`the list "${declared.id}" has changed since it was loaded`);
      add({ path, ...copied });
    }
    if (declared.source.kind === 'feed') {
      const note = `${path.slice(0, -'.body'.length)}.json`;
      const copied = copy(from.replace(/\.body$/, '.json'), join(made, note));
      add({ path: note, ...copied });
    }
    lists[declared.id] = { path, digest };
  }
  return { form: 1, version, keptAt: now, files: written, lists };
}

function sourceOf(
  { id, source }: DeclaredList,
  { from, feeds }: Pick<PolicyToKeep, 'from' | 'feeds'>,
): { readonly path: string; readonly from: string } | null {
  if (source.kind === 'file') return { path: `rules/${source.path}`, from: join(from, source.path) };
  return feeds === null ? null : { path: `feeds/${id}.body`, from: join(feeds, `${id}.body`) };
}

function newestContent(root: string): { readonly folder: string; readonly content: Content } | null {
  for (const name of keptNames(root)) {
    try {
      return { folder: join(root, name), content: readManifest(join(root, name)) };
    } catch {}
  }
  return null;
}

function keyOf({ sha256 }: Pick<KeptFile, 'sha256'>, { reading }: DeclaredList, region: Region): string {
  return imageKey(sha256, reading, region);
}

/** Empty when the file is missing. */
function copy(from: string, to: string): Omit<KeptFile, 'path'> {
  const target = openSync(to, 'w', 0o600);
  try {
    const found = hashOf(from, (piece) => writeAll(target, piece));
    fsyncSync(target);
    return found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { bytes: 0, sha256: '' };
    throw error;
  } finally {
    closeSync(target);
  }
}

function hashOf(
  path: string,
  take: (piece: Uint8Array) => void = () => undefined,
): { readonly bytes: number; readonly sha256: string } {
  const hash = createHash('sha256');
  const piece = new Uint8Array(pieceBytes);
  const file = openRegularSync(path);
  try {
    for (let bytes = 0; ; ) {
      const read = readSync(file, piece);
      if (read === 0) return { bytes, sha256: hash.digest('hex') };
      bytes += read;
      if (bytes > maxBytes) throw new Error(`${path} is longer than ${maxBytes} bytes`);
      const part = piece.subarray(0, read);
      hash.update(part);
      take(part);
    }
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o600, flush: true });
}

function foldersOf(folder: string): string[] {
  const below = readdirSync(folder, { withFileTypes: true, recursive: true });
  return [...below.filter((one) => one.isDirectory()).map((one) => join(one.parentPath, one.name)), folder];
}

function syncFolder(folder: string): void {
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

function sha256Of(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
