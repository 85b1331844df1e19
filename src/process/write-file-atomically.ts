import { open, rename, rm } from 'node:fs/promises';

export interface FileOwner {
  /** Permission bits: 0o640. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * All or nothing, even if the power fails.
 * @param owner left out: the file belongs to this process, which alone may read it
 * @throws errors of node:fs
 */
export async function writeFileAtomically(
  path: string,
  text: string | Buffer,
  owner?: FileOwner,
): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  try {
    const file = await open(beside, 'w', 0o600);
    try {
      await file.writeFile(text);
      if (owner !== undefined) {
        await file.chown(owner.uid, owner.gid);
        await file.chmod(owner.mode);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
