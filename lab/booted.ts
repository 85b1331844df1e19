import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Child } from './child.ts';

const exec = promisify(execFile);

/** Process id, seen from here, of what is process 1 in the namespaces that `child` has made; null: there is none. */
export async function firstProcessOf({ pid }: Child): Promise<string | null> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return children.trim().split(' ')[0] || null;
}

/** Ends a systemd that runs there with whatever it runs, and removes its cgroups, which `dir` names, and `dir`. */
export async function endBooted(child: Child, dir: string): Promise<void> {
  const first = await firstProcessOf(child);
  if (first !== null) process.kill(Number(first), 'SIGKILL');
  await child.stop();
  const cgroups = await readFile(join(dir, 'cgroups'), 'utf8').catch(() => '');
  for (const cgroup of cgroups.trim().split('\n').filter(Boolean))
    await exec('find', [cgroup, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
  await rm(dir, { recursive: true, force: true });
}
