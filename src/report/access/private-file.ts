import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScreeningLog } from '../../screening/ports.ts';

/** What proves that a command runs as somebody who may read GATEHOUSE_DATA; made anew at each start. */
const localTokenFile = 'local-token';
const pseudonymKeyFile = 'audit-key';

/** The key of the pseudonyms in the audit log. Where it cannot be kept, one that lasts as long as the process. */
export function pseudonymKey(dataDir: string, log: ScreeningLog): Buffer {
  const path = join(dataDir, pseudonymKeyFile);
  const known = knownPseudonymKey(dataDir);
  if (known !== null) return known;
  const key = randomBytes(32);
  try {
    writePrivately(path, key);
  } catch (error) {
    log.warn('The key of the audit log cannot be kept; its pseudonyms change at each start', { path, error });
  }
  return key;
}

/** Null when there is none yet, or it is not ours to read. */
export function knownPseudonymKey(dataDir: string): Buffer | null {
  try {
    const known = readFileSync(join(dataDir, pseudonymKeyFile));
    return known.length === 32 ? known : null;
  } catch {
    return null;
  }
}

/** Makes the token with which `gatehouse reload` and its like are let in. */
export function localToken(dataDir: string, log: ScreeningLog): string {
  const token = randomBytes(32).toString('base64url');
  const path = join(dataDir, localTokenFile);
  try {
    writePrivately(path, token);
  } catch (error) {
    log.warn('gatehouse reload will not work: its token cannot be written', { path, error });
  }
  return token;
}

/** @throws with a `code` of the system when it is not there or not ours to read */
export function readLocalToken(dataDir: string): string {
  return readFileSync(join(dataDir, localTokenFile), 'utf8').trim();
}

function writePrivately(path: string, content: string | Buffer): void {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, content, { mode: 0o600, flag: 'w' });
  renameSync(fresh, path);
}
