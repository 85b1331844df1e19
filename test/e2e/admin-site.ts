import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { gatehouseEntry } from '../../lab/gatehouse.ts';
import { Lab, type LabOptions, shippedRules } from '../../lab/lab.ts';

const exec = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly out: string;
}

/** A lab before `gatehouse init`, with the command `asterisk` and Gatehouse's own files as an administrator has them. */
export class AdminSite {
  readonly lab: Lab;
  /** Gatehouse's own files in `gatehouse`, and Asterisk's as they were in `before`. */
  readonly dir: string;

  private constructor(lab: Lab, dir: string) {
    this.lab = lab;
    this.dir = dir;
  }

  /** @param answers lines of the answers file, in YAML  @param prepare before the copy of Asterisk's files is made */
  static async up(
    answers: string,
    { prepare, ...options }: LabOptions & { readonly prepare?: (lab: Lab) => Promise<void> } = {},
  ): Promise<AdminSite> {
    const dir = await mkdtemp(join(tmpdir(), 'gatehouse-init-site-'));
    const own = (name: string): string => join(dir, 'gatehouse', name);
    await cp(shippedRules, own('rules'), { recursive: true });
    const lab = await Lab.up({
      ...options,
      installed: false,
      gatehouse: false,
      rules: own('rules'),
      env: { GATEHOUSE_ARI_PASSWORD: '', GATEHOUSE_ARI_PASSWORD_FILE: own('ari-password') },
    });
    await mkdir(join(dir, 'bin'));
    await writeFile(
      join(dir, 'bin', 'asterisk'),
      `#!/bin/sh\nexec ${lab.asterisk.consoleCommand.map((word) => `'${word}'`).join(' ')} "$@"\n`,
      { mode: 0o755 },
    );
    await writeFile(join(dir, 'answers.yaml'), answers);
    await prepare?.(lab);
    await cp(join(lab.dir, 'etc'), join(dir, 'before'), { recursive: true, preserveTimestamps: true });
    return new AdminSite(lab, dir);
  }

  own(name: string): string {
    return join(this.dir, 'gatehouse', name);
  }

  /** Runs the command as the administrator would. */
  async gatehouse(...args: string[]): Promise<Ended> {
    const env = {
      ...this.lab.gatehouse.environment,
      PATH: `${join(this.dir, 'bin')}${delimiter}${process.env.PATH}`,
      GATEHOUSE_RULES: this.own('rules'),
    };
    const started = exec(process.execPath, [gatehouseEntry, ...args], { env });
    // Nobody is there to be asked.
    started.child.stdin?.end();
    return started.then(
      ({ stdout, stderr }) => ({ code: 0, out: stdout + stderr }),
      ({ code, stdout, stderr }) => ({ code, out: stdout + stderr }),
    );
  }

  init(...args: string[]): Promise<Ended> {
    return this.gatehouse('init', '--yes', '--answers', join(this.dir, 'answers.yaml'), ...args);
  }

  async contextOfTrunk(): Promise<string> {
    const shown = await this.lab.asterisk.cli('pjsip show endpoint carrier');
    return /^ *context +: (\S*)/m.exec(shown)?.[1] ?? '';
  }

  async down(): Promise<void> {
    await this.lab.down();
    await rm(this.dir, { recursive: true, force: true });
  }
}
