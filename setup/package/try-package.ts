import { appendFile, copyFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeDebianRoot } from '../../lab/asterisk-root.ts';
import { DebianRoot, type Snapshot } from './debian-root.ts';
import { makePackage, type PackageOptions, type Progress } from './stage.ts';

export interface Built extends PackageOptions {
  readonly file: string;
  /** What it was made of; the second version is made of it. */
  readonly stage: string;
  readonly scratch: string;
}

const besideAsterisk = ['asterisk', 'redis-server', 'espeak-ng', 'sox'];
const policy = '/etc/gatehouse/rules/policy.yaml';
const relay = '/etc/gatehouse/rules/lists/relay.csv';
const spool = '/var/spool/asterisk/gatehouse';
const sounds = '/usr/share/asterisk/sounds/gatehouse';
const keepsAdminsFiles = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'];

/** Takes the package through its life in a Debian sid of its own. @throws when it does not do what it must */
export async function tryPackage(built: Built, progress: Progress): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('trying the package makes a Debian root, and needs root');
  const dir = join(built.scratch, 'root');
  await makeDebianRoot(dir, 'Debian sid base', progress);
  const debian = new DebianRoot(dir);
  await debian.apt('install', '--no-install-recommends', 'adduser');
  const first = await intoRoot(debian, built.file);
  const life = { debian, first, scratch: built.scratch, progress };
  await aloneAndBeforeAsterisk(life);
  await throughAnUpgrade(life, await intoRoot(debian, await secondVersion(built, progress)));
  progress('all well');
}

interface Life {
  readonly debian: DebianRoot;
  /** The package, as seen in the root. */
  readonly first: string;
  readonly scratch: string;
  readonly progress: Progress;
}

/** Nothing but Gatehouse; then Asterisk and the rest come later. */
async function aloneAndBeforeAsterisk({ debian, first, scratch, progress }: Life): Promise<void> {
  const before = await debian.snapshot(join(scratch, 'etc-alone'));
  await debian.apt('install', '--no-install-recommends', first);
  must(
    await debian.run(
      `ldd /usr/lib/gatehouse/bin/node; find /usr/lib/gatehouse -name '*.node' -exec ldd {} +`,
    ),
    {
      never: /not found/,
    },
  );
  must(await debian.run('gatehouse check && cd /root && gatehouse doctor --pre && gatehouse --version'), {
    has: /0 errors/,
  });
  must(
    await owners(debian, ['/var/lib/gatehouse', '/etc/gatehouse', '/etc/gatehouse/gatehouse.env', policy]),
    {
      has: /^750 gatehouse:gatehouse\n755 root:root\n640 root:gatehouse\n640 root:gatehouse\n$/,
    },
  );
  must(
    await debian.run(
      'deb-systemd-helper --quiet was-enabled gatehouse.service && dpkg --verify gatehouse; id gatehouse',
    ),
    {
      never: /missing|\?\?5|asterisk/,
    },
  );
  must(await completed(debian, 'gatehouse lists f'), { has: /^find$/m });
  progress('ok: installed alone; check and doctor --pre run');

  await debian.apt('purge', 'gatehouse');
  mustBeEmpty(await debian.changesSince(before), 'left after a purge without Asterisk');
  progress('ok: purged; nothing is left');

  await debian.apt('install', '--no-install-recommends', first);
  await debian.apt('install', '--no-install-recommends', ...besideAsterisk);
  must(await owners(debian, [spool, sounds]), { has: /^2770 asterisk:asterisk\n755 gatehouse:gatehouse\n$/ });
  must(await debian.run(`id gatehouse; gatehouse prompts --list --out ${sounds}`), { has: /asterisk/ });
  progress('ok: Asterisk and the speech programs came later; spool, group and prompts are there');

  await writeFile(join(debian.dir, 'etc/asterisk/pjsip_carrier.conf'), '[carrier]\ncontext = gatehouse-in\n');
  await writeFile(join(debian.dir, sounds, 'en/own.wav'), '');
  await debian.run(`touch ${spool}/1700000000.12 ${spool}/left~1700000000.12 ${spool}/of-somebody-else`);
  must(await debian.apt('purge', 'gatehouse'), {
    has: /trunks still lead to gatehouse-in, in \/etc\/asterisk\/pjsip_carrier\.conf[\s\S]*has files of others and stays/,
  });
  must(
    await debian.run(
      `cd / && find etc/asterisk usr var -path var/lib/apt -prune -o -path '*gatehouse*' -print | sort; ls ${spool}`,
    ),
    {
      has: /^usr\/share\/asterisk\/sounds\/gatehouse\n.*\/en\n.*\/en\/own.wav\nvar\/spool\/asterisk\/gatehouse\n.*\/of-somebody-else\nof-somebody-else\n$/,
    },
  );
  await debian.run(`rm -r ${sounds} ${spool} /etc/asterisk/pjsip_carrier.conf`);
  progress('ok: purged beside Asterisk; it warned of the trunk, and what others put there stayed');
}

