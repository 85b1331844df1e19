#!/usr/bin/env node
// Runs a TypeScript program of this project on a machine that has nothing but npm and some Node (18 or newer):
//   node setup/run.mjs <entry.ts> [arguments…]
// Installs what package-lock.json names when it is not there yet, Node 24 included, and becomes the program.
// Nothing of this file goes to stdout: programs print JSON there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const installedNode = join(root, 'node_modules', '.bin', 'node');
const NODE_MAJOR = 24;
// npm 9 (Debian 12) cannot read overrides that name another package; and an npm on Node 18 (Debian 12 as well) leaves out
// packages for this machine that want a newer Node.
const NPM_MAJOR = 10;
const NPM_FALLBACK = '10.9.4';
const NODE_FOR_NPM = 20;
const INSTALL_LIMIT_MS = 15 * 60_000;
const WAIT_LIMIT_MS = 20 * 60_000;

const say = (text) => process.stderr.write(`set-up: ${text}\n`);
const runsOnRightNode = () => Number.parseInt(process.versions.node, 10) >= NODE_MAJOR;

/** Why an installation is needed, or null. npm writes its hidden lockfile last, so a broken-off one is seen. */
function missing() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  if (wanted === null) return 'package-lock.json cannot be read';
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (present === null) return 'node_modules is not there';
  for (const [path, entry] of Object.entries(wanted)) {
    const canBeLeftOut = entry.optional || entry.devOptional || entry.peer || entry.link;
    if (path === '' || (canBeLeftOut && !isForThisMachine(entry))) continue;
    if (present[path]?.version !== entry.version) return `${path} ${entry.version} is not there`;
  }
  return runsOnRightNode() || existsSync(installedNode) ? null : `Node ${NODE_MAJOR} is not there`;
}

/** A program for this system and processor: optional to npm, which has one for each, and needed all the same. */
function isForThisMachine({ os, cpu, libc }) {
  if (!os?.includes(process.platform) || !cpu?.includes(process.arch)) return false;
  const own = process.report?.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  return libc === undefined || libc.includes(own);
}

function packagesOf(lockfile) {
  try {
    return JSON.parse(readFileSync(lockfile, 'utf8')).packages ?? {};
  } catch {
    return null;
  }
}

// A symbolic link is made in one step together with its content, the owner's process id.
const lockPath = join(
  tmpdir(),
  `gatehouse-setup-${process.getuid?.() ?? 0}-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`,
);

function lockOwner() {
  try {
    return { pid: Number(readlinkSync(lockPath)), ageMs: Date.now() - lstatSync(lockPath).mtimeMs };
  } catch {
    return null;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function tryLock() {
  try {
    symlinkSync(String(process.pid), lockPath);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const owner = lockOwner();
  if (owner !== null && (!alive(owner.pid) || owner.ageMs > WAIT_LIMIT_MS)) dropStaleLock(owner.pid);
  return false;
}

/** Moved aside first: of several that judge it stale only one can move it, and a fresh lock that was caught goes back. */
function dropStaleLock(judgedPid) {
  const aside = `${lockPath}.${process.pid}`;
  try {
    renameSync(lockPath, aside);
    if (Number(readlinkSync(aside)) === judgedPid) unlinkSync(aside);
    else renameSync(aside, lockPath);
  } catch {
    // Somebody else was quicker.
  }
}

function unlock() {
  try {
    if (Number(readlinkSync(lockPath)) === process.pid) unlinkSync(lockPath);
  } catch {
    // It is gone already.
  }
}

/** Runs a program to its end, its stdout on our stderr; its exit code, or 1 when it could not run or took too long. */
function runQuietly(program, args, cwd) {
  return new Promise((done) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 2, 2], timeout: INSTALL_LIMIT_MS });
    const stop = (signal) => {
      child.kill(signal);
      unlock();
      process.exit(128 + constants.signals[signal]);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);
    const end = (code) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeListener(signal, stop);
      done(code);
    };
    child.once('error', (error) => {
      say(`${program} cannot be run: ${error.message}`);
      end(1);
    });
    child.once('exit', (code) => end(code ?? 1));
  });
}

