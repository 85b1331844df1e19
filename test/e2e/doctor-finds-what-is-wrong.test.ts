import { execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { delimiter, join, relative } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../lab/child.ts';
import { gatehouseEntry } from '../../lab/gatehouse.ts';
import { Lab, shippedRules } from '../../lab/lab.ts';
import { writeBundle } from '../../src/doctor/bundle.ts';
import { examine } from '../../src/doctor/examine.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { operatorsAre, setSite } from './exit-lab.ts';

let lab: Lab;
let rules: string;
/** Not TMPDIR, which only its owner may pass: what is open to all is part of what is planted. */
const publicDir = '/tmp/gatehouse-doctor-rules-';
const etc = (name: string): string => join(lab.dir, 'etc', name);
const data = (...path: string[]): string => join(lab.dir, ...path);

beforeAll(async () => {
  rules = join(await mkdtemp(publicDir), 'rules');
  await cp(shippedRules, rules, { recursive: true });
  await edit(join(rules, 'policy.yaml'), (text) =>
    text.replaceAll('+131755501', '+131727401').replaceAll('+1 317 555 01', '+1 317 274 01'),
  );
  await rm(join(rules, 'cases'), { recursive: true, force: true });
  await chmod(rules, 0o750);
  lab = await Lab.up({
    rules,
    editAsterisk: async (dir) => {
      await setSite(dir, operatorsAre('Dial(PJSIP/operators,30)', 'Return()'));
      await edit(join(dir, 'voicemail.conf'), (text) => text.replace('[general]', '[general]\nminsecs = 3'));
    },
  });
});
afterAll(async () => {
  await lab?.down();
  await rm(join(rules, '..'), { recursive: true, force: true });
});

async function edit(path: string, change: (text: string) => string): Promise<() => Promise<void>> {
  const before = await readFile(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`nothing was planted in ${path}`);
  await writeFile(path, after);
  return () => writeFile(path, before);
}

async function looked(env: Record<string, string> = {}): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const one of examine({ ...lab.gatehouse.environment, ...env }, false)) findings.push(one);
  return findings;
}
const wrong = (findings: readonly Finding[]): string[] =>
  findings.filter(({ level }) => level !== 'ok').map(({ id, level }) => `${level} ${id}`);

/** Plants it; returns how to take it back. */
type Plant = () => Promise<() => Promise<unknown>>;
/** What a person does where no command can: as the remedy says. */
type ByHand = () => Promise<unknown>;
const cli = (command: string): Promise<string> => lab.asterisk.cli(command);
const file =
  (name: string, change: (text: string) => string, reload?: string): Plant =>
  async () => {
    const back = await edit(etc(name), change);
    if (reload !== undefined) await cli(reload);
    return async () => {
      await back();
      if (reload !== undefined) await cli(reload);
    };
  };
const global =
  (name: string, value: string): Plant =>
  async () => {
    const before = /= *(.*)$/m.exec(await cli(`dialplan show globals`).then(lineOf(name)))?.[1] ?? '';
    await cli(`dialplan set global ${name} ${value}`);
    return () => cli(`dialplan set global ${name} ${before === '' ? '""' : before}`);
  };
const lineOf =
  (name: string) =>
  (text: string): string =>
    text.split('\n').find((one) => one.trim().startsWith(`${name}=`)) ?? '';
const away =
  (path: () => string): Plant =>
  async () => {
    await rename(path(), `${path()}.away`);
    return async () => {
      await rm(path(), { recursive: true, force: true });
      await rename(`${path()}.away`, path());
    };
  };
const policy =
  (change: (text: string) => string): Plant =>
  () =>
    edit(join(rules, 'policy.yaml'), change);
const redis =
  (name: string, value: string): Plant =>
  async () => {
    const client = new Redis(lab.redis.url);
    const [, before = ''] = (await client.config('GET', name)) as string[];
    await client.config('SET', name, value);
    return async () => {
      await client.config('SET', name, before);
      client.disconnect();
    };
  };
const firstRule = (then: string) => (text: string) =>
  text.replace(
    /^rules:\n/m,
    `rules:\n  - id: planted\n    when: { caller: { in: customers }, trunk: [carrier] }\n    then: ${then}\n`,
  );

