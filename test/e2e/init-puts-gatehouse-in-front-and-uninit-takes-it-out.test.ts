import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallerStep } from '../../lab/caller-scenario.ts';
import { gatehouseEntry } from '../../lab/gatehouse.ts';
import { Lab, shippedRules } from '../../lab/lab.ts';

const exec = promisify(execFile);
const ownNumber = '+13172740100';
let lab: Lab;
/** Gatehouse's own files, and the command `asterisk` of this machine. */
let site: string;
const own = (name: string): string => join(site, 'gatehouse', name);
const etc = (name = ''): string => join(lab.dir, 'etc', name);

beforeAll(async () => {
  site = await mkdtemp(join(tmpdir(), 'gatehouse-init-site-'));
  await cp(shippedRules, own('rules'), { recursive: true });
  lab = await Lab.up({
    installed: false,
    gatehouse: false,
    rules: own('rules'),
    env: { GATEHOUSE_ARI_PASSWORD: '', GATEHOUSE_ARI_PASSWORD_FILE: own('ari-password') },
  });
  await mkdir(join(site, 'bin'));
  await writeFile(
    join(site, 'bin', 'asterisk'),
    `#!/bin/sh\nexec ${lab.asterisk.consoleCommand.map((word) => `'${word}'`).join(' ')} "$@"\n`,
    { mode: 0o755 },
  );
  await writeFile(
    join(site, 'answers.yaml'),
    `own-numbers: '${ownNumber}..+13172740109'\ntime-zone: America/Chicago\nmonitor: false\n`,
  );
  await cp(etc(), join(site, 'before'), { recursive: true, preserveTimestamps: true });
});
afterAll(async () => {
  await lab?.down();
  await rm(site, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
}

/** Runs the command as the administrator would. */
async function gatehouse(...args: string[]): Promise<Ended> {
  const env = {
    ...lab.gatehouse.environment,
    PATH: `${join(site, 'bin')}${delimiter}${process.env.PATH}`,
    GATEHOUSE_RULES: own('rules'),
  };
  return exec(process.execPath, [gatehouseEntry, ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, out: stdout + stderr }),
  );
}
const init = (...args: string[]): Promise<Ended> =>
  gatehouse('init', '--yes', '--answers', join(site, 'answers.yaml'), ...args);

async function differences(): Promise<string> {
  return exec('diff', ['-r', join(site, 'before'), etc()]).then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout,
  );
}

const pass: readonly CallerStep[] = [{ hold: 2500 }, { press: '1' }, { hold: 1500 }];
async function rung(
  steps: readonly CallerStep[] = [{ hold: 500 }],
): Promise<{ sip: string; exits: string[] }> {
  const phone = await lab.ring({ from: '+12125550170', to: ownNumber, steps });
  const { calls } = await phone.finished();
  const id = phone.callId();
  const exits = (await lab.arrivals()).filter(({ callId }) => callId === id).map(({ exit }) => exit);
  return { sip: calls.get(id)?.join() ?? 'lost', exits };
}

const contextOfTrunk = async (): Promise<string> =>
  /^ *context +: (\S*)/m.exec(await lab.asterisk.cli('pjsip show endpoint carrier'))?.[1] ?? '';

test('a dry run shows every change and makes none', async () => {
  const { out, code } = await init('--dry-run');
  expect(code, out).toBe(0);
  for (const name of ['http.conf', 'ari.conf', 'voicemail.conf', 'extensions.conf', 'pjsip.conf'])
    expect(out).toContain(`+++ ${etc(name)}`);
  expect(out).toContain('password = ********');
  expect(await differences()).toBe('');
  await expect(stat(own('init.json'))).rejects.toThrow('ENOENT');
});

test('when Asterisk cannot read the new dialplan, all is put back', async () => {
  await mkdir(etc('gatehouse'), { mode: 0o700 });
  const { out, code } = await init();
  await rm(etc('gatehouse'), { recursive: true });
  expect(code).toBe(1);
  expect(out).toContain('after the reload Asterisk has no [gatehouse-connect]');
  expect(out).toContain('Everything is as it was before');
  expect(await differences()).toBe('');
  expect(await contextOfTrunk()).toBe('from-carrier');
  expect(await lab.asterisk.cli('http show status')).toContain('Server Disabled');
  await expect(exec('diff', ['-r', shippedRules, own('rules')])).resolves.toMatchObject({ stdout: '' });
  for (const name of ['init.json', 'ari-password', 'gatehouse.env'])
    await expect(stat(own(name))).rejects.toThrow('ENOENT');
});

test('init changes what is needed, and says what happened', async () => {
  const { out, code } = await init();
  expect(code, out).toBe(0);
  expect(out).toContain('it was not screened (app-absent)');
  expect(await contextOfTrunk()).toBe('gatehouse-in');
  expect((await stat(own('ari-password'))).mode & 0o777).toBe(0o600);
  expect(await readFile(own('rules/policy.yaml'), 'utf8')).toContain(
    `own-numbers: '${ownNumber}..+13172740109'`,
  );
  expect((await lab.operators.calls()).length).toBe(1);
});

test('a second time it changes nothing', async () => {
  const before = await differences();
  const { out, code } = await init();
  expect(code, out).toBe(0);
  expect(out).toContain('nothing was changed');
  expect(await differences()).toBe(before);
});

test('before Gatehouse is started calls reach the operators, and then they are screened', async () => {
  expect(await rung()).toMatchObject({ exits: ['operators'] });
  await lab.gatehouse.start();
  expect(await rung(pass)).toEqual({ sip: 'answered,hung-up', exits: ['operators'] });
  const calls = await gatehouse('calls', '--json');
  expect(calls.out).toContain('"everyone-else"');
});

test('a trunk that somebody has set back is set again; the call to ourselves is screened', async () => {
  await cp(join(site, 'before', 'pjsip.conf'), etc('pjsip.conf'));
  await lab.asterisk.cli('module reload res_pjsip.so');
  const { out, code } = await init();
  expect(code, out).toBe(0);
  expect(out.match(/^\+\+\+ .*$/gm)).toEqual([`+++ ${etc('pjsip.conf')}`]);
  expect(out).toContain('A call through Gatehouse came to the challenge: it was screened.');
  expect(await contextOfTrunk()).toBe('gatehouse-in');
});

test('uninit leaves the configuration byte for byte as it was', async () => {
  const { out, code } = await gatehouse('uninit');
  expect(code, out).toBe(0);
  expect(out).toMatch(/All \d+ files are as they were/);
  expect(await contextOfTrunk()).toBe('from-carrier');
  expect(await differences()).toBe('');
  for (const name of ['ari.conf', 'pjsip.conf']) {
    const [now, before] = [await stat(etc(name)), await stat(join(site, 'before', name))];
    expect(now.mode).toBe(before.mode);
    expect(now.uid).not.toBe(0);
  }
  await expect(exec('diff', ['-r', shippedRules, own('rules')])).resolves.toMatchObject({ stdout: '' });
  expect(await rung()).toMatchObject({ sip: 'answered,hung-up', exits: [] });
});
