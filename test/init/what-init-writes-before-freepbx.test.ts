import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { init } from '../../src/init/init.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { initialized, plainFiles, Site } from './site.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

const freepbx = {
  'extensions.conf':
    '[globals]\n#include globals_custom.conf\n#include extensions_additional.conf\n#include extensions_custom.conf\n',
  'extensions_additional.conf': '[from-trunk]\nexten => _X.,1,NoOp()\n',
  'extensions_custom.conf': '; mine\n',
  'http.conf': '[general]\n#include http_additional.conf\n#include http_custom.conf\n',
  'http_additional.conf': 'enabled=yes\nbindaddr=::\n',
  'http_custom.conf': '',
  'ari.conf':
    '[general]\n#include ari_general_additional.conf\n#include ari_general_custom.conf\n#include ari_additional.conf\n#include ari_additional_custom.conf\n',
  'ari_general_additional.conf': 'enabled=yes\n',
  'ari_general_custom.conf': '',
  'ari_additional.conf': '[freepbxuser]\ntype=user\n',
  'ari_additional_custom.conf': '',
  'pjsip.conf': '#include pjsip.endpoint.conf\n#include pjsip.identify.conf\n',
  'pjsip.endpoint.conf': '[carrier]\ntype=endpoint\ncontext=from-trunk\n',
  'pjsip.identify.conf': '[carrier]\ntype=identify\nendpoint=carrier\n',
};

test('FreePBX: only its custom files are written, and what is in its database is said', async () => {
  const { site, steps } = await initialized({ mailbox: 'general' }, freepbx);
  const changed = Object.entries({ ...plainFiles, ...freepbx })
    .filter(([name, text]) => site.read(name) !== text)
    .map(([name]) => name)
    .sort();
  expect(changed).toEqual([
    'ari_additional_custom.conf',
    'ari_general_custom.conf',
    'extensions_custom.conf',
    'http_custom.conf',
  ]);
  expect(site.read('globals_custom.conf')).toMatch(/\nGATEHOUSE_FALLBACK = gatehouse-before\n/);
  expect(site.read('globals_custom.conf')).not.toContain('[');
  expect(site.read('extensions_custom.conf')).toContain('include => from-trunk\n');
  expect(site.read('ari_general_custom.conf')).toContain('websocket_write_timeout = 5000');
  expect(site.read('ari_additional_custom.conf')).toContain('[gatehouse]\ntype = user');
  expect(steps).toEqual([
    expect.stringContaining('there is no mailbox general'),
    expect.stringContaining('set the context of trunk carrier to gatehouse-in'),
  ]);
  expect((await site.init()).did).toBe('nothing');
  const trunk = freepbx['pjsip.endpoint.conf'];
  site.write('pjsip.endpoint.conf', trunk.replace('from-trunk', 'gatehouse-in'));
  await site.console.ask('module reload res_pjsip.so');
  expect(await site.init()).toMatchObject({
    did: 'nothing',
    steps: [expect.stringContaining('there is no mailbox')],
  });
  await expect(site.uninit()).rejects.toThrow('endpoint carrier still leads to gatehouse-in');
  site.write('pjsip.endpoint.conf', trunk);
  await site.console.ask('module reload res_pjsip.so');
  expect(await site.uninit()).toMatchObject({ notes: [] });
  expect(existsSync(join(site.etc, 'globals_custom.conf'))).toBe(false);
  for (const name of changed) expect(site.read(name)).toBe(freepbx[name as keyof typeof freepbx]);
});

/** As FreePBX 17 has it: the site's own file comes after the trunks. */
const freepbx17 = {
  ...freepbx,
  'pjsip.conf':
    '#include pjsip.endpoint.conf\n#include pjsip.endpoint_custom_post.conf\n#include pjsip.identify.conf\n',
  'pjsip.endpoint_custom_post.conf': '[carrier](+)\ncontext=from-pstn-e164-us\n',
};

test('FreePBX: the trunk is led to Gatehouse in the file that it leaves to the site for that', async () => {
  const { site, steps } = await initialized({ mailbox: '100' }, freepbx17);
  expect(steps).toEqual([]);
  expect(site.read('pjsip.endpoint.conf')).toBe(freepbx17['pjsip.endpoint.conf']);
  expect(site.read('pjsip.endpoint_custom_post.conf')).toMatch(
    /^\[carrier\]\(\+\)\ncontext=from-pstn-e164-us\n.*\n\[carrier\]\(\+type=endpoint\)\ncontext = gatehouse-in\n.*\n$/,
  );
  expect(site.read('extensions_custom.conf')).toContain('include => from-pstn-e164-us\n');
  // Unasked, the mailbox of the first run.
  expect((await site.init()).did).toBe('nothing');
  await site.uninit();
  expect(site.read('pjsip.endpoint_custom_post.conf')).toBe(freepbx17['pjsip.endpoint_custom_post.conf']);
});

test('FreePBX: whoever names a mailbox that no extension has is asked again', async () => {
  const site = await Site.of({ ...plainFiles, ...freepbx17 });
  onTestFinished(() => site.close());
  const asked: string[] = [];
  const replies = ['999', '100'];
  const ask = (question: string, usual: string | null): Promise<string> => {
    if (!question.includes('Mailbox')) return Promise.resolve(usual ?? '');
    asked.push(question);
    return Promise.resolve(replies.shift() ?? '');
  };
  await site.init({}, { ask });
  expect(asked).toEqual([
    expect.stringMatching(/^Mailbox .* of 100$/),
    expect.stringMatching(/^"999" is not possible here\.\nMailbox/),
  ]);
  expect(site.read('globals_custom.conf')).toContain('GATEHOUSE_BOX = 100\n');
});

