import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallerStep } from '../../lab/caller-scenario.ts';
import { until } from '../../lab/child.ts';
import type { Lab } from '../../lab/lab.ts';
import { AdminSite } from './admin-site.ts';
import { applyConfig, fillAstDb, layFreePbx } from './freepbx-site.ts';
import { outcomeOf } from './outcomes.ts';

const exec = promisify(execFile);
let admin: AdminSite;
let lab: Lab;
let site: string;
const own = (name: string): string => admin.own(name);
const etc = (name = ''): string => join(lab.dir, 'etc', name);

beforeAll(async () => {
  admin = await AdminSite.up(
    `own-numbers: '+1 317 274 0100..+1 317 274 0119'\ntime-zone: America/Chicago\nmailbox: '100'\nmonitor: false\n`,
    {
      editAsterisk: layFreePbx,
      prepare: async ({ asterisk, dir }) => {
        await mkdir(join(dir, 'cron.d'));
        await fillAstDb(asterisk);
      },
    },
  );
  lab = admin.lab;
  site = admin.dir;
});
afterAll(() => admin?.down());

const gatehouse: AdminSite['gatehouse'] = (...args) => admin.gatehouse(...args);
const init: AdminSite['init'] = (...args) => admin.init(...args);
const contextOfTrunk = (): Promise<string> => admin.contextOfTrunk();

/** Files of Asterisk that are not as they were, without those of Gatehouse's own directory. */
async function changedFiles(): Promise<string[]> {
  const changed: string[] = [];
  for (const name of await readdir(join(site, 'before'))) {
    const before = await readFile(join(site, 'before', name), 'latin1').catch(() => null);
    if (before !== null && before !== (await readFile(etc(name), 'latin1'))) changed.push(name);
  }
  return changed.sort();
}

const pass: readonly CallerStep[] = [{ hold: 2500 }, { press: '1' }, { hold: 3500 }];
/** Stays until the other side hangs up. */
const passAndStay: readonly CallerStep[] = [{ hold: 2500 }, { press: '1' }, { hold: 30_000 }];
const leaveWord: readonly CallerStep[] = [{ hold: 2500 }, { press: '1' }, { hold: 2500 }, { speak: 3500 }];
const fail: readonly CallerStep[] = [
  { hold: 2500 },
  { press: '7' },
  { hold: 3500 },
  { press: '8' },
  { hold: 7000 },
  { speak: 3500 },
];

interface Rung {
  readonly sip: string;
  /** What phones showed; empty: none rang. */
  readonly shown: readonly string[];
  readonly callId: string;
}

async function ring(
  from: string,
  to: string,
  steps: readonly CallerStep[] = [{ hold: 1500 }],
  displayName = 'JOHN DOE',
): Promise<Rung> {
  const phone = await lab.ring({ from, to, displayName, steps });
  const { calls } = await phone.finished();
  const rang = (await lab.operators.calls()).filter((call) => call.from.includes(`sip:${from}@`));
  return {
    callId: phone.callId(),
    sip: calls.get(phone.callId())?.join() ?? 'lost',
    shown: rang.map((call) => /"(.*)"/.exec(call.from)?.[1] ?? ''),
  };
}

const cronFile = (): string => join(lab.dir, 'cron.d/gatehouse-blacklist');

const messages = async (): Promise<number> =>
  (await readdir(join(lab.dir, 'spool/voicemail/default/100/INBOX')).catch(() => [])).filter((name) =>
    name.endsWith('.txt'),
  ).length;