const planted: readonly (readonly [what: string, finding: string, plant: Plant, byHand?: ByHand])[] = [
  ['the data directory is gone', 'error machine.data', away(() => data('gatehouse'))],
  ['the spool is gone', 'error machine.spool', away(() => data('spool', 'gatehouse'))],
  ['Redis throws old keys away', 'warning redis.evicts', redis('maxmemory-policy', 'allkeys-lru')],
  [
    'Redis takes no more',
    'error redis.takes-records',
    redis('maxmemory', '1'),
    async () => {
      const client = new Redis(lab.redis.url);
      await client.config('SET', 'maxmemory', '0');
      client.disconnect();
    },
  ],
  [
    'a rule file is broken',
    'error rules.load',
    policy((text) => `${text}\n  - : [`),
    policy((text) => text.replace('\n  - : [', '')),
  ],
  [
    'every user can read the rules',
    'warning rules.private',
    async () => {
      await chmod(rules, 0o755);
      await chmod(join(rules, '..'), 0o755);
      return async () => {
        await chmod(rules, 0o750);
        await chmod(join(rules, '..'), 0o700);
      };
    },
  ],
  [
    'the example numbers',
    'warning rules.own-numbers',
    policy((text) => text.replace(/(own-numbers: '[^']*)274([^']*)274/, '$1555$2555')),
    policy((text) => text.replace(/(own-numbers: '[^']*)555([^']*)555/, '$1274$2274')),
  ],
  [
    'the whole board only watches',
    'warning rules.mode',
    policy((text) => text.replace(/^ {2}mode: enforce$/m, '  mode: monitor')),
  ],
  ['an exit that nobody wrote', 'error exits.vip-desk', policy(firstRule('{ connect: { exit: vip-desk } }'))],
  [
    'a mailbox that nobody made',
    'error exits.mailbox.night',
    policy(firstRule('{ voicemail: { box: night } }')),
  ],
  [
    'a trunk that is not there',
    'warning trunk.named.carier',
    policy((text) => `${text}\ntrunks:\n  carier: { like: telnyx }\n`),
    policy((text) => text.replace('  carier:', '  carrier:')),
  ],
  [
    'voicemail is not loaded',
    'error asterisk.voicemail',
    async () => {
      await cli('module unload app_voicemail.so');
      return () => cli('module load app_voicemail.so');
    },
  ],
  [
    'a module of screening is not loaded',
    'error asterisk.modules',
    async () => {
      await cli('module unload func_module.so');
      return () => cli('module load func_module.so');
    },
  ],
  [
    'few sessions',
    'warning asterisk.sessionlimit',
    file('http.conf', (text) => text.replace(/^sessionlimit.*$/m, '')),
  ],
  [
    'no time to write',
    'warning asterisk.websocket-write-timeout',
    file('ari.conf', (text) => text.replace(/^websocket_write_timeout.*$/m, '')),
  ],
  [
    'an HTTP server for everybody',
    'warning asterisk.http-address',
    file('http.conf', (text) => text.replace(/^bindaddr.*$/gm, 'bindaddr = 0.0.0.0')),
  ],
  [
    '[general] twice',
    'error asterisk.ari-sections',
    file('ari.conf', (text) => `${text}\n[general]\npretty = yes\n`),
  ],
  [
    'gatehouse.conf is not included',
    'error dialplan.loaded',
    file(
      'extensions.conf',
      (text) => text.replace(/^#(?:try)?include .*gatehouse\.conf.*$/m, ''),
      'dialplan reload',
    ),
  ],
  [
    'a dialplan of another version',
    'warning dialplan.version',
    file('gatehouse/gatehouse.conf', (text) => `; of another version\n${text}`),
  ],
  [
    'an unedited site file',
    'warning dialplan.operators',
    async () => {
      await setSite(etc(''), (shipped) => shipped);
      await cli('dialplan reload');
      return async () => {
        await setSite(etc(''), operatorsAre('Dial(PJSIP/operators,30)', 'Return()'));
        await cli('dialplan reload');
      };
    },
  ],
  [
    'no site file',
    'error dialplan.operators',
    file('gatehouse/gatehouse-site.conf', () => '; nothing\n', 'dialplan reload'),
  ],
  ['another name of the app', 'error dialplan.app', global('GATEHOUSE_APP', 'gatehuose')],
  ['another spool', 'error dialplan.spool', global('GATEHOUSE_SPOOL', '/tmp/elsewhere')],
  ['a watchdog of abc', 'warning dialplan.GATEHOUSE_WATCHDOG', global('GATEHOUSE_WATCHDOG', 'abc')],
  [
    'a former context that is not there',
    'warning dialplan.former-context',
    global('GATEHOUSE_FALLBACK', 'from-carier'),
  ],
  [
    'the trunk has its old context',
    'error trunk.context',
    async () => {
      // As the canary keeps it, which is off here.
      await writeFile(data('gatehouse', 'screened-trunks.json'), JSON.stringify({ carrier: Date.now() }));
      const change = (text: string) =>
        text.replaceAll(/context *= *gatehouse-in/g, 'context = gatehouse-before');
      return file('pjsip.conf', change, 'module reload res_pjsip.so')();
    },
  ],
  [
    'no keys over the trunk',
    'error trunk.keys.carrier',
    file(
      'pjsip.conf',
      (text) =>
        text
          .replace(/(context *= *gatehouse-in)/, '$1\ndtmf_mode = none')
          .replace(/dtmf_mode = auto_info/, ''),
      'module reload res_pjsip.so',
    ),
  ],
  [
    'the mailbox is gone',
    'error exits.mailbox.general',
    file('voicemail.conf', (text) => text.replace(/^general *=>.*$/m, ''), 'voicemail reload'),
  ],
  [
    'the mailbox keeps silence',
    'warning exits.minsecs',
    file('voicemail.conf', (text) => text.replace(/^minsecs.*$/m, '')),
  ],
  [
    'the mailbox is full',
    'error exits.mailbox.general',
    async () => {
      const back = await edit(etc('voicemail.conf'), (text) =>
        text.replace(/^(general *=>.*)$/m, '$1,,,maxmsg=1'),
      );
      const inbox = data('spool', 'voicemail', 'default', 'general', 'INBOX');
      await mkdir(inbox, { recursive: true });
      await writeFile(join(inbox, 'msg0000.txt'), '[message]\norigtime=1\nduration=1\n');
      await cli('voicemail reload');
      return async () => {
        await back();
        await rm(inbox, { recursive: true });
        await cli('voicemail reload');
      };
    },
    () => rm(data('spool', 'voicemail', 'default', 'general', 'INBOX', 'msg0000.txt')),
  ],
  [
    'a prompt without its sound',
    'error sounds.prompts',
    async () => {
      const moved = ['wav', 'wav16'].map((kind) => data('prompts', 'en', `press-1.${kind}`));
      const kept = await Promise.all(moved.map((path) => readFile(path)));
      for (const path of moved) await rm(path);
      return async () => {
        for (const [at, path] of moved.entries()) await writeFile(path, kept[at] as Buffer);
      };
    },
  ],
];

test('on a healthy site it finds nothing', async () => {
  expect(wrong(await looked())).toEqual([]);
}, 60_000);

/** The commands that remedies name, as root has them at this site. */
async function commands(): Promise<string> {
  const bin = data('bin');
  await mkdir(bin, { recursive: true });
  const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' ');
  const scripts = {
    asterisk: quoted(lab.asterisk.consoleCommand),
    gatehouse: quoted([process.execPath, gatehouseEntry]),
  };
  for (const [name, line] of Object.entries(scripts))
    await writeFile(join(bin, name), `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
  return bin;
}

async function pasted(command: string): Promise<void> {
  const env = {
    ...lab.gatehouse.environment,
    PATH: `${await commands()}${delimiter}${process.env.PATH}`,
  };
  execFileSync('bash', ['-ec', command], { env, stdio: 'pipe', timeout: 30_000 });
}

const stillWrong = (findings: readonly Finding[], id: string | undefined): string[] =>
  findings.filter((one) => one.id === id && one.level !== 'ok').map(({ found }) => found);

const cases = planted.map(([what, finding, plant, byHand = null]) => ({ what, finding, plant, byHand }));
test.each(cases)(
  '$what: $finding, and its remedy works',
  async ({ finding, plant, byHand }) => {
    const before = data('etc.before');
    await cp(etc(''), before, { recursive: true, preserveTimestamps: true });
    const back = await plant();
    let reloads: readonly string[] = [];
    try {
      const found = await looked();
      expect(wrong(found)).toContain(finding);
      const id = finding.split(' ')[1];
      const one = found.find((each) => each.id === id);
      expect(one?.remedy).toBeTruthy();
      // Also once the files are as before.
      reloads = Array.from(
        one?.command?.matchAll(/-rx '([^']*reload[^']*)'/g) ?? [],
        ([, said = '']) => said,
      );
      if (byHand === null) await pasted(one?.command ?? 'false');
      else await byHand();
      expect(stillWrong(await looked(), id)).toEqual([]);
    } finally {
      await back();
      // Written into, not replaced: they are Asterisk's user's.
      for (const path of await readdir(before, { recursive: true, withFileTypes: true }))
        if (path.isFile()) {
          const name = relative(before, join(path.parentPath, path.name));
          await writeFile(etc(name), await readFile(join(before, name)));
        }
      await rm(before, { recursive: true });
      for (const reload of reloads) await cli(reload);
    }
  },
  60_000,
);

test('taken back, each is gone', async () => {
  await until('everything to be well', 30_000, async () =>
    wrong(await looked()).length === 0 ? true : null,
  );
});

test.each([
  ['a wrong password', 'error asterisk.ari-wrong-credentials', { GATEHOUSE_ARI_PASSWORD: 'wrong' }],
  [
    'a port where nothing listens',
    'error asterisk.ari-connection',
    { GATEHOUSE_ARI_URL: 'http://127.0.0.1:1' },
  ],
  ['Redis elsewhere', 'error redis.answers', { GATEHOUSE_REDIS_URL: 'redis://127.0.0.1:1' }],
  ['a misspelled setting', 'warning settings.GATEHOUSE_REDIS_ULR', { GATEHOUSE_REDIS_ULR: 'redis://x' }],
  ['a wrong setting', 'warning settings.GATEHOUSE_LOG_LEVEL', { GATEHOUSE_LOG_LEVEL: 'loud' }],
  [
    'a setting that stops the service',
    'error settings.GATEHOUSE_RETENTION_DAYS',
    { GATEHOUSE_RETENTION_DAYS: 'abc' },
  ],
  ['another program at its port', 'error service.running', { GATEHOUSE_HTTP: '127.0.0.1:1' }],
] as const)('%s: %s', async (_, finding, env) => {
  expect(wrong(await looked(env))).toContain(finding);
});

test('a bundle of a running site: figures and facts, and none of its secrets', async () => {
  const path = data('support.tar.gz');
  await writeBundle(lab.gatehouse.environment, [], path, data('log', 'gatehouse.log'));
  const text = execFileSync('tar', ['-xzOf', path], { encoding: 'utf8' });
  expect(text).not.toContain(lab.contract.ari.password);
  for (const known of [
    '"ari": "connected"',
    'gatehouse_canary_faults',
    '"carrier": "gatehouse-in"',
    'Gatehouse takes calls',
  ])
    expect(text).toContain(known);
  expect(text).not.toMatch(/\+?1?317274\d{4}/);
});

test('a user who may only read', async () => {
  await appendFile(
    etc('ari.conf'),
    '\n[reader]\ntype = user\nread_only = yes\npassword = reads\npassword_format = plain\n',
  );
  await cli('module reload res_ari.so');
  const env = { GATEHOUSE_ARI_USER: 'reader', GATEHOUSE_ARI_PASSWORD: 'reads' };
  expect(wrong(await looked(env))).toContain('error asterisk.ari-read-only-user');
});

test('rules that the running Gatehouse refuses, then a stopped one', async () => {
  const back = await edit(join(rules, 'policy.yaml'), (text) => `${text}\n  - : [`);
  await until('the edit to be refused', 30_000, async () =>
    wrong(await looked()).includes('error service.rules') ? true : null,
  );
  await back();
  await lab.gatehouse.stop();
  expect(wrong(await looked())).toContain('error service.running');
});

test('nothing is left in Asterisk, and it called nobody', async () => {
  expect(await cli('core show channels count')).toMatch(/^0 active channels/m);
  expect(await lab.operators.calls()).toEqual([]);
  expect(await readFile(data('log', 'messages.log'), 'utf8')).not.toContain('gatehouse-doctor');
});

test('a mailbox may say itself which messages are too short', async () => {
  const back = await edit(etc('voicemail.conf'), (text) =>
    text.replace(/^minsecs.*$/m, '').replace(/^(general *=>.*)$/m, '$1,,,minsecs=3'),
  );
  expect(wrong(await looked())).not.toContain('warning exits.minsecs');
  await back();
});

// The last: only a restart brings the application back.
test('a second voicemail module, whose failure has taken VoiceMail() along', async () => {
  await cli('module load res_odbc.so').catch(() => '');
  await cli('module load app_voicemail_odbc.so').catch(() => '');
  expect(await cli('core show application VoiceMail')).toContain('not registered');
  const found = (await looked()).find(({ id }) => id === 'asterisk.voicemail');
  expect(found).toMatchObject({ level: 'error', remedy: expect.stringContaining('restart asterisk') });
});
