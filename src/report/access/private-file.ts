import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../log/log.ts';

/** What proves that a command runs as somebody who may read GATEHOUSE_DATA; made anew at each start. */
const localTokenFile = 'local-token';
const auditKeyFile = 'audit-key';

/** The key of the pseudonyms in the audit log. Where it cannot be kept, one that lasts as long as the process. */
export function auditKey(dataDir: string, log: Log): Buffer {
  const path = join(dataDir, auditKeyFile);
  const known = knownAuditKey(dataDir);
  if (known !== null) return known;
  const key = randomBytes(32);
  try {
    writePrivately(path, key);
  } catch (error) {
    log.warn('The audit log key cannot be saved; its pseudonyms change on every start', { path, error });
  }
  return key;
}

/** Null when there is none yet, or it is not ours to read. */
export function knownAuditKey(dataDir: string): Buffer | null {
  try {
    const known = readFileSync(join(dataDir, auditKeyFile));
    return known.length === 32 ? known : null;
  } catch {
    return null;
  }
}

/** Makes the token with which `gatehouse reload` and its like are let in. */
export function localToken(dataDir: string, log: Log): string {
  const token = randomBytes(32).toString('base64url');
  const path = join(dataDir, localTokenFile);
  try {
    writePrivately(path, token);
  } catch (error) {
    log.warn('Failed to write the local token; gatehouse reload will not work', { path, error });
  }
  return token;
}

/** Proof that we may read what Gatehouse keeps; null when we may not, or when it is missing. */
export function localTokenIfOurs(dataDir: string): string | null {
  try {
    return readLocalToken(dataDir);
  } catch {
    return null;
  }
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

/** A number's name in the audit log: HMAC-SHA256, 16 hex digits; who has the key can ask for one number's looks. */
export function auditName(key: Buffer, number: string): string {
  return createHmac('sha256', key).update(number).digest('hex').slice(0, 16);
}
