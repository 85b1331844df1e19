import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallerStep } from '../../lab/caller-scenario.ts';
import { type Lab, shippedRules } from '../../lab/lab.ts';
import { AdminSite } from './admin-site.ts';

const exec = promisify(execFile);
const ownNumber = '+13172740100';
let admin: AdminSite;
let lab: Lab;
let site: string;
const own = (name: string): string => admin.own(name);
const etc = (name = ''): string => join(lab.dir, 'etc', name);

beforeAll(async () => {
  admin = await AdminSite.up(
    `own-numbers: '${ownNumber}..+13172740109'\ntime-zone: America/Chicago\nmonitor: false\n`,
  );
  lab = admin.lab;
  site = admin.dir;
});
afterAll(() => admin?.down());

const gatehouse: AdminSite['gatehouse'] = (...args) => admin.gatehouse(...args);
const init: AdminSite['init'] = (...args) => admin.init(...args);
const contextOfTrunk = (): Promise<string> => admin.contextOfTrunk();

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

test('a dry run shows every change and makes none', async () => {
  const { out, code } = await init('--dry-run');
  expect(code, out).toBe(0);
  for (const name of ['http.conf', 'ari.conf', 'voicemail.conf', 'extensions.conf', 'pjsip.conf'])
    expect(out).toContain(`+++ ${etc(name)}`);
  expect(out).toContain('password = ********');
  expect(await differences()).toBe('');
  await expect(stat(own('init.json'))).rejects.toThrow('ENOENT');
});

test('without a terminal it names the question that it cannot ask', async () => {
  const { out, code } = await gatehouse('init', '--dry-run');
  expect(code).toBe(1);
  expect(out).toContain('nobody is there to answer "Your country (two letters)');
  expect(await differences()).toBe('');
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

test('a trunk that was moved away and back by hand is led back by the record', async () => {
  expect((await init('--no-ring')).code).toBe(0);
  const before = await readFile(join(site, 'before', 'pjsip.conf'), 'utf8');
  await writeFile(etc('pjsip.conf'), before.replaceAll('from-carrier', 'gatehouse-in'));
  await lab.asterisk.cli('module reload res_pjsip.so');
  expect(await contextOfTrunk()).toBe('gatehouse-in');
  const { out, code } = await gatehouse('uninit');
  expect(code, out).toBe(0);
  expect(out).toContain('its context is from-carrier again');
  expect(await contextOfTrunk()).toBe('from-carrier');
  expect(await differences()).toBe('');
});
