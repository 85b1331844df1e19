import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Progress, runLogged } from './setup/run-logged.ts';

const exec = promisify(execFile);

/** The Asterisk the lab runs: the machine's own, or one in a Debian root of its own (chroot). */
export interface AsteriskHome {
  /** Empty for the machine's own. */
  readonly root: string;
  readonly binary: string;
  readonly moduleDir: string;
  readonly dataDir: string;
  /** User and group ids the process should run as, or null to stay who we are. */
  readonly user: { readonly name: string; readonly uid: number; readonly gid: number } | null;
  readonly version: string;
}

const marker = 'gatehouse-root.json';
/** Raise it when the list of packages changes: an older root is built anew. */
const recipe = 2;
const packages = [
  'asterisk',
  'asterisk-modules',
  'asterisk-core-sounds-en-wav',
  'asterisk-core-sounds-es-wav',
];

export function cacheDir(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'gatehouse');
}

/** The machine's Asterisk when it is 20 or newer, else the cached root when it is complete, else null. */
export async function findAsterisk(): Promise<AsteriskHome | null> {
  return (await systemAsterisk()) ?? (await cachedRoot());
}

async function systemAsterisk(): Promise<AsteriskHome | null> {
  for (const binary of ['/usr/sbin/asterisk', '/usr/local/sbin/asterisk']) {
    const version = await exec(binary, ['-V']).then(
      (r) => r.stdout.trim(),
      () => '',
    );
    const major = Number(/Asterisk (?:certified\/)?(\d+)/.exec(version)?.[1] ?? 0);
    if (major < 20) continue;
    const config = await readFile('/etc/asterisk/asterisk.conf', 'utf8').catch(() => '');
    const directory = (key: string, fallback: string): string =>
      new RegExp(`^\\s*${key}\\s*=>?\\s*(\\S+)`, 'm').exec(config)?.[1] ?? fallback;
    return {
      root: '',
      binary,
      moduleDir: directory('astmoddir', '/usr/lib/asterisk/modules'),
      dataDir: directory('astdatadir', '/usr/share/asterisk'),
      user: process.getuid?.() === 0 ? await passwdUser('/etc/passwd', 'asterisk') : null,
      version,
    };
  }
  return null;
}

async function cachedRoot(): Promise<AsteriskHome | null> {
  const root = join(cacheDir(), 'asterisk-root');
  try {
    const made = JSON.parse(await readFile(join(root, marker), 'utf8')) as {
      recipe: number;
      version: string;
    };
    if (made.recipe !== recipe) return null;
    const moduleDir = await firstExisting(root, [
      `/usr/lib/${machineTriplet()}/asterisk/modules`,
      '/usr/lib/asterisk/modules',
    ]);
    return {
      root,
      binary: '/usr/sbin/asterisk',
      moduleDir,
      dataDir: '/usr/share/asterisk',
      user: await passwdUser(join(root, 'etc/passwd'), 'asterisk'),
      version: made.version,
    };
  } catch {
    return null;
  }
}

/**
 * Builds the cached root from Debian sid (Debian 12 has no Asterisk). About a minute, 700 MB; needs root. Built beside
 * its place and renamed when complete, so that an interrupted set-up is never taken for a whole one.
 */
export async function buildAsteriskRoot(progress: Progress): Promise<AsteriskHome> {
  if (process.getuid?.() !== 0) {
    throw new Error(
      'No Asterisk 20 or newer here, and building one in a Debian root needs root: run this as root, or install Asterisk.',
    );
  }
  const root = join(cacheDir(), 'asterisk-root');
  const building = `${root}.building`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { recursive: true });
  await makeDebianRoot(building, 'Debian sid base for Asterisk', progress);
  await runLogged(
    'chroot',
    [building, 'apt-get', ...noDates, 'install', '-y', '-q', '--no-install-recommends', ...packages],
    {
      progress,
      title: 'Asterisk and its sounds',
      timeoutMs: 540_000,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    },
  );
  const version = (await exec('chroot', [building, '/usr/sbin/asterisk', '-V'])).stdout.trim();
  await rm(join(building, 'var/cache/apt'), { recursive: true, force: true });
  await writeFile(join(building, marker), JSON.stringify({ recipe, version }));
  await rm(root, { recursive: true, force: true });
  await rename(building, root);
  const home = await cachedRoot();
  if (home === null) throw new Error('The Asterisk root was built but cannot be read back.');
  return home;
}

/** For apt in a Debian root: sid's own files may be older than they say they may be. */
export const noDates: readonly string[] = ['-o', 'Acquire::Check-Valid-Until=false'];

/** A Debian sid with nothing but its base in `dir`; no package starts a service in there. About half a minute; needs root. */
export async function makeDebianRoot(dir: string, title: string, progress: Progress): Promise<void> {
  await runLogged('debootstrap', ['--variant=minbase', 'sid', dir, await debianMirror()], {
    progress,
    title,
    timeoutMs: 540_000,
  });
  await writeFile(join(dir, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  await writeFile(join(dir, 'etc/hosts'), `127.0.0.1 localhost ${await hostName()}\n::1 localhost\n`);
}

/** The mirror this machine already uses, so that a site mirror or proxy is honored. */
async function debianMirror(): Promise<string> {
  for (const file of ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list']) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const found = /(?:^URIs:\s*|^deb\s+(?:\[[^\]]*\]\s+)?)(https?:\/\/\S+\/debian)\/?(?=\s|$)/m.exec(
      text,
    )?.[1];
    if (found) return found;
  }
  return 'http://deb.debian.org/debian';
}

async function hostName(): Promise<string> {
  return (await readFile('/etc/hostname', 'utf8').catch(() => 'lab')).trim() || 'lab';
}

function machineTriplet(): string {
  return process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
}

async function firstExisting(root: string, paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    if (
      await access(root + path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new Error(`none of ${paths.join(', ')} below ${root}`);
}

async function passwdUser(file: string, name: string): Promise<AsteriskHome['user']> {
  const line = (await readFile(file, 'utf8').catch(() => ''))
    .split('\n')
    .find((text) => text.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { name, uid: Number(uid), gid: Number(gid) };
}
