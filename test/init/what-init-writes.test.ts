import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadRules } from '../../src/rules/read-rules.ts';
import { initialized, plainFiles, Site } from './site.ts';

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

test('a file that only its owner can read stays so', async () => {
  const site = await Site.of();
  onTestFinished(() => site.close());
  chmodSync(join(site.etc, 'extensions.conf'), 0o600);
  await site.init();
  expect(statSync(join(site.etc, 'extensions.conf')).mode & 0o777).toBe(0o600);
});
