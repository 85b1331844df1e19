import { realpathSync } from 'node:fs';
import { entryContext } from '../call/trunk.ts';
import { writeFileAtomically } from '../process/write-file-atomically.ts';
import { type AsteriskHome, diskFiles } from './asterisk.ts';
import { ownerAt, type PutBack } from './change.ts';
import type { Manifest } from './manifest.ts';
import { trunkNamed } from './trunks.ts';

/** What FreePBX leaves to the site; it would write all else anew. */
const leftToSite = /_custom(_post)?\.conf$/;

/**
 * Trunks that somebody has led to Gatehouse by hand since init: each gets the context that the record has of it.
 * @returns the files that were changed. @throws errors of node:fs
 */
export async function leadBack(
  trunks: Manifest['trunks'],
  { etc, kind }: Pick<AsteriskHome, 'etc' | 'kind'>,
): Promise<PutBack[]> {
  const done: PutBack[] = [];
  for (const { name, context } of trunks) {
    const files = diskFiles(etc);
    const trunk = trunkNamed(files, name);
    // Inherited from a template, it may be that of others too.
    if (trunk === null || trunk.file === null || trunk.at === null || trunk.context !== entryContext)
      continue;
    if (kind === 'freepbx' && !leftToSite.test(trunk.file)) continue;
    const path = realpathSync(trunk.file);
    const lines = (files.text(path) ?? '').split('\n');
    lines[trunk.at] = (lines[trunk.at] ?? '').replace(entryContext, () => context);
    await writeFileAtomically(path, Buffer.from(lines.join('\n'), 'latin1'), ownerAt(path));
    const note = `endpoint ${name} was led to ${entryContext} by hand since; its context is ${context} again, as before init`;
    done.push({ path, note });
  }
  return done;
}
