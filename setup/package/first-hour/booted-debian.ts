import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endBooted, firstProcessOf } from '../../../lab/booted.ts';
import { Child, until } from '../../../lab/child.ts';

const exec = promisify(execFile);
const [bootMs, longestMs] = [60_000, 1_200_000];

/** A Debian that runs: its own systemd starts its services, and its network has loopback only. */
export class BootedDebian {
  readonly #dir: string;
  readonly #child: Child;

  private constructor(dir: string, child: Child) {
    this.#dir = dir;
    this.#child = child;
  }

  /**
   * @param root the Debian, with systemd in it
   * @param dir for logs; made and removed
   */
  static async boot(root: string, dir: string): Promise<BootedDebian> {
    await mkdir(dir, { recursive: true });
    // Here packages do start their services.
    await rm(join(root, 'usr/sbin/policy-rc.d'), { force: true });
    const script = join(import.meta.dirname, 'boot-debian.sh');
    const log = join(dir, 'boot.log');
    const child = new Child('debian', 'setpriv', ['--pdeathsig', 'KILL', script, root, dir], { log });
    const debian = new BootedDebian(dir, child);
    try {
      await until('Debian to boot', bootMs, async () => {
        if (!child.running) throw new Error(`systemd ended: ${await readFile(log, 'utf8')}`);
        const state = await debian.run('systemctl is-system-running || true').catch(() => '');
        return state.trim() === 'running' || state.trim() === 'degraded' || null;
      });
      return debian;
    } catch (error) {
      await debian.down();
      throw error;
    }
  }

  /** stdout and stderr of a shell command in there. @throws with both when it fails */
  run(command: string): Promise<string> {
    return this.#run(command, ['--net']);
  }

  /** The same in the network of this machine, for apt. What systemd starts for it is in its own all the same. */
  runOnline(command: string): Promise<string> {
    return this.#run(command, []);
  }

  async #run(command: string, network: readonly string[]): Promise<string> {
    const first = await firstProcessOf(this.#child);
    if (first === null) throw new Error('Debian does not run');
    const spaces = ['--mount', '--pid', '--cgroup', '--ipc', '--uts', ...network];
    const shell = ['/bin/sh', '-ec', `cd /root; { ${command}\n} 2>&1`];
    const { stdout } = await exec('nsenter', ['--target', first, ...spaces, ...shell], {
      ...{ timeout: longestMs, maxBuffer: 64e6 },
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
    }).catch((error: Error & { stdout?: string }) => {
      throw new Error(`${command}\n${error.stdout?.split('\n').slice(-40).join('\n') ?? ''}`, {
        cause: error,
      });
    });
    return stdout;
  }

  /** Runs a program of this machine in the network of that one; its stdout. */
  async beside(program: string, ...args: readonly string[]): Promise<string> {
    const first = await firstProcessOf(this.#child);
    if (first === null) throw new Error('Debian does not run');
    return (await exec('nsenter', ['--target', first, '--net', program, ...args], { timeout: longestMs }))
      .stdout;
  }

  /** Ends it and whatever it runs. */
  down(): Promise<void> {
    return endBooted(this.#child, this.#dir);
  }
}