test('init writes only what FreePBX leaves to the site, the trunk included', async () => {
  await lab.asterisk.cli('database put blacklist 2125550199 1');
  await lab.asterisk.cli('database put blacklist dest app-blackhole,hangup,1');
  const { out, code } = await init();
  expect(code, out).toBe(0);
  // Not the form +1…, which leads to the route of all other numbers.
  expect(out).toContain('Calling 3172740100 through Gatehouse once');
  expect(out).not.toContain('set the context');
  expect(await contextOfTrunk()).toBe('gatehouse-in');
  expect(await changedFiles()).toEqual([
    'ari_additional_custom.conf',
    'ari_general_custom.conf',
    'extensions_custom.conf',
    'globals_custom.conf',
    'http_custom.conf',
    'pjsip.endpoint_custom_post.conf',
  ]);
});

test('before Gatehouse is started calls go where they went, shown as not screened', async () => {
  expect(await ring('2125550160', '3172740100')).toMatchObject({
    sip: 'answered,hung-up',
    shown: ['Not screened: JOHN DOE'],
  });
});

test('doctor finds no error', async () => {
  await lab.gatehouse.start();
  const { out, code } = await gatehouse('doctor');
  expect(code, out).toBe(0);
  expect(out).not.toMatch(/WARNING .*(sessionlimit|websocket_write_timeout|trunk)/);
});

test.concurrent('callers reach the inbound routes, and phones show who they are after any lookup of names', async () => {
  await lab.asterisk.cli('database put cidname 2125550171 "Phone Book"');
  await lab.asterisk.cli('database put superfecta 2125550173 "Looked Up"');
  const [customer, known, group, queue, open, pattern, any] = await Promise.all([
    ring('3175550140', '3172740100'),
    ring('2125550171', '3172740100', pass),
    ring('2125550172', '3172740101', pass),
    ring('2125550173', '3172740102', pass),
    ring('2125550174', '3172740103', pass),
    ring('2125550175', '3172740115', pass),
    ring('2125550176', '3172749999', pass),
  ]);
  const sip = 'answered,hung-up';
  expect(customer).toMatchObject({ sip, shown: ['Customer Acme Medical Supply'] });
  expect(known).toMatchObject({ sip, shown: ['Passed: Phone Book'] });
  expect(group).toMatchObject({ sip, shown: ['Sales:Passed: JOHN DOE'] });
  expect(queue).toMatchObject({ sip, shown: ['Passed: Support:Looked Up'] });
  expect(open).toMatchObject({ sip, shown: ['Passed: JOHN DOE'] });
  expect(pattern).toMatchObject({ sip, shown: ['Passed: JOHN DOE'] });
  expect(any).toMatchObject({ sip, shown: ['Passed: JOHN DOE'] });
  // DB() writes on, after Gatehouse: what *32 and *69 read.
  expect(await lab.asterisk.cli('database get CALLTRACE 100')).toMatch(/Value: \d{10}/);
});

test.concurrent('mailboxes: of who fails the challenge, and of a route', async () => {
  const before = await messages();
  const [failed, routed] = await Promise.all([
    ring('2125550181', '3172740100', fail),
    ring('2125550182', '3172740104', leaveWord),
  ]);
  expect(failed.shown).toEqual([]);
  expect(routed.shown).toEqual([]);
  await until('two messages', 10_000, async () => ((await messages()) === before + 2 ? true : null));
});

test.concurrent("FreePBX's blacklist: taken over by init, and still asked by the route", async () => {
  await lab.asterisk.cli('database put blacklist 2125550198 1');
  const [taken, later] = await Promise.all([
    ring('2125550199', '3172740100', passAndStay),
    ring('2125550198', '3172740100', passAndStay),
  ]);
  expect(taken).toMatchObject({ sip: 'answered,ended-by-peer', shown: [] });
  expect((await outcomeOf(lab, taken.callId)).decision?.rule).toBe('blocked');
  expect(later).toMatchObject({ sip: 'answered,ended-by-peer', shown: [] });
  expect((await outcomeOf(lab, later.callId)).decision?.rule).toBe('everyone-else');
});

test('Apply Config writes its files anew, and nothing of init is lost', async () => {
  await applyConfig(lab.asterisk, etc());
  expect(await contextOfTrunk()).toBe('gatehouse-in');
  expect((await init()).out).toContain('nothing was changed');
});

