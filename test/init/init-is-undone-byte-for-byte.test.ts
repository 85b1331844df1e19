import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RolledBack } from '../../src/init/apply.ts';
import { plainFiles, Site } from './site.ts';

async function site(files: Readonly<Record<string, string>> = plainFiles): Promise<Site> {
  const one = await Site.of(files);
  onTestFinished(() => one.close());
  return one;
}

test('init and uninit leave every byte and mode as they were', async () => {
  const one = await site();
  chmodSync(join(one.etc, 'ari.conf'), 0o644);
  const before = one.snapshot();
  expect((await one.init()).did).toBe('changed');
  expect(one.snapshot()).not.toEqual(before);
  expect(one.read('pjsip.conf')).toContain(
    'context = gatehouse-in ; gatehouse init, before:  context=from-carrier\t; old\n',
  );
  expect(await one.uninit()).toMatchObject({ notes: [] });
  expect(one.snapshot()).toEqual(before);
  expect(await one.uninit()).toBeNull();
});

test.each([
  ['it was there before', 'known', 0],
  ['init had made it', null, 1],
])('uninit stops a Gatehouse only without its password: %s', async (_, password, stops) => {
  const one = await site();
  if (password !== null) writeFileSync(one.places.password, password);
  await one.init();
  expect(await one.uninit()).toMatchObject({ stopped: stops === 1 });
  expect(one.stops).toBe(stops);
});

test('a second time nothing is changed, and uninit still puts everything back', async () => {
  const one = await site();
  const before = one.snapshot();
  await one.init();
  const after = one.snapshot();
  expect((await one.init()).did).toBe('nothing');
  expect(one.snapshot()).toEqual(after);
  await one.uninit();
  expect(one.snapshot()).toEqual(before);
});

test('the trunk is the last to change, and the first to be put back', async () => {
  const one = await site();
  const isScreened: boolean[] = [];
  one.console.before = () => isScreened.push(one.read('pjsip.conf').includes('gatehouse-in'));
  await one.init();
  const firstScreened = one.console.asked[isScreened.indexOf(true)];
  expect(firstScreened).toBe('module reload res_pjsip.so');
  one.console.asked.length = 0;
  one.console.before = (command) => {
    if (command !== 'module reload res_pjsip.so') return;
    expect(one.read('pjsip.conf')).toBe(plainFiles['pjsip.conf']);
    expect(existsSync(join(one.etc, 'gatehouse/gatehouse.conf'))).toBe(true);
  };
  await one.uninit();
  expect(one.console.asked.indexOf('module reload res_pjsip.so')).toBeLessThan(
    one.console.asked.indexOf('dialplan reload'),
  );
});

test.each([
  'module reload http',
  'module reload res_ari.so',
  'voicemail reload',
  'dialplan reload',
  'dialplan show operators=@gatehouse-connect',
  'module reload res_pjsip.so',
])('when Asterisk refuses "%s", all is as it was', async (command) => {
  const one = await site();
  const before = one.snapshot();
  let times = 0;
  one.console.before = (asked) => {
    // The way back is not refused.
    if (asked === command) times++;
    one.console.refuses = times === 1 && asked === command ? /./ : /^$/;
  };
  await expect(one.init()).rejects.toBeInstanceOf(RolledBack);
  expect(one.snapshot()).toEqual(before);
});

test('when the context of the trunk is another one after the reload, all is as it was', async () => {
  const one = await site();
  const before = one.snapshot();
  one.console.refuses = /^pjsip show endpoint/;
  await expect(one.init()).rejects.toThrow('the context of endpoint carrier is not gatehouse-in');
  expect(one.snapshot()).toEqual(before);
});

test('when a file cannot be written midway, all is as it was', async () => {
  const one = await site();
  const { dir } = one.places;
  const before = one.snapshot();
  // A directory where a new file is to be made.
  const blocked = join(one.etc, `voicemail.conf.${process.pid}.new`);
  one.write(`voicemail.conf.${process.pid}.new/x`, '');
  await expect(one.init()).rejects.toBeInstanceOf(RolledBack);
  rmSync(blocked, { recursive: true, force: true });
  expect(one.snapshot()).toEqual(before);
  expect(existsSync(join(dir, 'init.json'))).toBe(false);
});