function nodeVersion() {
  return packagesOf(join(root, 'package-lock.json'))?.['node_modules/node']?.version ?? NODE_MAJOR;
}

function npmMajor() {
  const { stdout } = spawnSync('npm', ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return Number.parseInt(stdout ?? '', 10) || 0;
}

async function install(reason) {
  say(`npm ci, because ${reason} (about half a minute, once)`);
  const args = [
    'ci',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
    `--prefix=${root}`,
  ];
  // Away from the project: an old npm would fall over the lock file before it could fetch a newer one.
  const newer = [`--package=npm@${NPM_FALLBACK}`, `--package=node@${nodeVersion()}`];
  const isOld = npmMajor() < NPM_MAJOR || Number.parseInt(process.versions.node, 10) < NODE_FOR_NPM;
  const command = isOld ? ['exec', '--yes', ...newer, '--', 'npm', ...args] : args;
  if ((await runQuietly('npm', command, tmpdir())) !== 0) {
    say('npm ci failed; its message stands above. Nothing was started.');
    say('Needed: npm, a reachable npm registry, and a package-lock.json that fits package.json.');
    return false;
  }
  if (!runsOnRightNode() && !existsSync(installedNode)) {
    // npm did not run the install script of the package `node` (ignore-scripts, or an npm that asks for approval).
    say('the install script of the npm package `node` was not run; running it now');
    await runQuietly(process.execPath, ['installArchSpecificPackage.js'], join(root, 'node_modules', 'node'));
    linkNode();
  }
  const left = missing();
  if (left === null) return true;
  say(`npm ci ended well, but ${left}.`);
  say(
    `Either install Node ${NODE_MAJOR} and run this again, or allow the script: npm install-scripts approve node`,
  );
  return false;
}

/** npm links only programs that were there when it linked. */
function linkNode() {
  const program = join(root, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(installedNode) || !existsSync(program)) return;
  try {
    unlinkSync(installedNode); // a link to nowhere
  } catch {
    // There was none.
  }
  symlinkSync(join('..', 'node', 'bin', 'node'), installedNode);
}

async function ensureInstalled() {
  let reason = missing();
  const until = Date.now() + WAIT_LIMIT_MS;
  let told = false;
  while (reason !== null) {
    if (tryLock()) {
      try {
        reason = missing();
        return reason === null || (await install(reason));
      } finally {
        unlock();
      }
    }
    if (Date.now() > until) {
      say(`another set-up holds ${lockPath} and does not end; remove that file when none is running`);
      return false;
    }
    if (!told) say(`waiting for the set-up that process ${lockOwner()?.pid ?? '?'} is running`);
    told = true;
    await new Promise((next) => setTimeout(next, 200));
    reason = missing();
  }
  return true;
}

/** Becomes the program where Node can (no process in between); else a child that gets our signals and gives its end. */
function become(node, args) {
  const bin = join(root, 'node_modules', '.bin');
  const path = process.env.PATH ?? '';
  const env = { ...process.env, PATH: path.split(delimiter)[0] === bin ? path : bin + delimiter + path };
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.removeAllListeners('warning'); // execve is still called experimental
    process.execve(node, [node, ...args], env);
  }
  const child = spawn(node, args, { stdio: 'inherit', env });
  // At a terminal Ctrl-C reaches the child by itself; passed on again it would count as the second, harder one.
  const atTerminal = isatty(0) || isatty(2);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'])
    process.on(signal, () => (signal === 'SIGINT' && atTerminal) || child.kill(signal));
  child.once('error', (error) => {
    say(`${node} cannot be run: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

const [entry, ...rest] = process.argv.slice(2);
if (entry === undefined) {
  say('usage: node setup/run.mjs <entry.ts> [arguments…]');
  process.exit(2);
}
if (await ensureInstalled()) {
  become(runsOnRightNode() ? process.execPath : installedNode, [resolve(root, entry), ...rest]);
} else {
  process.exit(1);
}
