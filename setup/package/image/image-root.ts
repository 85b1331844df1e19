import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Instruction, type Stage, wordsOf } from './dockerfile.ts';

const exec = promisify(execFile);
const limitMs = 1_800_000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a container of the image is started with. */
export interface ImageConfig {
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

export interface BuildContext {
  /** The directory that is sent to the builder. */
  readonly dir: string;
  /** Names at its top that are sent. */
  readonly sent: ReadonlySet<string>;
  /** Root directories of the stages before, by name. */
  readonly stages: ReadonlyMap<string, string>;
  /** For RUN alone: how this machine reaches its registries. */
  readonly runEnv: Readonly<Record<string, string>>;
  readonly progress: (line: string) => void;
}

export interface Started {
  readonly user: string;
  readonly workdir: string;
  /** Groups beside that of the user. */
  readonly groups?: readonly number[];
  /** Of the host → where it is seen in the image. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** Runs the instructions of a stage in its root directory, as a builder would. @throws an Error for an instruction that is not known here */
export async function buildStage(root: string, stage: Stage, context: BuildContext): Promise<ImageConfig> {
  let config: ImageConfig = {
    ...{ env: { PATH }, workdir: '/', user: 'root' },
    ...{ entrypoint: [], command: [], healthcheck: [] },
  };
  for (const one of stage.instructions) {
    context.progress(`${one.name} ${one.rest.slice(0, 100)}`);
    config = await carriedOut(root, one, config, context);
  }
  return config;
}

async function carriedOut(
  root: string,
  { name, rest, line }: Instruction,
  config: ImageConfig,
  context: BuildContext,
): Promise<ImageConfig> {
  switch (name) {
    case 'RUN':
      await runIn(root, ['/bin/sh', '-c', rest], config, { ...context.runEnv, ...config.env });
      return config;
    case 'COPY':
      await copied(root, rest, config, context);
      return config;
    case 'WORKDIR':
      await mkdir(join(root, resolve(config.workdir, rest)), { recursive: true });
      return { ...config, workdir: resolve(config.workdir, rest) };
    case 'ENV': {
      const [, key, value] = /^(\w+)=(\S+)$/.exec(rest) ?? [];
      if (key === undefined || value === undefined) throw new Error(`line ${line}: ENV ${rest}`);
      return { ...config, env: { ...config.env, [key]: value } };
    }
    case 'USER':
      return { ...config, user: rest };
    case 'VOLUME':
      await stat(join(root, rest));
      return config;
    case 'LABEL':
    case 'STOPSIGNAL':
      return config;
    case 'HEALTHCHECK':
      return { ...config, healthcheck: wordsOf(rest.replace(/^.*?\bCMD\s+/, '')) };
    case 'ENTRYPOINT':
      return { ...config, entrypoint: wordsOf(rest) };
    case 'CMD':
      return { ...config, command: wordsOf(rest) };
    default:
      throw new Error(`line ${line}: ${name} is not known here`);
  }
}

/** @throws an Error when a source is not there, or is not sent to the builder */
async function copied(
  root: string,
  rest: string,
  { workdir }: ImageConfig,
  context: BuildContext,
): Promise<void> {
  const [, stage, words = ''] = /^(?:--from=(\S+)\s+)?(.*)$/.exec(rest) ?? [];
  const named = words.split(/\s+/);
  const target = named.at(-1) ?? '';
  const from = stage === undefined ? context.dir : context.stages.get(stage);
  if (from === undefined) throw new Error(`COPY: there is no stage ${stage}`);
  const to = join(root, resolve(workdir, target));
  for (const source of named.slice(0, -1)) {
    if (stage === undefined && !context.sent.has(source.split('/')[0] ?? ''))
      throw new Error(`COPY ${source}: .dockerignore keeps it from the builder`);
    const isDirectory = (await stat(join(from, source))).isDirectory();
    const place = !isDirectory && /(^|\/)\.?$/.test(target) ? join(to, basename(source)) : to;
    await cp(join(from, source), place, { recursive: true, verbatimSymlinks: true });
  }
}

/** Both outputs of a command in the image. @throws with the end of them when it fails */
export async function runIn(
  root: string,
  command: readonly string[],
  started: Started,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const [program = '', ...args] = await startedIn(root, command, started);
  const { stdout, stderr } = await exec(program, args, { env, timeout: limitMs, maxBuffer: 64e6 }).catch(
    (failed: Error & { stdout?: string; stderr?: string }) => {
      const said = `${failed.stdout ?? ''}${failed.stderr ?? ''}`.split('\n').slice(-30).join('\n');
      throw new Error(`${command.join(' ')}\n${said}`, { cause: failed });
    },
  );
  return stdout + stderr;
}

/**
 * Program and arguments that run a command in the image, in process and mount spaces of its own, without rights but those of its user. The
 * network is that of the host.
 */
export async function startedIn(
  root: string,
  command: readonly string[],
  { user, workdir, groups = [], mounts = {} }: Started,
): Promise<readonly string[]> {
  const { uid, gid } = await idsOf(root, user);
  for (const place of Object.values(mounts)) await mkdir(join(root, place), { recursive: true });
  const binds = Object.entries(mounts).map(([from, to]) => `mount --bind '${from}' "$root${to}"`);
  const script = [
    'set -e; root=$1; shift',
    'mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"; mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"',
    ...binds,
    'exec chroot "$root" "$@"',
  ].join('\n');
  const rights = [
    ...[`--reuid=${uid}`, `--regid=${gid}`],
    groups.length > 0 ? `--groups=${groups.join()}` : '--clear-groups',
    ...(uid === 0 ? [] : ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all']),
  ];
  return [
    ...['unshare', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'],
    ...['sh', '-c', script, 'sh', root],
    ...['setpriv', ...rights, 'env', '-C', workdir, ...command],
  ];
}

/** @throws an Error when the image has no such user */
async function idsOf(root: string, user: string): Promise<{ readonly uid: number; readonly gid: number }> {
  const users = await readFile(join(root, 'etc/passwd'), 'utf8');
  const found = users.split('\n').find((line) => line.startsWith(`${user}:`));
  const [, , uid, gid] = found?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`USER ${user}: the image has no such user`);
  return { uid: Number(uid), gid: Number(gid) };
}