async function throughAnUpgrade({ debian, first, scratch, progress }: Life, second: string): Promise<void> {
  const before: Snapshot = await debian.snapshot(join(scratch, 'etc-beside-asterisk'));
  await debian.apt('install', first);
  await appendFile(join(debian.dir, policy), '# edited here\n');
  await debian.run(`chmod g+w ${policy}; touch /var/lib/gatehouse/outbox.sqlite`);
  await debian.apt('install', ...keepsAdminsFiles, second);
  must(
    await debian.run(
      `tail -n 1 ${policy} ${relay}; ls /var/lib/gatehouse ${policy}.dpkg-dist; gatehouse check`,
    ),
    {
      has: /# edited here\n[\s\S]*# of the second version\n[\s\S]*outbox\.sqlite/,
    },
  );
  must(await owners(debian, [policy, relay]), { has: /^660 root:gatehouse\n640 root:gatehouse\n$/ });
  progress('ok: upgraded; the edited rule file stayed, the others are new');

  await debian.apt('remove', 'gatehouse');
  must(
    await debian.run(
      `ls ${policy} /var/lib/gatehouse ${spool}; id gatehouse; ls /usr/lib/gatehouse ${sounds} || true`,
    ),
    {
      has: /'\/usr\/lib\/gatehouse': No such[\s\S]*'\/usr\/share\/asterisk\/sounds\/gatehouse': No such/,
    },
  );
  await debian.apt('purge', 'gatehouse');
  mustBeEmpty(await debian.changesSince(before), 'left after remove and purge');
  must(await debian.run('grep gatehouse /etc/passwd /etc/group || echo none'), { has: /^none\n$/ });
  progress('ok: removed, then purged; /etc, files and users are what they were');
}

/** A version higher than the first, that brings two other rule files. */
async function secondVersion(built: Built, progress: Progress): Promise<string> {
  for (const path of [policy, relay]) await appendFile(join(built.stage, path), '# of the second version\n');
  const options: PackageOptions = { ...built, version: `${built.version}+second`, compression: 'none' };
  return makePackage(built.stage, built.scratch, options, progress);
}

async function intoRoot(debian: DebianRoot, file: string): Promise<string> {
  const path = join('/tmp', basename(file));
  await copyFile(file, join(debian.dir, path));
  if (file.includes('+second')) await rm(file);
  return path;
}

function owners(debian: DebianRoot, paths: readonly string[]): Promise<string> {
  return debian.run(`stat -c '%a %U:%G' ${paths.join(' ')}`);
}

/** What bash offers at the end of `line`. */
function completed(debian: DebianRoot, line: string): Promise<string> {
  const words = line.split(' ');
  const script = `. /usr/share/bash-completion/completions/gatehouse
COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _gatehouse; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return debian.run(`bash -c '${script.replaceAll("'", "'\\''")}'`);
}

function must(output: string, { has, never }: { readonly has?: RegExp; readonly never?: RegExp }): void {
  if (has !== undefined && !has.test(output)) throw new Error(`${has} is not in:\n${output}`);
  if (never?.test(output)) throw new Error(`${never} is in:\n${output}`);
}

function mustBeEmpty(changes: readonly string[], what: string): void {
  if (changes.length > 0) throw new Error(`${what}:\n${changes.join('\n')}`);
}
