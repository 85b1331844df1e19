import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FileFault } from '../readers/list-format.ts';
import { fileError, openRegularSync } from '../regular-file.ts';
import { type EditedFile, EditRefused, type EditTask, maxTakenBytes, type TakenRows } from './row-edit.ts';
import { type FileForm, readForm } from './written-rows.ts';

const pieceBytes = 1024 * 1024;
/** Of what was cut off: behind every line. */
const atTheEnd = Number.MAX_SAFE_INTEGER;
/** Names of files that are not finished begin so: nothing reads them, and nothing is read again for them. */
export const unfinishedPrefix = '.gatehouse-edit-';

/** Tells one state of a file from another. */
export function fileSignature({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

/**
 * Writes the file as it should be beside the one that is there, flushed, with its mode and owner. Only the rows of the edit
 * differ; every other byte stays. Works without a pause: meant for a thread.
 * @throws EditRefused with the reason, for people
 */
export function writeEdited(task: EditTask): EditedFile {
  try {
    const file = opened(task.path);
    try {
      return edited(file, task);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof EditRefused) throw error;
    if (error instanceof FileFault)
      throw new EditRefused(`line ${error.line} of the file: ${error.message}; ${error.remedy}`);
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EditRefused(`the file cannot be written (${code ?? message})`);
  }
}

function opened(path: string): number {
  try {
    return openRegularSync(path);
  } catch (error) {
    throw new EditRefused(fileError(error).message);
  }
}

/** Lines of the old file that are left out, and what comes in. */
interface Plan {
  /** Rising, apart; lines from 1. */
  readonly out: readonly { readonly from: number; readonly before: number }[];
  /** Rising; `before` null: at the end. */
  readonly in: readonly { readonly before: number | null; readonly bytes: Buffer }[];
  /** So many bytes of the old file and no more; left out: all. */
  readonly bytes?: number;
}

function edited(file: number, task: EditTask): EditedFile {
  const { path, edit, reading, region, now } = task;
  const state = fstatSync(file, { bigint: true });
  const form = readForm(() => piecesOf(file), { reading, region, key: edit.key, now });
  const plan = planOf(task, form, () => sha256Of(file));
  const beside = join(dirname(path), `${unfinishedPrefix}${basename(path)}`);
  rmSync(beside, { force: true });
  const target = openSync(beside, 'wx', 0o600);
  try {
    const { taken, left } = copy(file, target, plan, form.lineEnd);
    giveTo(target, state);
    fsyncSync(target);
    return { beside, signature: fileSignature(state), size: Number(state.size), left, taken };
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(target);
  }
}

function planOf({ edit }: EditTask, form: FileForm, sha256: () => string): Plan {
  const { found, lineEnd } = form;
  if (edit.kind === 'add') {
    const listed = found.find(({ isExpired }) => !isExpired);
    if (listed) throw new EditRefused(`it is on the list already, in line ${listed.line}`);
    return { out: [], in: [{ before: null, bytes: Buffer.from(form.row(edit.key, edit.texts)) }] };
  }
  if (edit.kind === 'withdraw' && sha256() === edit.left) return { out: [], in: [], bytes: edit.size };
  if (edit.kind !== 'restore') {
    if (found.length === 0) throw new EditRefused('the file has no row of its own for it');
    const shared = found.find(({ isShared }) => isShared);
    if (shared)
      throw new EditRefused(`line ${shared.line} of the file has other numbers, too; change it in the file`);
    return { out: found.map(({ line, lines }) => ({ from: line, before: line + lines })), in: [] };
  }
  const listed = found.find(({ isExpired }) => !isExpired);
  if (listed) throw new EditRefused(`it is on the list already, in line ${listed.line}`);
  const bytes = edit.rows.map(({ text, encoding }) => Buffer.from(text, encoding));
  if (sha256() === edit.left) {
    let before = 0;
    return {
      out: [],
      // The lines that come in first move the others.
      in: edit.rows.map(({ line, text }, at) => {
        const place = line - before;
        before += linesIn(text, lineEnd);
        return { before: place, bytes: bytes[at] as Buffer };
      }),
    };
  }
  const rows = edit.rows.map(({ text, encoding }) =>
    Buffer.from(text.replace(/^[\r\n]+|[\r\n]+$/g, ''), encoding),
  );
  return { out: [], in: rows.map((row) => ({ before: null, bytes: row })) };
}

function linesIn(text: string, lineEnd: FileForm['lineEnd']): number {
  return text.split(lineEnd === '\r' ? '\r' : '\n').length - 1;
}

function copy(
  file: number,
  target: number,
  plan: Plan,
  lineEnd: FileForm['lineEnd'],
): Pick<EditedFile, 'left' | 'taken'> {
  const hash = createHash('sha256');
  const put = (bytes: Uint8Array) => {
    hash.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(target, bytes, at);
  };
  const taken: { line: number; pieces: Buffer[] }[] = [];
  let takenBytes = 0;
  const take = (line: number, bytes: Buffer, isNew: boolean) => {
    if (isNew) taken.push({ line, pieces: [] });
    taken.at(-1)?.pieces.push(Buffer.from(bytes));
    takenBytes += bytes.length;
    if (takenBytes > maxTakenBytes)
      throw new EditRefused(`its rows have more than ${maxTakenBytes} bytes; change them in the file`);
  };
  const comesIn = plan.in.filter(({ before }) => before !== null);
  const end = lineEnd === '\r' ? 13 : 10;
  let line = 1;
  let isLineBegin = true;
  let last = end;
  let next = 0;
  for (const piece of piecesOf(file, plan.bytes)) {
    let at = 0;
    while (at < piece.length) {
      if (isLineBegin) for (; comesIn[next]?.before === line; next++) put(comesIn[next]?.bytes as Buffer);
      const range = plan.out.find(({ from, before }) => line >= from && line < before);
      const isPlain =
        range === undefined && next === comesIn.length && !plan.out.some(({ from }) => from > line);
      const found = isPlain ? -1 : piece.indexOf(end, at);
      const until = found < 0 ? piece.length : found + 1;
      const part = piece.subarray(at, until);
      if (range === undefined) put(part);
      else take(range.from, part, isLineBegin && line === range.from);
      isLineBegin = found >= 0;
      if (isLineBegin) line++;
      at = until;
    }
    last = piece[piece.length - 1] as number;
  }
  if (plan.bytes !== undefined)
    for (const piece of piecesOf(file, undefined, plan.bytes)) take(atTheEnd, piece, taken.length === 0);
  // Where the last rows stood: behind the last line.
  for (; next < comesIn.length; next++) put(comesIn[next]?.bytes as Buffer);
  const atEnd = plan.in.filter(({ before }) => before === null);
  const hasEnd = last === end;
  for (const { bytes } of atEnd) {
    if (!hasEnd) put(Buffer.from(lineEnd));
    put(bytes);
    if (hasEnd) put(Buffer.from(lineEnd));
  }
  return {
    left: hash.digest('hex'),
    taken: taken.map(({ line: from, pieces }) => takenRows(from, Buffer.concat(pieces))),
  };
}

function takenRows(line: number, bytes: Buffer): TakenRows {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  return { line, text: bytes.toString(encoding), encoding };
}

/** Its own mode and owner, or none: nobody loses access by an edit, and nobody gets it. */
function giveTo(target: number, { mode, uid, gid }: BigIntStats): void {
  const made = fstatSync(target, { bigint: true });
  if (made.uid !== uid || made.gid !== gid) {
    try {
      fchownSync(target, Number(uid), Number(gid));
    } catch {
      throw new EditRefused(
        'the file belongs to another user, and would not any more; give it to the user of the service',
      );
    }
  }
  fchmodSync(target, Number(mode) & 0o7777);
}

function sha256Of(file: number): string {
  const hash = createHash('sha256');
  for (const piece of piecesOf(file)) hash.update(piece);
  return hash.digest('hex');
}

/** The file up to so many bytes, each piece with memory of its own. */
function* piecesOf(file: number, bytes = Number.POSITIVE_INFINITY, from = 0): Generator<Buffer> {
  for (let at = from; at < bytes; ) {
    const piece = Buffer.allocUnsafeSlow(pieceBytes);
    const read = readSync(file, piece, 0, Math.min(pieceBytes, bytes - at), at);
    if (read === 0) return;
    at += read;
    yield piece.subarray(0, read);
  }
}
