import { execFile } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { noDates } from '../../lab/asterisk-root.ts';

const exec = promisify(execFile);
const limitMs = 1_800_000;

/** What belongs to apt, dpkg and the kernel: it changes with each installation, and no package cleans it up. */
const notOurs = ['dev', 'proc', 'run', 'sys', 'tmp', 'var/cache', 'var/lib/apt', 'var/lib/dpkg', 'var/log'];
/** Copies that the programs for users keep of their files of before. */
const copiesOfBefore = ['group-', 'gshadow-', 'passwd-', 'shadow-', 'subgid-', 'subuid-'];

/** A Debian in a directory, with a process and mount space of its own for each command. */
export class DebianRoot {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** stdout and stderr of a shell command in there. @throws with both when it fails */
  async run(command: string): Promise<string> {
    const own = ['--mount', '--pid', '--fork', '--kill-child', `--mount-proc=${join(this.dir, 'proc')}`];
    const { stdout } = await exec(
      'unshare',
      [...own, 'chroot', this.dir, 'sh', '-ec', `{ ${command}\n} 2>&1`],
      {
        timeout: limitMs,
        maxBuffer: 64e6,
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
      },
    ).catch((error: Error & { stdout?: string }) => {
      throw new Error(`${command}\n${error.stdout?.split('\n').slice(-30).join('\n') ?? ''}`, {
        cause: error,
      });
    });
    return stdout;
  }

  apt(...args: readonly string[]): Promise<string> {
    return this.run(['apt-get', '-y', '-q', ...noDates, ...args].join(' '));
  }

  /** Every path with its type, mode and owner, and a copy of /etc in `etcCopy`. */
  async snapshot(etcCopy: string): Promise<Snapshot> {
    await rm(etcCopy, { recursive: true, force: true });
    await cp(join(this.dir, 'etc'), etcCopy, { recursive: true, verbatimSymlinks: true });
    const pruned = notOurs.map((path) => `-path /${path}`).join(' -o ');
    const found = await this.run(`find / '(' ${pruned} ')' -prune -o -printf '%y %m %u:%g %p\\n' | sort`);
    const isCopy = new RegExp(` /etc/(${copiesOfBefore.join('|')})$`);
    return { etcCopy, paths: found.split('\n').filter((line) => !isCopy.test(line)) };
  }

  /** What is otherwise than in `before`: a line a path, and `diff -r` of /etc. Empty: nothing. */
  async changesSince(before: Snapshot): Promise<string[]> {
    const now = await this.snapshot(`${before.etcCopy}.now`);
    const [old, current] = [new Set(before.paths), new Set(now.paths)];
    const args = ['-r', '--no-dereference', ...copiesOfBefore.flatMap((name) => ['-x', name])];
    const diff = await exec('diff', [...args, before.etcCopy, now.etcCopy]).then(
      () => '',
      (error: { stdout?: string }) => error.stdout ?? 'diff failed',
    );
    return [
      ...now.paths.filter((line) => !old.has(line)).map((line) => `+ ${line}`),
      ...before.paths.filter((line) => !current.has(line)).map((line) => `- ${line}`),
      ...diff.split('\n').filter((line) => line !== ''),
    ];
  }
}

export interface Snapshot {
  readonly etcCopy: string;
  readonly paths: readonly string[];
}
