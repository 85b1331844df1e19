import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { GivenAnswers } from '../../src/init/answers.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { plainFiles, Site } from './site.ts';

async function initialized(
  given: GivenAnswers = {},
  files: Readonly<Record<string, string>> = {},
): Promise<{ site: Site; steps: readonly string[] }> {
  const site = await Site.of({ ...plainFiles, ...files });
  onTestFinished(() => site.close());
  const { steps } = await site.init(given);
  return { site, steps };
}

test('http.conf: only what is missing, and no second [general]', async () => {
  const { site } = await initialized();
  expect(site.read('http.conf')).toMatch(/\n\[general\]\(\+\)\nenabled = yes\nsessionlimit = 1000\n; /);
  expect(site.read('http.conf')).not.toContain('bindaddr = ');
});

test('an Asterisk that has lost its voicemail is to be restarted, at each run until then', async () => {
  const site = await Site.of(plainFiles);
  onTestFinished(() => site.close());
  site.console.hasVoicemail = false;
  const restart = expect.stringContaining('restart Asterisk once');
  expect((await site.init()).steps).toContainEqual(restart);
  expect(await site.init()).toMatchObject({ did: 'nothing', steps: [restart] });
});

test('http.conf: an address and limits that others need stay', async () => {
  const http = '[general]\nenabled=yes\nbindaddr=0.0.0.0\nsessionlimit=500\n';
  const { site } = await initialized({}, { 'http.conf': http });
  expect(site.read('http.conf')).toBe(http);
});

test('ari.conf: a user with a random password, the same in a file for root only', async () => {
  const { site } = await initialized();
  const password = readFileSync(site.places.password, 'utf8');
  expect(password).toMatch(/^[\w-]{32}\n$/);
  expect(site.read('ari.conf')).toContain(`[gatehouse]\ntype = user\nread_only = no\npassword = ${password}`);
  expect(statSync(site.places.password).mode & 0o777).toBe(0o600);
  expect(statSync(join(site.etc, 'ari.conf')).mode & 0o007).toBe(0);
});

test('ari.conf: a user that is there keeps its password', async () => {
  const ari = '[general]\nenabled=yes\nwebsocket_write_timeout=5000\n[gatehouse]\ntype=user\npassword=abc\n';
  const { site } = await initialized({}, { 'ari.conf': ari });
  expect(site.read('ari.conf')).toBe(ari);
  expect(readFileSync(site.places.password, 'utf8')).toBe('abc\n');
});

test('ari.conf: a password that it cannot hold is refused', async () => {
  const site = await Site.of();
  onTestFinished(() => site.close());
  writeFileSync(site.places.password, 'a;b\n');
  await expect(site.init()).rejects.toThrow('has characters that ari.conf cannot hold');
});

test('a password is never shown', async () => {
  const { site } = await initialized();
  const said = site.said.join('\n');
  expect(said).toContain('password = ********');
  expect(said).not.toContain(readFileSync(site.places.password, 'utf8').trim());
  expect(said).toContain(`+++ ${join(site.etc, 'pjsip.conf')}`);
});

test('extensions.conf: the context of before, the includes that may fail, and a section of its own for globals', async () => {
  const { site } = await initialized();
  const block = site.read('extensions.conf').slice((plainFiles['extensions.conf'] ?? '').length);
  expect(block.split('\n').slice(1, -2)).toEqual([
    '[globals](+)',
    'GATEHOUSE_FALLBACK = gatehouse-before',
    `GATEHOUSE_SPOOL = ${site.dir}/spool/gatehouse`,
    '[gatehouse-before]',
    'include => from-carrier',
    'include => gatehouse-exit',
    '[gatehouse-in]',
    'include => gatehouse-before',
    '#tryinclude gatehouse/gatehouse.conf',
    '#tryinclude gatehouse/gatehouse-site.conf',
  ]);
  expect(readFileSync(site.places.env, 'utf8')).toContain(`GATEHOUSE_SPOOL=${site.dir}/spool/gatehouse\n`);
  expect(statSync(join(site.dir, 'spool/gatehouse')).mode & 0o7777).toBe(0o2770);
});

test('a dialplan that was installed by hand is not installed twice', async () => {
  const extensions = '[from-carrier]\n[gatehouse-in]\n#tryinclude gatehouse/gatehouse.conf\n';
  const { site } = await initialized(
    {},
    { 'extensions.conf': extensions, 'gatehouse/gatehouse.conf': '; old\n' },
  );
  expect(site.read('extensions.conf')).toBe(extensions);
  expect(site.read('gatehouse/gatehouse.conf')).toContain('[gatehouse-connect]');
});