test('a trunk that was renamed in FreePBX costs no phone and no call, also at a restart', async () => {
  for (const name of ['pjsip.endpoint.conf', 'pjsip.aor.conf', 'pjsip.identify.conf']) {
    const text = await readFile(etc(name), 'utf8');
    await writeFile(
      etc(name),
      text.replace(/^\[carrier\]/gm, '[renamed]').replace('endpoint=carrier', 'endpoint=renamed'),
    );
  }
  await lab.asterisk.cli('core restart now').catch(() => '');
  await until('Asterisk to be back', 30_000, async () =>
    (await lab.asterisk.cli('pjsip show endpoint renamed').catch(() => '')).includes('from-pstn')
      ? true
      : null,
  );
  await lab.asterisk.cli('core waitfullybooted');
  expect((await ring('2125550186', '3172740100')).shown).toEqual(['JOHN DOE']);
  await applyConfig(lab.asterisk, etc());
  await until('Gatehouse to be back', 30_000, async () => ((await lab.gatehouse.ready()) ? true : null));
  // Not of the exchange and the name that many have passed with by now: those are a campaign.
  const { shown } = await ring('3125550187', '3172740100', pass, 'JANE ROE');
  expect(shown).toEqual(['Passed: JANE ROE']);
});

/** Version of the rules by which calls are decided now. */
async function inForce(): Promise<string> {
  const reply = await fetch(`${lab.gatehouse.url}/healthz`);
  return ((await reply.json()) as { policy: { version: string } }).policy.version;
}

test('numbers that are put on the blacklist later are turned away once they are copied', async () => {
  const list = own('rules/lists/freepbx-blacklist.astdb');
  const before = await inForce();
  await lab.asterisk.cli('database put blacklist 2125550197 1');
  const env = { PATH: `${join(site, 'bin')}${delimiter}${process.env.PATH}` };
  const command = /^\* \* \* \* \* root (.*)$/m.exec(await readFile(cronFile(), 'utf8'))?.[1] ?? 'false';
  await exec('sh', ['-c', command], { env });
  expect(await readFile(list, 'utf8')).toBe(
    '/blacklist/2125550197 : 1\n/blacklist/2125550198 : 1\n/blacklist/2125550199 : 1\n',
  );
  expect((await gatehouse('lists', 'find', '2125550197')).out).toContain('freepbx-blacklist');
  await until('the rules to be in force', 30_000, async () => ((await inForce()) === before ? null : true));
  const { callId, shown } = await ring('2125550197', '3172740100', pass);
  expect(shown).toEqual([]);
  expect((await outcomeOf(lab, callId)).decision?.rule).toBe('blocked');
});

test('a Gatehouse that is killed: the inbound route as before, and the label', async () => {
  lab.gatehouse.child.signal('SIGKILL');
  await lab.gatehouse.child.ended;
  const [named, queued] = await Promise.all([
    ring('2125550171', '3172740100'),
    ring('2125550184', '3172740101'),
  ]);
  expect(named.shown.at(-1)).toBe('Not screened: Phone Book');
  expect(queued.shown).toEqual(['Sales:Not screened: JOHN DOE']);
});

test('uninit leaves FreePBX as it was', async () => {
  const { out, code } = await gatehouse('uninit');
  expect(code, out).toBe(0);
  expect(await contextOfTrunk()).toBe('from-pstn');
  expect(await changedFiles()).toEqual([]);
  expect(out).toMatch(/All \d+ files are as they were/);
  for (const path of [cronFile(), own('rules/lists/freepbx-blacklist.astdb')])
    await expect(stat(path)).rejects.toThrow('ENOENT');
  expect(await ring('2125550185', '3172740100')).toMatchObject({
    sip: 'answered,hung-up',
    shown: ['JOHN DOE'],
  });
});
