import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import {
  debianArchitecture,
  debianChangelog,
  debianVersion,
  filledIn,
  packagedUnit,
} from '../../setup/package/metadata.ts';
import { makePackage, stageControl, stageTexts } from '../../setup/package/stage.ts';
import { gatehouseProgram } from '../../src/cli/gatehouse.ts';

let stage = '';
beforeAll(async () => {
  stage = mkdtempSync(join(tmpdir(), 'package-'));
  await stageTexts(stage, 1_700_000_000);
  await stageControl(stage, { version: '1.2.3', architecture: 'amd64', at: 1_700_000_000 });
});
afterAll(() => rmSync(stage, { recursive: true, force: true }));
const staged = (path: string) => readFileSync(join(stage, path), 'utf8');

it('the units are those of the guide, with the places of the package', () => {
  const units = readdirSync(join(stage, 'usr/lib/systemd/system'));
  expect(units.sort()).toEqual(
    readdirSync('deploy')
      .filter((name) => /\.(service|timer)$/.test(name))
      .sort(),
  );
  for (const name of units)
    expect(staged(`usr/lib/systemd/system/${name}`)).not.toMatch(/\/opt\/|\/usr\/bin\/node/);
  const guide = readFileSync('deploy/gatehouse.service', 'utf8');
  const unit = staged('usr/lib/systemd/system/gatehouse.service');
  expect(unit).toBe(packagedUnit(guide));
  expect(unit).toContain(
    'ExecStart=/usr/lib/gatehouse/bin/node --enable-source-maps /usr/lib/gatehouse/dist/cli/gatehouse.js serve',
  );
  expect(unit.split('\n')).toHaveLength(guide.split('\n').length);
});

it('the look whether calls are screened is in it, with the places of the package; nobody but the administrator turns it on', () => {
  const look = staged('usr/lib/systemd/system/gatehouse-watch.service');
  expect(look).toContain('/usr/lib/gatehouse/dist/cli/gatehouse.js status --quiet --notify');
  expect(look).not.toMatch(/\/opt\/|\/usr\/bin\/node/);
  expect(staged('usr/lib/systemd/system/gatehouse-watch.timer')).toContain('OnUnitInactiveSec=');
  expect(staged('DEBIAN/postinst')).not.toContain('gatehouse-watch');
});

