import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { version } from '../../src/process/version.ts';
import { tryFirstHour } from './first-hour/first-hour.ts';
import { tryImage } from './image/try-image.ts';
import { makePackage, stageProgram, stageTexts } from './stage.ts';
import { tryPackage } from './try-package.ts';

const exec = promisify(execFile);
const root = resolve(import.meta.dirname, '..', '..');
const say = (line: string) => process.stderr.write(`package: ${line}\n`);

/** The same commit gives the same package: its files carry the time of the commit, or of SOURCE_DATE_EPOCH. Epoch seconds. */
async function sourceTime(): Promise<number> {
  const given = process.env.SOURCE_DATE_EPOCH;
  const { stdout } = given
    ? { stdout: given }
    : await exec('git', ['-C', root, 'log', '-1', '--format=%ct']).catch(() => ({ stdout: '' }));
  if (!/^\d+\s*$/.test(stdout))
    throw new Error('set SOURCE_DATE_EPOCH: this is no clone whose last commit has a time');
  return Number(stdout);
}

/** With --try it holds a whole Debian. */
function removeWhenBrokenOff(scratch: string): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      rmSync(scratch, { recursive: true, force: true });
      process.exit(128 + constants.signals[signal]);
    });
}

interface Options {
  readonly out: string;
  readonly version: string;
  readonly try?: true;
  readonly tryFirstHour?: true;
  readonly tryImage?: true;
}

await new Command('package')
  .description('build the Debian package of Gatehouse, Node included, for the processor of this machine')
  .option('--out <dir>', 'where the package goes', root)
  .option('--version <version>', 'its version', version)
  .option(
    '--try',
    'install, upgrade, remove and purge it in a Debian root of its own (as root; some minutes)',
  )
  .option(
    '--try-first-hour',
    "package, init, the first screened call, and out again, beside a Debian's own Asterisk (as root; some minutes)",
  )
  .option(
    '--try-image',
    'instead of a package: run the steps of the Dockerfile without Docker, and have what they make serve a call (as root; some minutes)',
  )
  .action(async (options: Options) => {
    const scratch = await mkdtemp(join(tmpdir(), 'gatehouse-package-'));
    removeWhenBrokenOff(scratch);
    try {
      if (options.tryImage) {
        console.log(JSON.stringify(await tryImage(scratch, say)));
        return;
      }
      const [stage, at] = [join(scratch, 'stage'), await sourceTime()];
      await mkdir(options.out, { recursive: true });
      await stageTexts(stage, at);
      await stageProgram(stage, scratch, say);
      const given = { version: options.version, at, compression: 'xz' } as const;
      const file = await makePackage(stage, resolve(options.out), given, say);
      console.log(file);
      if (options.tryFirstHour) console.log(JSON.stringify(await tryFirstHour(file, scratch, say)));
      if (options.try) await tryPackage({ file, stage, scratch, ...given }, say);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  })
  .parseAsync();
