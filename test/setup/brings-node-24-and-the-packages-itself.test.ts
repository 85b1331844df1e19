import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const lock = JSON.stringify({ packages: { '': {}, 'node_modules/one': { version: '1.0.0' } } });
/** Stands for npm: a second's work, chatter on stdout, and the hidden lockfile as its last deed, as npm does it. */
const fakeNpm = `#!/bin/sh
[ "$1" = --version ] && { echo "\${NPM_VERSION:-11.19.1}"; exit; }
echo "$@" >> "$NPM_CALLS"
for arg in "$@"; do case "$arg" in --prefix=*) cd "\${arg#--prefix=}";; esac; done
echo chatter
[ -n "$NPM_FAILS" ] && exit 7
sleep 0.3
mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json
`;

let root: string;
let calls: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-run-'));
  calls = join(root, 'npm-calls');
  mkdirSync(join(root, 'setup'));
  mkdirSync(join(root, 'bin'));
  copyFileSync('setup/run.mjs', join(root, 'setup', 'run.mjs'));
  writeFileSync(join(root, 'package-lock.json'), lock);
  writeFileSync(join(root, 'bin', 'npm'), fakeNpm, { mode: 0o755 });
  writeFileSync(
    join(root, 'entry.ts'),
    `const words: readonly string[] = process.argv.slice(2);
     if (words[0] === 'wait') { process.on('SIGTERM', () => process.exit(43)); setInterval(() => {}, 1000); }
     else process.exitCode = words.length;
     console.log(JSON.stringify({ words }));`,
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const path = [join(root, 'bin'), process.env.PATH].join(delimiter);
  return spawn(process.execPath, [join(root, 'setup', 'run.mjs'), 'entry.ts', ...args], {
    env: { ...process.env, TMPDIR: root, PATH: path, NPM_CALLS: calls, ...env },
  });
}

function ended(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((done) => child.once('close', (code) => done({ code, out, err })));
}

const timesInstalled = () =>
  existsSync(calls)
    ? readFileSync(calls, 'utf8')
        .trim()
        .split('\n')
        .filter((line) => /(^| )ci /.test(line)).length
    : 0;

it('installs once, keeps stdout for the program, and passes arguments and exit code on', async () => {
  const first = await ended(start(['a', 'b c']));
  expect(first).toMatchObject({ code: 2, out: '{"words":["a","b c"]}\n' });
  expect(first.err).toContain('npm ci, because node_modules is not there');
  const second = await ended(start([]));
  expect(second).toEqual({ code: 0, out: '{"words":[]}\n', err: '' });
  expect(timesInstalled()).toBe(1);
});

it('installs again when a program for this machine was left out, as an npm on an old Node does, and not for other machines', async () => {
  const mine = { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] };
  const packages = {
    '': {},
    'node_modules/one': { version: '1.0.0' },
    'node_modules/binding-mine': mine,
    'node_modules/binding-other': { ...mine, os: ['aix'] },
    'node_modules/binding-none': { ...mine, libc: ['none'] },
  };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), lock);
  const first = await ended(start([]));
  expect(first.err).toContain('node_modules/binding-mine 1.0.0 is not there');
  expect(first.code).toBe(0);
  const { 'node_modules/binding-other': _, 'node_modules/binding-none': __, ...present } = packages;
  writeFileSync(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: present }));
  expect((await ended(start([]))).err).not.toContain('set-up');
});

it('fetches a newer npm where the machine has one that cannot read the lockfile (Debian 12: npm 9)', async () => {
  const first = await ended(start([], { NPM_VERSION: '9.2.0' }));
  expect(first.code).toBe(0);
  expect(readFileSync(calls, 'utf8')).toMatch(
    /^exec --yes --package=npm@10\.\d+\.\d+ --package=node@24\S* -- npm ci /,
  );
});

it('installs again when the lockfile names another version', async () => {
  await ended(start([]));
  writeFileSync(join(root, 'package-lock.json'), lock.replace('1.0.0', '1.0.1'));
  expect((await ended(start([]))).err).toContain('node_modules/one 1.0.1 is not there');
  expect(timesInstalled()).toBe(2);
});

it('lets only one of several install at the same time', async () => {
  const all = await Promise.all([1, 2, 3, 4].map((n) => ended(start([`run-${n}`]))));
  expect(all.map(({ code }) => code)).toEqual([1, 1, 1, 1]);
  expect(timesInstalled()).toBe(1);
});

it('takes over the lock of an installation that was killed', async () => {
  const killed = start([]);
  await new Promise<void>((seen) => killed.stderr?.once('data', () => seen()));
  killed.kill('SIGKILL');
  await ended(killed);
  rmSync(join(root, 'node_modules'), { recursive: true, force: true });
  expect((await ended(start(['x']))).code).toBe(1);
});

it('says what failed, starts nothing and leaves no lock behind', async () => {
  const failed = await ended(start([], { NPM_FAILS: '1' }));
  expect(failed).toMatchObject({ code: 1, out: '' });
  expect(failed.err).toContain('npm ci failed');
  expect((await ended(start(['x']))).code).toBe(1);
});

it('gives the program the signals', async () => {
  const child = start(['wait']);
  const end = ended(child);
  await new Promise<void>((seen) => child.stdout?.once('data', () => seen()));
  child.kill('SIGTERM');
  expect((await end).code).toBe(43);
});