it('the command is a link to the wrapper of the guide, which finds the program from where it lies', () => {
  expect(readlinkSync(join(stage, 'usr/bin/gatehouse'))).toBe('../lib/gatehouse/deploy/gatehouse');
  expect(staged('usr/lib/gatehouse/deploy/gatehouse')).toBe(readFileSync('deploy/gatehouse', 'utf8'));
  expect(staged('usr/lib/gatehouse/deploy/gatehouse')).not.toMatch(/^[^#]*\/opt\//m);
});

it.each([
  ['complete', 0, 'whole'],
  ['broken off', 1, 'the one of before'],
])('a package that is %s leaves no half of one', async (_, code, left) => {
  const out = mkdtempSync(join(tmpdir(), 'package-out-'));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const options = { version: '1.2.3', at: 1_700_000_000, compression: 'none' } as const;
  const name = `gatehouse_1.2.3_${debianArchitecture(process.arch)}.deb`;
  const programs = join(out, 'programs');
  mkdirSync(programs);
  const script = `for file; do :; done; printf half > "$file"; [ ${code} = 0 ] || exit ${code}; printf whole > "$file"`;
  writeFileSync(join(programs, 'dpkg-deb'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  writeFileSync(join(out, name), 'the one of before');
  vi.stubEnv('PATH', `${programs}:${process.env.PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const made = makePackage(stage, out, options, () => undefined);
  await (code === 0 ? made : expect(made).rejects.toThrow(`dpkg-deb ended with ${code}`));
  expect(readdirSync(out).sort()).toEqual([name, 'programs']);
  expect(readFileSync(join(out, name), 'utf8')).toBe(left);
});

it('everything in /etc is a conffile, and everything else has its sum', () => {
  const conffiles = staged('DEBIAN/conffiles').trim().split('\n');
  expect(conffiles).toContain('/etc/gatehouse/gatehouse.env');
  expect(conffiles).toContain('/etc/gatehouse/rules/policy.yaml');
  const files = readdirSync(stage, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('/DEBIAN'))
    .map((entry) => join(entry.parentPath, entry.name).slice(stage.length));
  const summed = [...staged('DEBIAN/md5sums').matchAll(/^[0-9a-f]{32} {2}(.*)$/gm)].map(
    ([, path]) => `/${path}`,
  );
  expect([...conffiles, ...summed].sort()).toEqual(files.sort());
  expect(conffiles.every((path) => path.startsWith('/etc/gatehouse/'))).toBe(true);
});

it('the control file is whole, and the scripts are shell', () => {
  expect(staged('DEBIAN/control')).toMatch(/^Version: 1\.2\.3\nArchitecture: amd64\n/m);
  expect(staged('DEBIAN/control')).not.toContain('${');
  for (const script of ['postinst', 'prerm', 'postrm'])
    execFileSync('sh', ['-n', join(stage, 'DEBIAN', script)]);
  expect(() => filledIn('${what}', {})).toThrow('what');
});

const completionFiles = {
  bash: 'usr/share/bash-completion/completions/gatehouse',
  zsh: 'usr/share/zsh/vendor-completions/_gatehouse',
  fish: 'usr/share/fish/vendor_completions.d/gatehouse.fish',
} as const;

it('the man page and the completions have every command and every option', async () => {
  const program = await gatehouseProgram('');
  const completions = Object.entries(completionFiles).map(([shell, path]) => [shell, staged(path)] as const);
  const manual = execFileSync('gzip', ['-dc', join(stage, 'usr/share/man/man1/gatehouse.1.gz')], {
    encoding: 'utf8',
  });
  const plain = manual.replaceAll('\\-', '-');
  expect(program.commands.length).toBeGreaterThan(15);
  for (const command of program.commands) {
    expect(plain).toMatch(new RegExp(`^\\.SS ${command.name()}\\b`, 'm'));
    for (const { flags, long } of command.options.filter(({ hidden }) => !hidden)) {
      expect(plain).toContain(`.B ${flags}\n`);
      for (const [shell, text] of completions)
        expect(text, shell).toContain(shell === 'fish' ? ` -l ${long?.slice(2)} ` : `${long}`);
    }
  }
});

it('bash completes commands, subcommands, options and choices', () => {
  expect(completed('gatehouse rep')).toEqual(['report']);
  expect(completed('gatehouse lists f')).toEqual(['find']);
  expect(completed('gatehouse lists find --ru')).toEqual(['--rules']);
  expect(completed('gatehouse check --format j')).toEqual(['json']);
  expect(completed('gatehouse check --rules /usr/sha')).toEqual(['/usr/share']);
  expect(completed('gatehouse top callers --json va')).toEqual(['value']);
  expect(completed('gatehouse top callers --json value,ca')).toEqual(['value,calls']);
});

it.each([
  ['0.1.0', '0.1.0'],
  ['1.2.0-rc.1', '1.2.0~rc.1'],
])('version %s is %s for Debian', (npm, debian) => expect(debianVersion(npm)).toBe(debian));

it('a version that Debian refuses is refused here', () => {
  expect(() => debianVersion('main')).toThrow('no version');
  expect(debianChangelog('1.0.0', 'Who <who@example.org>', 0)).toContain('Thu, 01 Jan 1970 00:00:00 +0000');
});

it.each([
  ['the Node of the package', true, 'own'],
  ['that of the PATH when the program brings none', false, 'from the path'],
])('the command runs its program with %s', (_, hasOwn, node) => {
  const home = mkdtempSync(join(stage, 'home-'));
  const script = (path: string, words: string) => {
    mkdirSync(join(home, path, '..'), { recursive: true });
    writeFileSync(join(home, path), `#!/bin/sh\necho "${words}" "$@"\n`, { mode: 0o755 });
  };
  if (hasOwn) script('bin/node', 'own');
  script('path/node', 'from the path');
  cpSync('deploy/gatehouse', join(home, 'deploy/gatehouse'));
  symlinkSync(join(home, 'deploy/gatehouse'), join(home, 'path/gatehouse'));
  const env = {
    PATH: `${home}/path:${process.env.PATH}`,
    GATEHOUSE_ENV: '/the/env',
    GATEHOUSE_USER: userInfo().username,
  };
  const said = execFileSync('gatehouse', ['check', 'a b'], { env, encoding: 'utf8' });
  expect(said).toBe(
    `${node} --enable-source-maps --env-file=/the/env ${home}/dist/cli/gatehouse.js check a b\n`,
  );
});

it.each([
  [
    'that of the service when the settings name none',
    'GATEHOUSE_RULES=/etc/gatehouse/rules\n#GATEHOUSE_DATA=/no\n',
    '/var/lib/gatehouse',
  ],
  ['that of the settings', 'GATEHOUSE_DATA=/srv/gatehouse\n', '/srv/gatehouse'],
])('the command knows the data directory: %s', (_, settings, data) => {
  const home = mkdtempSync(join(stage, 'home-'));
  mkdirSync(join(home, 'deploy'));
  mkdirSync(join(home, 'dist/cli'), { recursive: true });
  cpSync('deploy/gatehouse', join(home, 'deploy/gatehouse'));
  writeFileSync(join(home, 'dist/cli/gatehouse.js'), 'console.log(process.env.GATEHOUSE_DATA)');
  writeFileSync(join(home, 'env'), settings);
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    GATEHOUSE_ENV: join(home, 'env'),
    GATEHOUSE_USER: userInfo().username,
  };
  expect(execFileSync(join(home, 'deploy/gatehouse'), { env, encoding: 'utf8' })).toBe(`${data}\n`);
});

/** What bash offers at the end of `line`. */
function completed(line: string): string[] {
  const words = line.split(' ');
  const script = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gatehouse; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const file = join(stage, completionFiles.bash);
  return execFileSync('bash', ['-c', script, 'bash', file, ...words], { encoding: 'utf8' })
    .trim()
    .split('\n');
}