test('what the administrator edited since stays; only the lines of init go', async () => {
  const one = await site();
  await one.init();
  one.write('http.conf', `; top\n${one.read('http.conf')}\n[post]\nx=y\n`);
  one.write('pjsip.conf', `${one.read('pjsip.conf')}[phone]\ntype=endpoint\n`);
  const undone = await one.uninit();
  expect(one.read('http.conf')).toBe(`; top\n${plainFiles['http.conf']}\n\n[post]\nx=y\n`);
  expect(one.read('pjsip.conf')).toBe(`${plainFiles['pjsip.conf']}[phone]\ntype=endpoint\n`);
  expect(undone?.notes.map(({ path }) => path)).toEqual([
    join(one.etc, 'pjsip.conf'),
    join(one.etc, 'http.conf'),
  ]);
});

test('lines of the administrator between those of init are kept as comments', async () => {
  const one = await site();
  await one.init();
  const edited = one
    .read('extensions.conf')
    .replace('[gatehouse-before]', 'GATEHOUSE_DECISION = 7\n[gatehouse-before]');
  one.write('extensions.conf', edited);
  const undone = await one.uninit();
  expect(one.read('extensions.conf')).toBe(`${plainFiles['extensions.conf']};GATEHOUSE_DECISION = 7\n`);
  expect(undone?.notes.map(({ note }) => note)).toEqual([expect.stringContaining('1 of your own')]);
});

test('an edited site file and edited rules are left as they are, and named', async () => {
  const one = await site();
  await one.init();
  appendFileSync(join(one.etc, 'gatehouse/gatehouse-site.conf'), '; mine\n');
  appendFileSync(join(one.places.rules, 'policy.yaml'), '# mine\n');
  const undone = await one.uninit();
  expect(readFileSync(join(one.places.rules, 'policy.yaml'), 'utf8')).toMatch(
    /\+13172740100[\s\S]*# mine\n$/,
  );
  expect(one.read('gatehouse/gatehouse-site.conf')).toContain('; mine');
  expect(undone?.notes.map(({ path }) => path)).toEqual([
    join(one.etc, 'gatehouse/gatehouse-site.conf'),
    join(one.places.rules, 'policy.yaml'),
    join(one.etc, 'gatehouse'),
  ]);
});

test('a dialplan that an upgrade has copied anew goes away like that of init', async () => {
  const one = await site();
  const before = one.snapshot();
  const program = mkdtempSync(join(tmpdir(), 'gatehouse-program-'));
  onTestFinished(() => rmSync(program, { recursive: true, force: true }));
  cpSync(join(one.places.program, 'dialplan'), join(program, 'dialplan'), { recursive: true });
  await one.init({}, { places: { ...one.places, program } });
  for (const path of [join(program, 'dialplan/gatehouse.conf'), join(one.etc, 'gatehouse/gatehouse.conf')])
    appendFileSync(path, '; of the next version\n');
  expect(await one.uninit()).toMatchObject({ notes: [] });
  expect(one.snapshot()).toEqual(before);
});

test('edits between two runs of init are not lost by uninit', async () => {
  const one = await site();
  await one.init();
  one.write('pjsip.conf', `${plainFiles['pjsip.conf']}; edited\n`);
  await one.console.ask('module reload res_pjsip.so');
  expect((await one.init()).did).toBe('changed');
  await one.uninit();
  expect(one.read('pjsip.conf')).toBe(`${plainFiles['pjsip.conf']}; edited\n`);
});

test('a trunk that was moved away and back by hand gets the context of the record', async () => {
  const one = await site();
  await one.init();
  const byHand = plainFiles['pjsip.conf']?.replace('from-carrier', 'gatehouse-in') ?? '';
  one.write('pjsip.conf', byHand);
  await one.console.ask('module reload res_pjsip.so');
  expect((await one.init()).did).toBe('nothing');
  expect(one.read('pjsip.conf')).toBe(byHand);
  const undone = await one.uninit();
  expect(undone?.notes.map(({ note }) => note)).toEqual([
    expect.stringContaining('its context is from-carrier again'),
  ]);
  expect(one.read('pjsip.conf')).toBe(plainFiles['pjsip.conf']);
  expect(existsSync(join(one.etc, 'gatehouse'))).toBe(false);
});

