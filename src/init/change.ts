import { existsSync, realpathSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FileOwner, writeFileAtomically } from '../process/write-file-atomically.ts';
import { rawText } from './asterisk.ts';
import { blockOf, withoutOurs } from './conf/ours.ts';
import type { Edit } from './edit.ts';
import type { Ground } from './ground.ts';
import type { KeptFile, Manifest } from './manifest.ts';

/** What one edit changes. */
export type Change = KeptFile & Pick<Edit, 'madeOf'> & { readonly owner: FileOwner };

/** Edits that change something. */
export function changesOf(edits: readonly Edit[], ground: Pick<Ground, 'asterisk' | 'places'>): Change[] {
  return edits.flatMap((edit) => {
    const path = existsSync(edit.path) ? realpathSync(edit.path) : edit.path;
    const before = rawText(path);
    if (before === edit.after) return [];
    const ours = ownerOf(edit, ground);
    return [{ ...edit, path, before, ...(before === null ? ours : ownerAt(path)), owner: ours }];
  });
}

/** With which it is written: that of the file or of its neighbors, and closed where it has to be. */
function ownerOf(edit: Edit, { asterisk, places }: Pick<Ground, 'asterisk' | 'places'>): FileOwner {
  const isThere = existsSync(edit.path);
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  switch (edit.like) {
    case 'gatehouse': {
      if (!isThere) return { mode: 0o640, uid, gid: places.group ?? ownerAt(places.rules).gid };
      const now = ownerAt(edit.path);
      return places.group === null ? now : closedButFor({ gid: places.group }, now);
    }
    case 'everybody':
      return isThere ? ownerAt(edit.path) : { mode: 0o644, uid, gid };
    default: {
      if (!isThere && edit.like === 'root') return { mode: 0o600, uid, gid };
      const like = ownerAt(isThere ? edit.path : join(asterisk.etc, 'asterisk.conf'));
      if (!edit.secret) return like;
      return closedButFor(edit.like === 'root' ? null : ownerAt(asterisk.spool), like);
    }
  }
}

/**
 * Who reads a file as one of all others must go on reading it: it gets the reader's group. Another user's and group's stays as it
 * is, and so does one of root's when it is not known who reads it (null).
 */
export function closedButFor(
  reader: (Pick<FileOwner, 'gid'> & Partial<FileOwner>) | null,
  now: FileOwner,
): FileOwner {
  const { mode, uid, gid } = now;
  const closed = { ...now, mode: mode & ~0o007 };
  if (reader === null) return uid === 0 && gid === 0 ? now : closed;
  if ((mode & 0o007) === 0 || uid === reader.uid) return closed;
  return [0, reader.gid].includes(gid) ? { ...closed, gid: reader.gid, mode: closed.mode | 0o040 } : now;
}

/** Of a file that is there. */
export function ownerAt(path: string): FileOwner {
  const { mode, uid, gid } = statSync(path);
  return { mode: mode & 0o7777, uid, gid };
}

/** What uninit will put back: the files as they were before the first init, with what the administrator wrote since. */
export function merged(known: Manifest, changes: readonly KeptFile[]): KeptFile[] {
  const renewed = changes.map((change): KeptFile => {
    const first = known.files.find(({ path }) => path === change.path);
    if (first === undefined) return change;
    if (change.before === first.after) return { ...change, ...ownerIn(first), before: first.before };
    const isMarked = change.how === 'marked' && change.before !== null;
    return { ...change, before: isMarked ? withoutOurs(change.before ?? '').text : change.before };
  });
  const paths = new Set(renewed.map(({ path }) => path));
  return [...known.files.filter(({ path }) => !paths.has(path)), ...renewed];
}

const ownerIn = ({ mode, uid, gid }: FileOwner): FileOwner => ({ mode, uid, gid });

/** Writes one file. @throws errors of node:fs; then it is as it was */
export async function carryOut({ path, after, owner }: Change): Promise<void> {
  await writeFileAtomically(path, Buffer.from(after, 'latin1'), owner);
}

/**
 * Makes a directory like its neighbors.
 * @param like its owner and mode, but for what `mode` says
 * @returns the path when it was made, else nothing
 */
export async function makeDirectory(path: string, like: string, mode?: number): Promise<string[]> {
  if (existsSync(path)) return [];
  const { uid, gid, mode: usual } = ownerAt(like);
  const made = (await mkdir(path, { recursive: true })) ?? path;
  for (let at = path; at.length >= made.length; at = dirname(at)) {
    await chown(at, uid, gid);
    await chmod(at, mode ?? usual);
  }
  return [path];
}

/** What became of one file on the way back. */
export interface PutBack {
  readonly path: string;
  /** Null: it is byte for byte what it was. Else what a person should look at. */
  readonly note: string | null;
}

/** Puts one file back as it was before; a file that was edited since loses only what init wrote. @throws errors of node:fs */
export async function putBack(kept: KeptFile): Promise<PutBack> {
  const { path, before, after } = kept;
  const now = rawText(path);
  const done = (note: string | null): PutBack => ({ path, note });
  if (now === before) return done(null);
  if (now === null) return done('somebody has deleted it since; it is not made again');
  if (now === after || kept.copied || (kept.copyOf !== undefined && now === rawText(kept.copyOf))) {
    if (before === null) await rm(path);
    else await writeFileAtomically(path, Buffer.from(before, 'latin1'), ownerIn(kept));
    return done(null);
  }
  if (kept.how === 'whole')
    return done(
      before === null
        ? 'edited since: it is left; delete it when you no longer need it'
        : 'edited since: it is left as it is',
    );
  const { text, kept: foreign } = withoutOurs(now, blockOf(after) ?? []);
  if (text === now)
    return done(
      'edited since, and the lines of init are not to be found: look whether something of Gatehouse is left in it',
    );
  await writeFileAtomically(path, Buffer.from(text, 'latin1'), ownerAt(path));
  if (foreign === 0) return done('edited since: only the lines of init were taken out');
  return done(
    `edited since: the lines of init were taken out; ${foreign} of your own between them are comments now`,
  );
}

/** Those that init made, if nothing is in them. */
export async function removeDirectories(paths: readonly string[]): Promise<PutBack[]> {
  const notes: PutBack[] = [];
  for (const path of paths.toReversed()) {
    const problem = await rmdir(path).then(
      () => null,
      (failed: NodeJS.ErrnoException) => failed.code,
    );
    if (problem !== null && problem !== 'ENOENT') notes.push({ path, note: 'not empty: it is left' });
  }
  return notes;
}
