import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type AsteriskHome, buildAsteriskRoot, findAsterisk } from '../asterisk-root.ts';
import { withLock } from './lock.ts';
import { type Progress, runLogged } from './run-logged.ts';

const exec = promisify(execFile);

/** Programs the lab and the tests call, and the Debian package that brings each. */
const programs: Readonly<Record<string, string>> = {
  'redis-server': 'redis-server',
  sipp: 'sip-tester',
  'espeak-ng': 'espeak-ng',
  sox: 'sox',
  'chromium-headless-shell': 'chromium-headless-shell',
  tcpdump: 'tcpdump',
  ip: 'iproute2',
  baresip: 'baresip-core',
};

/** Brings whatever of Asterisk, Redis, SIPp and the speech tools is missing. What is complete is reused. */
export async function ensureSetup(progress: Progress): Promise<AsteriskHome> {
  const found = await findAsterisk();
  const missing = await missingPackages(found === null);
  if (found !== null && missing.length === 0) return found;
  return withLock('setup', async () => {
    const packages = await missingPackages((await findAsterisk()) === null);
    if (packages.length > 0) await installPackages(packages, progress);
    return (await findAsterisk()) ?? (await buildAsteriskRoot(progress));
  });
}

async function missingPackages(needsDebootstrap: boolean): Promise<string[]> {
  const wanted = needsDebootstrap ? { ...programs, debootstrap: 'debootstrap' } : programs;
  const checks = await Promise.all(
    Object.entries(wanted).map(async ([program, name]) => ((await onPath(program)) ? null : name)),
  );
  return checks.filter((name) => name !== null);
}

async function installPackages(packages: readonly string[], progress: Progress): Promise<void> {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = async (title: string, ...args: string[]): Promise<void> => {
    const [command = 'apt-get', ...rest] = [...sudo, 'apt-get', ...args];
    await runLogged(command, rest, {
      progress,
      title,
      timeoutMs: 540_000,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
  };
  await apt('Debian package lists', 'update', '-q');
  await apt(
    `Debian packages ${packages.join(', ')}`,
    'install',
    '-y',
    '-q',
    '--no-install-recommends',
    ...packages,
  );
  const still = await missingPackages(false);
  if (still.length > 0) throw new Error(`still missing after apt-get install: ${still.join(', ')}`);
}

async function onPath(program: string): Promise<boolean> {
  const dirs = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  for (const dir of dirs) {
    if (
      dir !== '' &&
      (await access(join(dir, program)).then(
        () => true,
        () => false,
      ))
    )
      return true;
  }
  return exec('which', [program]).then(
    () => true,
    () => false,
  );
}