test('a trunk that led to Gatehouse before init goes to the former context that was given', async () => {
  const one = await site({
    ...plainFiles,
    'pjsip.conf': plainFiles['pjsip.conf']?.replace('from-carrier', 'gatehouse-in') ?? '',
  });
  await expect(one.init()).rejects.toThrow('name the context that it had before');
  expect((await one.init({ 'former-context': 'from-carrier' })).did).toBe('changed');
  expect(one.read('pjsip.conf')).not.toContain('before: ');
  await one.uninit();
  expect(one.read('pjsip.conf')).toBe(plainFiles['pjsip.conf']);
});

test('uninit stops while a trunk still leads to Gatehouse, and while calls are inside', async () => {
  const one = await site();
  await one.init();
  const template = '[ours](!)\ncontext = gatehouse-in\n[carrier](ours)\n';
  one.write(
    'pjsip.conf',
    plainFiles['pjsip.conf']?.replace('[carrier]\n', template).replace(/^ context.*\n/m, '') ?? '',
  );
  await expect(one.uninit()).rejects.toThrow('endpoint carrier still leads to gatehouse-in');
  one.write('pjsip.conf', plainFiles['pjsip.conf'] ?? '');
  one.console.channels = 'PJSIP/carrier-1!gatehouse-in!100!30!Ring!Stasis!gatehouse!1!!!3!2!!1.1\n';
  await expect(one.uninit()).rejects.toThrow('1 calls are still on their way');
  expect(existsSync(join(one.etc, 'gatehouse/gatehouse.conf'))).toBe(true);
  // One that talks with somebody needs nothing of Gatehouse any more.
  one.console.channels =
    'PJSIP/carrier-1!gatehouse-before!100!2!Up!Dial!PJSIP/desk!1!!!3!2!some-bridge!1.1\n';
  expect(await one.uninit()).toMatchObject({ notes: [] });
});

test.each([
  ['pjsip.conf', '[second]\ntype=endpoint\ncontext = gatehouse-in\n', '[second]'],
  ['iax.conf', '[old-carrier]\ntype=friend\ncontext=gatehouse-in ; by hand\n', '[old-carrier]'],
  ['extensions.conf', '[from-dahdi]\nexten => _X.,1,Goto(gatehouse-in,${EXTEN},1)\n', '[from-dahdi]'],
])('uninit stops while something else leads to Gatehouse: in %s', async (name, lines, section) => {
  const one = await site();
  await one.init();
  one.write(name, `${plainFiles[name] === undefined ? '' : one.read(name)}${lines}`);
  await expect(one.uninit()).rejects.toThrow(
    `${section} in ${join(one.etc, name)} leads to gatehouse-in too`,
  );
  expect(one.read('extensions.conf')).toContain('[gatehouse-in]');
  one.write(name, one.read(name).replace(lines, ''));
  expect(await one.uninit()).not.toBeNull();
  expect(one.read('extensions.conf')).not.toContain('[gatehouse-in]');
});

test('a run that was broken off is undone by uninit, and finished by init', async () => {
  const one = await site();
  const before = one.snapshot();
  for (const next of ['uninit', 'init'] as const) {
    await one.init();
    const after = one.snapshot();
    // As if it had ended after the first files.
    for (const name of ['extensions.conf', 'voicemail.conf', 'pjsip.conf']) {
      one.write(name, plainFiles[name] ?? '');
      chmodSync(join(one.etc, name), 0o644);
    }
    await one.console.ask('module reload res_pjsip.so');
    if (next === 'init') {
      expect((await one.init()).did).toBe('changed');
      expect(Object.keys(one.snapshot())).toEqual(Object.keys(after));
    }
    await one.uninit();
    expect(one.snapshot()).toEqual(before);
  }
});

test('Asterisk does not run: all but the trunk is prepared', async () => {
  const one = await site();
  const away = { ask: () => Promise.reject(new Error('away')) };
  const result = await one.init({}, { console: away, etc: one.etc });
  expect(result.steps).toEqual([expect.stringContaining('start Asterisk')]);
  expect(one.read('pjsip.conf')).toBe(plainFiles['pjsip.conf']);
  expect((await one.init()).did).toBe('changed');
  expect(one.read('pjsip.conf')).toContain('gatehouse-in');
});

test('a manifest that cannot be read is left, and said', async () => {
  const one = await site();
  writeFileSync(one.places.manifest, '{');
  await expect(one.uninit()).rejects.toThrow('cannot be read');
  const before = one.snapshot();
  await expect(one.init()).rejects.toThrow('cannot be read');
  expect(one.snapshot()).toEqual(before);
});
