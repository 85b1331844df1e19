import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from './write-file-atomically.ts';

const fileOf = (data: string) => join(data, 'time-zone');

/** Keeps the organization's time zone in the data directory, for commands: to read the rules takes them too long. Null: it has none. */
export async function writeLocalZone(data: string, zone: string | null): Promise<void> {
  await mkdir(data, { recursive: true });
  await writeFileAtomically(fileOf(data), zone ?? '');
}

/** What was kept last; null: nothing, or it cannot be read. */
export async function readLocalZone(data: string): Promise<string | null> {
  const zone = await readFile(fileOf(data), 'utf8').catch(() => '');
  return zone.trim() || null;
}
