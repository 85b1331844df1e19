import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Region } from '../../numbers/phone-number.ts';
import type { ListReading } from '../readers/registry.ts';
import { imageVersion, type ListImage } from './list-image.ts';

/** In this machine's byte order: a cache from another architecture is ignored. */
const magic = 0x47484c31;
const headBytes = 32;
const stepBytes = 16 * 1024 * 1024;

/** Name of an image: what was read, how it was read, and the form it is kept in. */
export function imageKey(contentHash: string, reading: ListReading, region: Region): string {
  const { format, columns, minComplaints } = reading;
  const named = Object.entries(columns).sort(([a], [b]) => (a < b ? -1 : 1));
  const how = JSON.stringify([imageVersion, contentHash, region, format, named, minComplaints]);
  return createHash('sha256').update(how).digest('hex').slice(0, 32);
}

/** The image of this key, or null: there is none, or it is not whole. */
export function readImage(dir: string, id: string, key: string): ListImage | null {
  return readImageFile(imagePath(dir, id, key));
}

/** Whether there is an image of this key; it may be damaged. */
export async function hasImage(dir: string, id: string, key: string): Promise<boolean> {
  return access(imagePath(dir, id, key)).then(
    () => true,
    () => false,
  );
}

/** The newest whole image of this list, whatever it was made from: the last good one. */
export function readNewestImage(
  dir: string,
  id: string,
): { readonly image: ListImage; readonly key: string; readonly madeAt: number } | null {
  const found = imagesOf(dir, id).map((name) => ({ name, madeAt: changedAt(join(dir, name)) }));
  found.sort((a, b) => b.madeAt - a.madeAt);
  for (const { name, madeAt } of found) {
    const image = readImageFile(join(dir, name));
    if (image) return { image, key: name.slice(id.length + 1, -'.list'.length), madeAt };
  }
  return null;
}

/** Atomic: written beside, flushed, renamed. Removes older images of the list. @throws of node:fs */
export function writeImage(dir: string, id: string, key: string, image: ListImage): void {
  mkdirSync(dir, { recursive: true });
  const path = imagePath(dir, id, key);
  const beside = `${path}.${process.pid}.new`;
  const head = new ArrayBuffer(headBytes);
  new Uint32Array(head).set([magic, imageVersion, crc32(image)]);
  new Float64Array(head)[2] = image.byteLength;
  try {
    const file = openSync(beside, 'w', 0o600);
    try {
      writeSync(file, new Uint8Array(head));
      for (let at = 0; at < image.byteLength; )
        at += writeSync(file, image, at, Math.min(stepBytes, image.byteLength - at));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  for (const name of imagesOf(dir, id))
    if (join(dir, name) !== path) rmSync(join(dir, name), { force: true });
}

function readImageFile(path: string): ListImage | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const { size } = fstatSync(file);
    if (size < headBytes) return null;
    const buffer = new SharedArrayBuffer(size);
    for (let at = 0; at < size; ) {
      const read = readSync(file, new Uint8Array(buffer, at, Math.min(stepBytes, size - at)));
      if (read === 0) return null;
      at += read;
    }
    const [mark, version, sum] = new Uint32Array(buffer, 0, 3);
    const length = new Float64Array(buffer, 0, 3)[2];
    const image = new Uint8Array(buffer, headBytes);
    const whole =
      mark === magic && version === imageVersion && length === image.byteLength && sum === crc32(image);
    return whole ? image : null;
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

function imagePath(dir: string, id: string, key: string): string {
  return join(dir, `${id}-${key}.list`);
}

/** Names of the images of a list. Ids have hyphens too, so the key is recognized by its form. */
export function imagesOf(dir: string, id: string): string[] {
  const key = /^-[0-9a-f]{32}\.list$/;
  try {
    return readdirSync(dir).filter((name) => name.startsWith(id) && key.test(name.slice(id.length)));
  } catch {
    return [];
  }
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
