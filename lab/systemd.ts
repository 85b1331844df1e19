import { execFile } from 'node:child_process';
import { access, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endBooted, firstProcessOf } from './booted.ts';
import { Child, until } from './child.ts';

const exec = promisify(execFile);
const project = join(import.meta.dirname, '..');
const deploy = join(project, 'deploy');

export interface LabSystemdPlan {
  /** Directory of its own, empty. */
  readonly dir: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly ariPassword: string;
  /** Rules directory. */
  readonly rules: string;
  /** Where the lab's dialplan leaves its notes. */
  readonly spool: string;
  /** Lines of a drop-in, after the lab's own. */
  readonly dropIn?: string;
}

/**
 * A real systemd, as process 1 of its own namespaces, with the units of deploy/: each as it is shipped, but for the paths of Node and of the
 * program, which is the source. It needs root and Linux.
 */
export class LabSystemd {
  readonly #dir: string;
  readonly #child: Child;

  private constructor(dir: string, child: Child) {
    this.#dir = dir;
    this.#child = child;
  }

  /** Why it cannot run here; null: it can. */
  static async missing(): Promise<string | null> {
    if (process.getuid?.() !== 0) return 'needs root';
    const succeeds = (work: Promise<unknown>) =>
      work.then(
        () => true,
        () => false,
      );
    if (!(await succeeds(access('/lib/systemd/systemd')))) return 'systemd is not installed';
    const mayUnshare = await succeeds(exec('unshare', ['-m', '-p', '-C', '-i', '-u', '--fork', 'true']));
    return mayUnshare ? null : 'needs namespaces of its own';
  }

  /** Resolves when systemd answers; Gatehouse is not started. */
  static async boot({
    dir,
    settings,
    ariPassword,
    rules,
    spool,
    dropIn = '',
  }: LabSystemdPlan): Promise<LabSystemd> {
    const units = join(dir, 'units');
    const etc = join(dir, 'gatehouse');
    await mkdir(units, { recursive: true });
    await mkdir(etc);
    const { execPath } = process;
    const node = execPath.startsWith(project)
      ? join('/opt/gatehouse', execPath.slice(project.length))
      : execPath;
    const shipped = (await readdir(deploy)).filter((name) => /\.(service|timer)$/.test(name));
    for (const name of shipped) {
      const unit = await readFile(join(deploy, name), 'utf8');
      await writeFile(join(units, name), unit);
      const [, start = ''] = /^ExecStart=(.*)$/m.exec(unit) ?? [];
      if (start === '') continue;
      const own = start
        .replace('/usr/bin/node', node)
        .replace('/dist/cli/gatehouse.js', '/src/cli/gatehouse.ts');
      const lines = `[Service]\nExecStart=\nExecStart=${own}\n${name === 'gatehouse.service' ? dropIn : ''}`;
      await mkdir(join(units, `${name}.d`));
      await writeFile(join(units, `${name}.d`, 'lab.conf'), lines);
    }
    await cp(rules, join(etc, 'rules'), { recursive: true });
    const lines = Object.entries({ GATEHOUSE_RULES: '/etc/gatehouse/rules', ...settings });
    await writeFile(join(etc, 'gatehouse.env'), lines.map(([name, value]) => `${name}=${value}\n`).join(''));
    await writeFile(join(etc, 'ari-password'), ariPassword, { mode: 0o600 });
    const script = join(import.meta.dirname, 'systemd-root.sh');
    // A lab that is killed takes its systemd with it.
    const child = new Child('systemd', 'setpriv', ['--pdeathsig', 'KILL', script, dir, project, spool], {
      log: join(dir, 'systemd.log'),
    });
    const systemd = new LabSystemd(dir, child);
    try {
      await until('systemd to boot', 30_000, async () => {
        if (!child.running)
          throw new Error(`systemd ended: ${await readFile(join(dir, 'systemd.log'), 'utf8')}`);
        return (
          (await systemd.run('systemctl', 'is-system-running').catch(() => '')).trim() === 'running' || null
        );
      });
      return systemd;
    } catch (error) {
      await systemd.down();
      throw error;
    }
  }

  /** Runs a command beside that systemd; its output. Rejects when it fails. */
  async run(...command: readonly string[]): Promise<string> {
    const first = await firstProcessOf(this.#child);
    if (first === null) throw new Error('systemd has not begun yet');
    const args = ['--target', first, '--mount', '--pid', '--cgroup', '--ipc', '--uts', ...command];
    return (await exec('nsenter', args)).stdout;
  }

  /** Properties of gatehouse.service, as `systemctl show` gives them. */
  async properties(...names: readonly string[]): Promise<Record<string, string>> {
    const text = await this.run('systemctl', 'show', 'gatehouse', `--property=${names.join()}`);
    return Object.fromEntries(
      text.split('\n').flatMap((line) => {
        const at = line.indexOf('=');
        return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
      }),
    );
  }

  /** Ends it and whatever it runs. */
  down(): Promise<void> {
    return endBooted(this.#child, this.#dir);
  }
}
