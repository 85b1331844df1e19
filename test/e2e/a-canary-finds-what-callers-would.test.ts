import { appendFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import type { CanaryState } from '../../src/canary/canary.ts';
import { localTokenIfOurs } from '../../src/report/access/private-file.ts';
import { operatorsAre, setSite } from './exit-lab.ts';
import { outcomeOf, readOutcomes } from './outcomes.ts';

let lab: Lab;
const etc = (name: string): string => join(lab.dir, 'etc', name);
const cli = (command: string): Promise<string> => lab.asterisk.cli(command);
const queueFile = '[switchboard]\nstrategy = ringall\n';

beforeAll(async () => {
  lab = await Lab.up({
    env: { GATEHOUSE_CANARY: '10' },
    editAsterisk: async (dir) => {
      await setSite(dir, operatorsAre('TryExec(Queue(switchboard,,,,300))', 'Return()'));
      await appendFile(join(dir, 'queues.conf'), `${queueFile}member = PJSIP/operators\n`);
    },
  });
});
afterAll(() => lab?.down());

async function canary(): Promise<CanaryState> {
  const reply = await fetch(`${lab.gatehouse.url}/healthz`);
  return ((await reply.json()) as { canary: CanaryState }).canary;
}
const found = async () => (await canary()).faults.map(({ where }) => where);
const isWell = () =>
  until('all to be well', 30_000, async () => ((await canary()).state === 'well' ? true : null), 200);
/** As `gatehouse doctor --canary` asks for it: what it finds counts at once. */
async function callsNow(): Promise<string[]> {
  const token = localTokenIfOurs(join(lab.dir, 'gatehouse')) ?? '';
  const reply = await fetch(`${lab.gatehouse.url}/api/canary`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  return ((await reply.json()) as CanaryState).faults.map(({ where }) => where);
}

async function edited(name: string, change: (text: string) => string, reload: string) {
  const before = await readFile(etc(name), 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing was planted in ${name}`);
  await writeFile(etc(name), after);
  await cli(reload);
  return async () => {
    await writeFile(etc(name), before);
    await cli(reload);
  };
}

const oldContext = () =>
  edited(
    'pjsip.conf',
    (text) => text.replace('context = gatehouse-in', 'context = gatehouse-before'),
    'module reload res_pjsip.so',
  );

test('on a healthy site it is well', async () => {
  await isWell();
  expect(await canary()).toMatchObject({ state: 'well', faults: [] });
});

test('by itself it finds that the trunk has its old context, and that it is corrected', async () => {
  const back = await oldContext();
  await until('the trunk to be found', 60_000, async () =>
    (await found()).includes('trunk carrier') ? true : null,
  );
  await back();
  expect(await callsNow()).toEqual([]);
}, 120_000);

test.each([
  [
    'the mailbox is gone',
    'mailbox general',
    () => edited('voicemail.conf', (text) => text.replace(/^general *=>.*$/m, ''), 'voicemail reload'),
  ],
  [
    'no operator is in the queue',
    'exit operators',
    async () => {
      await cli('queue remove member PJSIP/operators from switchboard');
      return edited(
        'queues.conf',
        (text) => text.replace('member = PJSIP/operators\n', ''),
        'queue reload all',
      );
    },
  ],
  [
    'the sounds are removed',
    'prompts',
    async () => {
      const dir = join(lab.dir, 'prompts');
      await rename(dir, `${dir}.away`);
      return () => rename(`${dir}.away`, dir);
    },
  ],
  [
    'the site file is broken',
    'exit operators',
    () =>
      edited(
        'gatehouse/gatehouse-site.conf',
        (text) => text.replace('[gatehouse-to-operators]', '[gatehouse-to-operators'),
        'dialplan reload',
      ),
  ],
] as const)('asked for, it finds that %s', async (_, where, plant) => {
  const back = await plant();
  expect(await callsNow()).toEqual([where]);
  expect(await found()).toEqual([where]);
  await back();
  expect(await callsNow()).toEqual([]);
});

/** As the app makes one, which may die or freeze in the middle of it. */
async function place(id: string): Promise<void> {
  const { url, username, password } = lab.contract.ari;
  const query = new URLSearchParams({
    ...{ endpoint: 'Local/100@gatehouse-canary/n', context: 'no-calls', extension: 's', timeout: '60' },
    ...{ channelId: `app-${id}`, otherChannelId: id, api_key: `${username}:${password}` },
  });
  const reply = await fetch(`${url}/ari/channels?${query}`, { method: 'POST' });
  expect(reply.status).toBe(200);
}
const noChannels = () =>
  until('no channel to be left', 30_000, async () =>
    (await cli('core show channels count')).startsWith('0 active channels') ? true : null,
  );

test('with a dialplan that does not know canaries none is made, and it says so', async () => {
  const back = await edited(
    'gatehouse/gatehouse.conf',
    (text) => text.replace('[gatehouse-canary]', '[gatehouse-canary-of-another-version]'),
    'dialplan reload',
  );
  expect(await callsNow()).toEqual(['entry']);
  await back();
  expect(await callsNow()).toEqual([]);
});

test('one that meets a frozen Gatehouse, then a dead one, ends by itself and shuts nobody out', async () => {
  lab.gatehouse.child.signal('SIGSTOP');
  await place('gatehouse-canary-frozen');
  await noChannels();
  const beats = (await cli('dialplan show globals')).match(/GATEHOUSE_BEAT=(\d*)/)?.[1];
  expect(Number(beats)).toBeGreaterThan(0);
  lab.gatehouse.child.signal('SIGKILL');
  await until('its socket to close', 10_000, async () =>
    (await cli('ari show apps')).includes('gatehouse') ? null : true,
  );
  await place('gatehouse-canary-absent');
  await noChannels();
  await lab.gatehouse.start();
});

test('nobody was rung, nothing was recorded, and a caller is served as ever', async () => {
  expect(await lab.operators.calls()).toEqual([]);
  expect(await readOutcomes(lab)).toEqual([]);
  expect(await readdir(join(lab.dir, 'spool', 'gatehouse'))).toEqual([]);
  expect(await readdir(join(lab.dir, 'spool', 'voicemail')).catch(() => [])).toEqual([]);
  const phone = await lab.ring({
    from: numbers.customer,
    displayName: 'gatehouse-canary-0',
    to: switchboard,
    steps: [{ hold: 500 }],
  });
  await phone.finished();
  expect(await outcomeOf(lab, phone.callId())).toMatchObject({
    exit: { kind: 'connect', exit: 'operators' },
  });
});

// The last: only a restart brings the application back.
test('by itself it finds that a second voicemail module has taken VoiceMail() along', async () => {
  await cli('module load res_odbc.so').catch(() => '');
  await cli('module load app_voicemail_odbc.so').catch(() => '');
  expect(await cli('core show application VoiceMail')).toContain('not registered');
  const faults = await until('the lost application to be found', 60_000, async () => {
    const state = await canary();
    return state.state === 'failing' ? state.faults : null;
  });
  expect(faults).toMatchObject([
    { where: 'mailbox general', message: expect.stringContaining('has had no VoiceMail() since') },
  ]);
  await lab.asterisk.stop();
  await lab.asterisk.start();
  await isWell();
}, 120_000);
