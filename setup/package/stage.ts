import { createHash } from 'node:crypto';
import {
  chmod,
  cp,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { runLogged } from '../../lab/setup/run-logged.ts';
import { completionFor, type Shell } from '../../src/cli/completion/completion.ts';
import { gatehouseProgram } from '../../src/cli/gatehouse.ts';
import { version } from '../../src/process/version.ts';
import { manualPage } from './manual.ts';
import {
  debianArchitecture,
  debianChangelog,
  debianVersion,
  filledIn,
  home,
  packagedUnit,
} from './metadata.ts';

const root = resolve(import.meta.dirname, '..', '..');
/** Of a package that is being made; one that was killed leaves it, and the next takes its place. */
const unfinishedEnding = '.unfinished';
/** Where Debian's shells look. */
const completions: Readonly<Record<Shell, string>> = {
  bash: '/usr/share/bash-completion/completions/gatehouse',
  zsh: '/usr/share/zsh/vendor-completions/_gatehouse',
  fish: '/usr/share/fish/vendor_completions.d/gatehouse.fish',
};
const scripts = ['postinst', 'prerm', 'postrm'];
/** For what is slow on a busy machine; half a minute to two are usual. */
const limitMs = 1_800_000;
/** In packages: what only their developers need, and links to programs. */
const notNeeded = /\/\.[^/]+$|\.d\.[cm]?ts$|\.map$/;

export type Progress = (line: string) => void;

/** Writes everything that is text or made from it: unit, rules, documents, man page, completion. No program yet. */
export async function stageTexts(stage: string, at: number): Promise<void> {
  const into = (path: string) => join(stage, path);
  const copy = (from: string, to: string) => cp(join(root, from), into(to), { recursive: true });
  const put = async (path: string, content: string | Uint8Array) => {
    await mkdir(join(into(path), '..'), { recursive: true });
    await writeFile(into(path), content);
  };
  const text = (path: string) => readFile(join(root, path), 'utf8');

  for (const name of ['dialplan', 'rules', 'package.json']) await copy(name, `${home}/${name}`);
  await copy('deploy/gatehouse', `${home}/deploy/gatehouse`);
  await copy('deploy/freepbx-blacklist', `${home}/deploy/freepbx-blacklist`);
  await copy('deploy/debian/asterisk.sh', `${home}/deploy/debian/asterisk.sh`);
  await mkdir(into('/usr/bin'), { recursive: true });
  await symlink('../lib/gatehouse/deploy/gatehouse', into('/usr/bin/gatehouse'));

  await copy('rules', '/etc/gatehouse/rules');
  await copy('deploy/gatehouse.env.example', '/etc/gatehouse/gatehouse.env');
  for (const unit of ['gatehouse.service', 'gatehouse-watch.service', 'gatehouse-watch.timer'])
    await put(`/usr/lib/systemd/system/${unit}`, packagedUnit(await text(`deploy/${unit}`)));

  const program = await gatehouseProgram('');
  for (const [shell, path] of Object.entries(completions))
    await put(path, completionFor(shell as Shell, program));
  await put('/usr/share/man/man1/gatehouse.1.gz', zipped(manualPage(program, { version, at })));

  const documents = '/usr/share/doc/gatehouse';
  await copy('docs', documents);
  for (const name of ['grafana', 'prometheus']) await copy(`deploy/${name}`, `${documents}/examples/${name}`);
  await copy('deploy/lxc.conf', `${documents}/examples/lxc.conf`);
  await copy('deploy/debian/copyright', `${documents}/copyright`);
  await put(`${documents}/changelog.gz`, zipped(await text('CHANGELOG.md')));
  await copy('deploy/debian/lintian-overrides', '/usr/share/lintian/overrides/gatehouse');
}

/** Compiles, installs what the program needs to run, for this machine's processor only, and adds Node. */
export async function stageProgram(stage: string, scratch: string, progress: Progress): Promise<void> {
  const build = join(scratch, 'build');
  await mkdir(build, { recursive: true });
  for (const name of ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
    await cp(join(root, name), join(build, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(build, 'node_modules'));
  const compile = ['--prefix', build, 'run', '--silent', 'build'];
  await runLogged('npm', compile, { progress, title: 'Compile', timeoutMs: limitMs });
  await cp(join(build, 'dist'), join(stage, home, 'dist'), { recursive: true });

  const packages = join(scratch, 'packages');
  await mkdir(packages);
  for (const name of ['package.json', 'package-lock.json', '.npmrc'])
    await cp(join(root, name), join(packages, name));
  const install = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await runLogged('npm', [...install, '--prefix', packages], {
    progress,
    title: 'Packages that the program needs',
    timeoutMs: limitMs,
  });
  await cp(join(packages, 'node_modules'), join(stage, home, 'node_modules'), {
    recursive: true,
    filter: (path) => !notNeeded.test(path),
  });

  await chmod(join(stage, home, 'dist/cli/gatehouse.js'), 0o755);
  const node = join(root, 'node_modules', 'node');
  await mkdir(join(stage, home, 'bin'));
  await cp(join(node, 'bin', 'node'), join(stage, home, 'bin', 'node'));
  const license = join(node, 'node_modules', `node-linux-${process.arch}`, 'LICENSE');
  await cp(license, join(stage, '/usr/share/doc/gatehouse/LICENSE.node'));
}

export interface PackageOptions {
  /** As npm writes it. */
  readonly version: string;
  /** Epoch seconds, of every file in it. */
  readonly at: number;
  /** xz makes it a third of the size of none. */
  readonly compression: 'xz' | 'none';
}

/** Adds the control files to what is staged, and makes the package in `out`, where it appears once it is complete; its path. */
export async function makePackage(
  stage: string,
  out: string,
  options: PackageOptions,
  progress: Progress,
): Promise<string> {
  const architecture = debianArchitecture(process.arch);
  const debian = debianVersion(options.version);
  await stageControl(stage, { ...options, version: debian, architecture });
  await makeUniform(stage, options.at);
  const file = join(out, `gatehouse_${debian}_${architecture}.deb`);
  const unfinished = `${file}${unfinishedEnding}`;
  const args = ['--root-owner-group', `-Z${options.compression}`, '--build', stage, unfinished];
  try {
    await runLogged('dpkg-deb', args, {
      progress,
      title: `Package ${file}`,
      timeoutMs: limitMs,
      env: { SOURCE_DATE_EPOCH: String(options.at) },
    });
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
  return file;
}

/** Writes DEBIAN/ and Debian's changelog. `version` and `architecture` as Debian writes them. */
export async function stageControl(
  stage: string,
  {
    version,
    architecture,
    at,
  }: { readonly version: string; readonly architecture: string; readonly at: number },
): Promise<void> {
  const debian = join(root, 'deploy', 'debian');
  const control = join(stage, 'DEBIAN');
  await rm(control, { recursive: true, force: true });
  const template = await readFile(join(debian, 'control'), 'utf8');
  const maintainer = /^Maintainer: (.*)$/m.exec(template)?.[1] ?? '';
  const changes = zipped(debianChangelog(version, maintainer, at));
  await writeFile(join(stage, '/usr/share/doc/gatehouse/changelog.Debian.gz'), changes);

  const files = (await entriesBelow(stage)).filter(({ isFile }) => isFile);
  const conffiles = files.filter(({ path }) => path.startsWith('etc/'));
  const installedKiB = String(files.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 1024), 0));
  await mkdir(control);
  await writeFile(join(control, 'control'), filledIn(template, { version, architecture, installedKiB }));
  await writeFile(join(control, 'conffiles'), conffiles.map(({ path }) => `/${path}\n`).join(''));
  const sums = await Promise.all(
    files
      .filter((file) => !conffiles.includes(file))
      .map(async ({ path }) => `${await md5(join(stage, path))}  ${path}\n`),
  );
  await writeFile(join(control, 'md5sums'), sums.join(''));
  for (const name of [...scripts, 'triggers']) await cp(join(debian, name), join(control, name));
}

/** Modes and times that do not depend on who builds where. */
async function makeUniform(stage: string, at: number): Promise<void> {
  for (const { path, isFile, isLink, isProgram } of await entriesBelow(stage)) {
    const closed = /^etc\/gatehouse\/rules(\/|$)/.test(path);
    if (!isLink)
      await chmod(join(stage, path), isFile ? (isProgram ? 0o755 : 0o644) : closed ? 0o750 : 0o755);
    await lutimes(join(stage, path), at, at);
  }
  await chmod(stage, 0o755);
  await lutimes(stage, at, at);
}

interface Entry {
  /** Below the stage, without a leading slash. */
  readonly path: string;
  readonly isFile: boolean;
  readonly isLink: boolean;
  readonly isProgram: boolean;
  readonly bytes: number;
}

async function entriesBelow(stage: string): Promise<Entry[]> {
  const found = await readdir(stage, { recursive: true, withFileTypes: true });
  const paths = found.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Promise.all(
    paths.map(async (path) => {
      const stat = await lstat(path);
      const isFile = stat.isFile();
      return {
        path: relative(stage, path),
        isFile,
        isLink: stat.isSymbolicLink(),
        isProgram: isFile && (stat.mode & 0o100) !== 0 && !path.includes('/node_modules/'),
        bytes: stat.size,
      };
    }),
  );
}

async function md5(path: string): Promise<string> {
  return createHash('md5')
    .update(await readFile(path))
    .digest('hex');
}

function zipped(text: string): Uint8Array {
  return gzipSync(text, { level: 9 });
}