test.each([
  [undefined, '1,Goto(gatehouse-fallback,s,1)\n'],
  [{ queue: 'desk' }, '1,TryExec(Queue(desk,,,,300))\n same => n,Return()\n'],
  [{ dial: 'PJSIP/desk' }, '1,Dial(PJSIP/desk,60)\n same => n,Return()\n'],
])('operators %j', async (operators, steps) => {
  const { site } = await initialized(operators === undefined ? {} : { operators });
  const text = site.read('gatehouse/gatehouse-site.conf');
  expect(text).toContain(
    `[gatehouse-to-operators]\nexten => h,1,Hangup()\nexten => _[+0-9A-Za-z*#]!,${steps}; Your`,
  );
  expect(text).not.toContain('is not edited');
});

test('voicemail.conf: a mailbox of its own, unless the one that is named is there', async () => {
  const { site } = await initialized();
  expect(site.read('voicemail.conf')).toMatch(
    /\n\[default\]\(\+\)\ngeneral => \d{6},Switchboard,,,minsecs=3\n; /,
  );
  const other = (await initialized({ mailbox: '100' })).site;
  expect(other.read('voicemail.conf')).toBe(plainFiles['voicemail.conf']);
  expect(other.read('extensions.conf')).toContain('GATEHOUSE_BOX = 100\n');
  expect(readFileSync(join(other.places.rules, 'policy.yaml'), 'utf8')).toContain('voicemail-box: 100');
});

test('the rules have the site’s own numbers, are accepted, and only watch at first', async () => {
  const numbers = ['+1 317 274 0100..+1 317 274 0109', '+13172740200'];
  const { site } = await initialized({ 'own-numbers': numbers });
  const { policy } = await loadRules(site.places.rules);
  expect(policy?.settings).toMatchObject({ mode: 'monitor', timeZone: 'America/Chicago' });
  expect(policy?.settings.ownPatterns).toHaveLength(2);
  expect(readFileSync(join(site.places.rules, 'policy.yaml'), 'utf8')).not.toContain('+1 317 555 0105');
});

test('rules that somebody has edited are not asked about, and not changed', async () => {
  const site = await Site.of();
  onTestFinished(() => site.close());
  const policy = join(site.places.rules, 'policy.yaml');
  await site.init();
  await site.uninit();
  const edited = readFileSync(policy, 'utf8').replaceAll('+1 317 555 01', '+1 317 274 01');
  writeFileSync(policy, edited);
  await site.init({ 'own-numbers': undefined });
  expect(readFileSync(policy, 'utf8')).toBe(edited);
});

test('rules that would be refused stop it before anything is changed', async () => {
  const site = await Site.of();
  onTestFinished(() => site.close());
  const before = site.snapshot();
  await expect(site.init({ language: 'xx' })).rejects.toThrow(
    /the rules would be refused:\n.*policy\.yaml:\d+/,
  );
  expect(site.snapshot()).toEqual(before);
});

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

const copiesBlacklist = expect.stringContaining("have FreePBX's blacklist copied");

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
    copiesBlacklist,
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
  expect(steps).toEqual([copiesBlacklist]);
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
    copiesBlacklist,
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
  expect(readFileSync(join(site.places.rules, 'lists/freepbx-blacklist.astdb'), 'utf8')).toBe(
    '/blacklist/+13172740181 : roof salesman\n/blacklist/3172740180 : 1\n',
  );
  expect(steps).toEqual([copiesBlacklist]);
  const { policy, problems } = await loadRules(site.places.rules);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(policy?.lists.get('freepbx-blacklist')?.size).toBe(2);
  await site.uninit();
  expect(existsSync(join(site.places.rules, 'lists/freepbx-blacklist.astdb'))).toBe(false);
});

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
  expect(steps).toEqual([copiesBlacklist, expect.stringContaining('exclude app_voicemail_odbc.so')]);
});

test('a file that only its owner can read stays so', async () => {
  const site = await Site.of();
  onTestFinished(() => site.close());
  chmodSync(join(site.etc, 'extensions.conf'), 0o600);
  await site.init();
  expect(statSync(join(site.etc, 'extensions.conf')).mode & 0o777).toBe(0o600);
});