test('FreePBX: phones show the label after a lookup of names; a hook that the site has is left to it', async () => {
  const hook = '[macro-dialout-one-predial-hook]\nexten => s,1,Return()\n';
  const { site, steps } = await initialized(
    { mailbox: '100' },
    { ...freepbx17, 'extensions_custom.conf': hook },
  );
  const written = site.read('extensions_custom.conf');
  expect(written.match(/^\[macro-.*\]$/gm)).toEqual([
    '[macro-dialout-one-predial-hook]',
    '[macro-dial-hunt-predial-hook]',
    '[macro-dial-ringall-predial-hook]',
  ]);
  expect(steps).toEqual([
    expect.stringContaining('let your own [macro-dialout-one-predial-hook] do GosubIf'),
  ]);
});

test('FreePBX: its blacklist becomes a list of the example rules, without its settings', async () => {
  const site = await Site.of({ ...plainFiles, ...freepbx17 });
  onTestFinished(() => site.close());
  site.console.blacklist = `/blacklist/+13172740181                  : roof salesman
/blacklist/3172740180   : 1
/blacklist/blocked      : 1
/blacklist/dest         : app-blackhole,hangup,1
4 results found.
`;
  const { steps } = await site.init({ mailbox: '100' });
  const list = join(site.places.rules, 'lists/freepbx-blacklist.astdb');
  expect(readFileSync(list, 'utf8')).toBe(
    '/blacklist/+13172740181 : roof salesman\n/blacklist/3172740180 : 1\n',
  );
  expect(modeOf(list)).toBe(0o640);
  expect(steps).toEqual([]);
  const { policy, problems } = await loadRules(site.places.rules);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(policy?.lists.get('freepbx-blacklist')?.size).toBe(2);
});

test('FreePBX: cron copies the blacklist each minute, and uninit takes out what it has copied', async () => {
  const site = await Site.of({ ...plainFiles, ...freepbx17 });
  onTestFinished(() => site.close());
  const before = site.snapshot();
  await site.init({ mailbox: '100' });
  const [cron, script] = [site.cronFile, join(site.places.program, 'deploy/freepbx-blacklist')];
  const list = join(site.places.rules, 'lists/freepbx-blacklist.astdb');
  expect(site.said.join('\n')).toContain(`+++ ${cron}\n`);
  expect(readFileSync(cron, 'utf8').split('\n').slice(1)).toEqual([
    `* * * * * root test ! -e ${script} || sh ${script} ${list}`,
    '',
  ]);
  expect(modeOf(cron)).toBe(0o644);
  // As an init that only named the line has left it.
  rmSync(cron);
  expect((await site.init()).did).toBe('changed');
  writeFileSync(list, '/blacklist/3172740180 : 1\n');
  expect((await site.init()).did).toBe('nothing');
  expect(await site.uninit()).toMatchObject({ notes: [] });
  expect(site.snapshot()).toEqual(before);
});

test('FreePBX: without cron the command is named, and a line that somebody has written stays', async () => {
  const site = await Site.of({ ...plainFiles, ...freepbx17 });
  onTestFinished(() => site.close());
  writeFileSync(site.cronFile, '* * * * * root mine\n');
  await site.init({ mailbox: '100' });
  await site.uninit();
  expect(readFileSync(site.cronFile, 'utf8')).toBe('* * * * * root mine\n');
  rmSync(dirname(site.cronFile), { recursive: true });
  const { steps } = await site.init({ mailbox: '100' });
  expect(steps).toEqual([expect.stringMatching(/copied again each minute, as root: test ! -e .* \|\| sh /)]);
});

test.skipIf(process.getuid?.() !== 0)(
  'what holds numbers of people or passwords is closed to others, and open to the service',
  async () => {
    const site = await Site.of({ ...plainFiles, ...freepbx17 });
    onTestFinished(() => site.close());
    const service = 12_345;
    const policy = join(site.places.rules, 'policy.yaml');
    const before = site.snapshot();
    await init({ ...site.options({ mailbox: '100' }), places: { ...site.places, group: service } });
    for (const path of [policy, site.places.env, join(site.places.rules, 'lists/freepbx-blacklist.astdb')])
      expect([modeOf(path), statSync(path).gid], path).toEqual([0o640, service]);
    for (const path of [site.places.password, site.places.manifest]) expect(modeOf(path), path).toBe(0o600);
    await site.uninit();
    expect(site.snapshot()).toEqual(before);
    expect(statSync(policy).gid).toBe(0);
  },
);

test('FreePBX: an empty blacklist is taken over too; left to itself init takes the first mailbox, and what excludes modules is said', async () => {
  const site = await Site.of({ ...plainFiles, ...freepbx17 });
  onTestFinished(() => site.close());
  site.console.hasVoicemail = false;
  const { steps } = await site.init();
  expect(readFileSync(join(site.places.rules, 'lists/freepbx-blacklist.astdb'), 'utf8')).toBe('');
  const { policy, problems } = await loadRules(site.places.rules);
  expect(problems).toEqual([]);
  expect(policy?.lists.get('freepbx-blacklist')?.size).toBe(0);
  expect(policy?.settings.voicemailBox).toBe('100');
  expect(site.read('globals_custom.conf')).toContain('\nGATEHOUSE_BOX = 100\n');
  expect(steps).toEqual([expect.stringContaining('exclude app_voicemail_odbc.so')]);
});
