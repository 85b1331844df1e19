import { execFile } from 'node:child_process';
import { chown, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { answersSip } from './answers-sip.ts';
import { type AsteriskPlan, asteriskDirs, writeAsteriskConfig } from './asterisk-config.ts';
import type { AsteriskHome } from './asterisk-root.ts';
import { Child, until } from './child.ts';
import { labBase } from './slot.ts';

const exec = promisify(execFile);

/**
 * A real Asterisk. One in a root of its own runs in a mount namespace of its own too (/proc, /dev and the lab directory,
 * at the same path as outside), so that the mounts end with the process.
 */
export class LabAsterisk {
  readonly #home: AsteriskHome;
  readonly plan: AsteriskPlan;
  #child: Child | null = null;

  constructor(home: AsteriskHome, plan: Omit<AsteriskPlan, 'moduleDir' | 'dataDir' | 'distribution'>) {
    this.#home = home;
    // The machine's own /etc/asterisk may be that of a telephone system in use: its trunks are not for a lab.
    const distribution = home.root === '' ? null : join(home.root, 'etc', 'asterisk');
    this.plan = { ...plan, moduleDir: home.moduleDir, dataDir: home.dataDir, distribution };
  }

  get child(): Child {
    if (this.#child === null) throw new Error('this lab Asterisk is not started');
    return this.#child;
  }

  /** Resolves when it takes calls. */
  async start(): Promise<void> {
    await writeAsteriskConfig(this.plan);
    const { user, root } = this.#home;
    if (user !== null) await giveTo(user, this.plan.dir);
    const asUser = user === null ? [] : ['-U', user.name, '-G', user.name];
    const asterisk = [this.#home.binary, '-f', '-C', this.#configFile(), ...asUser];
    const [command = '', ...args] =
      root === ''
        ? asterisk
        : [
            'unshare',
            '--mount',
            '--propagation',
            'private',
            'sh',
            '-c',
            enterRoot,
            'sh',
            root,
            labBase,
            ...asterisk,
          ];
    this.#child = new Child('asterisk', command, args, { log: join(this.plan.dir, 'log', 'asterisk.out') });
    await until('Asterisk to boot', 60_000, async () => {
      if (!this.child.running) throw new Error(`Asterisk ended at start:\n${await this.#lastWords()}`);
      return (await this.cli('core waitfullybooted').catch(() => '')).includes('fully booted') ? true : null;
    });
    // It boots all the same when another program has its port.
    if (!(await answersSip(this.plan.sipPort, 20_000)))
      throw new Error(`Asterisk answers no SIP at port ${this.plan.sipPort}:\n${await this.#lastWords()}`);
  }

  /** Runs a command of Asterisk's own console; rejects after 10 s. */
  async cli(command: string): Promise<string> {
    const [program = '', ...args] = [...this.consoleCommand, '-rx', command];
    return (await exec(program, args, { timeout: 10_000 })).stdout;
  }

  /** The command `asterisk` of this lab, once it runs. */
  get consoleCommand(): readonly string[] {
    return this.#inRoot([this.#home.binary, '-C', this.#configFile()]);
  }

  /** Runs a program that sees the files that Asterisk sees; rejects after 10 s. */
  async run(...command: string[]): Promise<string> {
    const [program = '', ...args] = this.#inRoot(command);
    return (await exec(program, args, { timeout: 10_000 })).stdout;
  }

  #inRoot(command: readonly string[]): readonly string[] {
    const enter = ['nsenter', '--mount', '--root', '--target', String(this.child.pid)];
    return this.#home.root === '' ? command : [...enter, ...command];
  }

  async stop(): Promise<void> {
    if (this.#child === null) return;
    await this.cli('core stop now').catch(() => {});
    await this.#child.stop(3000);
  }

  async #lastWords(): Promise<string> {
    const files = ['asterisk.out', 'full'].map((name) => join(this.plan.dir, 'log', name));
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
    return texts.join('').split('\n').slice(-15).join('\n');
  }

  #configFile(): string {
    return join(this.plan.dir, 'etc', 'asterisk.conf');
  }
}

const enterRoot = `set -e
root=$1; lab=$2; shift 2
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
mkdir -p "$root$lab"
mount --bind "$lab" "$root$lab"
exec chroot "$root" "$@"`;

/** Asterisk drops privileges: what it reads and writes must be its user's. */
async function giveTo(user: { uid: number; gid: number }, dir: string): Promise<void> {
  await chown(dir, user.uid, user.gid);
  for (const name of asteriskDirs) {
    await chown(join(dir, name), user.uid, user.gid);
    for (const entry of await readdir(join(dir, name), { withFileTypes: true, recursive: true })) {
      if (!entry.isDirectory() && !entry.isFile()) continue;
      await chown(join(entry.parentPath, entry.name), user.uid, user.gid).catch((error) => {
        // A running Gatehouse takes notes out of the spool meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      });
    }
  }
}
