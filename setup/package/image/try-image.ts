import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { makeDebianRoot } from '../../../lab/asterisk-root.ts';
import { Child, until } from '../../../lab/child.ts';
import { Lab } from '../../../lab/lab.ts';
import type { Progress } from '../stage.ts';
import { sentNames, stagesOf } from './dockerfile.ts';
import { buildStage, type ImageConfig, runIn, type Started, startedIn } from './image-root.ts';

const exec = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
/** Of the image node:24-bookworm-slim. */
const nodeUser = 'node:x:1000:1000::/home/node:/bin/bash\n';
const stopMs = 45_000;
/** As compose.yaml mounts them. */
const places = {
  rules: '/etc/gatehouse/rules',
  spool: '/var/spool/asterisk/gatehouse',
  secrets: '/run/secrets',
  sounds: '/sounds',
};

/** What a trial of the image was. */
export interface ImageTrial {
  readonly buildSeconds: number;
  /** From the start of the container until /readyz. */
  readonly readySeconds: number;
  readonly megabytes: number;
  /** Calls that it has asked and let through. */
  readonly screened: number;
}

/**
 * Runs the steps of the Dockerfile without Docker, and a container of what they make beside the lab's Asterisk, as compose.yaml runs it. In
 * place of node:24-bookworm-slim stands a Debian sid with the Node and npm of this machine.
 * @throws when a step fails, or a call is lost or not screened
 */
export async function tryImage(scratch: string, progress: Progress): Promise<ImageTrial> {
  if (process.getuid?.() !== 0) throw new Error('trying the image makes a Debian root, and needs root');
  const base = join(scratch, 'base');
  await makeDebianRoot(base, 'Debian sid base, for the image of Node', progress);
  const runEnv = await likeImageOfNode(base);
  const began = Date.now();
  const { dir, config } = await built(base, runEnv, scratch, progress);
  const buildSeconds = (Date.now() - began) / 1000;
  const { stdout } = await exec('du', ['-sm', dir]);
  const megabytes = Number.parseInt(stdout, 10);
  progress(`ok: every step of the Dockerfile ran in ${buildSeconds.toFixed(0)} s; ${megabytes} MB unpacked`);
  return { buildSeconds, megabytes, ...(await served({ dir, config, scratch, progress })) };
}

/** @returns for RUN: how npm of this machine reaches its registry */
async function likeImageOfNode(base: string): Promise<Record<string, string>> {
  const into = (path: string): string => join(base, path);
  for (const [file, line] of [
    ['etc/passwd', nodeUser],
    ['etc/group', 'node:x:1000:\n'],
  ] as const)
    await writeFile(into(file), (await readFile(into(file), 'utf8')) + line);
  await mkdir(into('usr/local/bin'), { recursive: true });
  await cp(join(root, 'node_modules/node/bin/node'), into('usr/local/bin/node'));
  const npm = (await exec('npm', ['root', '-g'])).stdout.trim();
  await cp(join(npm, 'npm'), into('usr/local/lib/node_modules/npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', into('usr/local/bin/npm'));
  await writeFile(into('etc/apt/apt.conf.d/90dates'), 'Acquire::Check-Valid-Until "false";\n');
  const setting = async (name: string): Promise<string> =>
    (await exec('npm', ['config', 'get', name])).stdout.trim();
  const env: Record<string, string> = { HOME: '/root', DEBIAN_FRONTEND: 'noninteractive' };
  env.npm_config_registry = await setting('registry');
  const cafile = await setting('cafile');
  if (cafile !== 'null') {
    await cp(cafile, into('etc/npm-ca.pem'));
    env.npm_config_cafile = '/etc/npm-ca.pem';
  }
  return env;
}

async function built(
  base: string,
  runEnv: Readonly<Record<string, string>>,
  scratch: string,
  progress: Progress,
): Promise<{ readonly dir: string; readonly config: ImageConfig }> {
  const stages = new Map<string, string>();
  const sent = sentNames(await readFile(join(root, '.dockerignore'), 'utf8'));
  let last: { dir: string; config: ImageConfig } | null = null;
  for (const [at, stage] of stagesOf(await readFile(join(root, 'Dockerfile'), 'utf8')).entries()) {
    progress(`FROM ${stage.base}${stage.name === null ? '' : ` AS ${stage.name}`}`);
    const dir = join(scratch, `stage-${at}`);
    await exec('cp', ['-a', stages.get(stage.base) ?? base, dir]);
    const config = await buildStage(dir, stage, { ...{ dir: root, sent, stages, runEnv }, progress });
    if (stage.name !== null) stages.set(stage.name, dir);
    last = { dir, config };
  }
  if (last === null) throw new Error('the Dockerfile has no stage');
  return last;
}

interface Image {
  readonly dir: string;
  readonly config: ImageConfig;
  readonly scratch: string;
  readonly progress: Progress;
}

/** A container beside an Asterisk: prompts, a start, a call, the health check, a stop. */
async function served(image: Image): Promise<Pick<ImageTrial, 'readySeconds' | 'screened'>> {
  const { dir, config, scratch, progress } = image;
  const lab = await Lab.up({ gatehouse: false });
  try {
    const { started, env } = await container(lab, image);
    const command = (...args: string[]) => [...config.entrypoint, ...args];
    // Speaks, and so needs espeak-ng and sox.
    const asRoot = { ...started, user: 'root', groups: [] };
    await runIn(dir, command('prompts', '--rules', places.rules, '--out', places.sounds), asRoot, env);
    progress('ok: the prompts are rendered by the image');
    const [program = '', ...args] = await startedIn(dir, [...config.entrypoint, ...config.command], started);
    const began = Date.now();
    const serving = new Child('container', program, args, { log: join(scratch, 'container.log'), env });
    try {
      await until('the container to take calls', 60_000, async () => {
        if (!serving.running)
          throw new Error(`it ended:\n${await readFile(join(scratch, 'container.log'), 'utf8')}`);
        return (await lab.gatehouse.ready()) ? true : null;
      });
      const readySeconds = (Date.now() - began) / 1000;
      progress(`ok: the container takes calls after ${readySeconds.toFixed(1)} s`);
      await screens(lab);
      await runIn(dir, config.healthcheck, started, env);
      const listed = await runIn(dir, command('calls', '--json'), started, env);
      const screened = listed.split('\n').filter((line) => line.includes('"result":"passed"')).length;
      if (screened !== 1) throw new Error(`one call was to be screened, it says:\n${listed}`);
      progress('ok: a caller was asked, pressed 1 and reached the operators; healthy; the call is recorded');
      await stops(serving);
      progress('ok: SIGTERM ended it, exit code 0');
      return { readySeconds, screened };
    } finally {
      await serving.stop();
    }
  } finally {
    await lab.down();
  }
}

/** Mounts, groups and settings as compose.yaml gives them. */
async function container(
  lab: Lab,
  { config, scratch }: Image,
): Promise<{ readonly started: Started; readonly env: Record<string, string> }> {
  const spool = join(lab.dir, 'spool', 'gatehouse');
  const { gid } = await stat(dirname(spool));
  await chmod(spool, 0o2770);
  const sounds = join(lab.dir, 'image-sounds');
  const secrets = join(scratch, 'secrets');
  await mkdir(sounds);
  await mkdir(secrets);
  await writeFile(join(secrets, 'ari-password'), lab.contract.ari.password, { mode: 0o600 });
  await chown(join(secrets, 'ari-password'), 1000, 1000);
  const mounts = {
    [join(root, 'rules')]: places.rules,
    ...{ [spool]: places.spool, [sounds]: places.sounds, [secrets]: places.secrets },
  };
  const settings = parseEnv(await readFile(join(root, 'deploy/gatehouse.env.example'), 'utf8'));
  const env: Record<string, string> = {
    ...config.env,
    ...settings,
    GATEHOUSE_ARI_URL: lab.contract.ari.url,
    GATEHOUSE_ARI_PASSWORD_FILE: `${places.secrets}/ari-password`,
    GATEHOUSE_REDIS_URL: lab.contract.redis,
    GATEHOUSE_HTTP: new URL(lab.contract.report).host,
    GATEHOUSE_RULES: places.rules,
    GATEHOUSE_NODE: 'container',
    GATEHOUSE_PROMPT_MEDIA: `sound:${sounds}`,
    GATEHOUSE_CANARY: 'off',
    NODE_OPTIONS: '--max-old-space-size=768',
  };
  return { started: { user: config.user, workdir: config.workdir, groups: [gid], mounts }, env };
}

/** @throws when an unknown caller is not asked, or does not reach the operators by a key */
async function screens(lab: Lab): Promise<void> {
  const phone = await lab.ring({
    from: '+12125550170',
    to: '+13175550100',
    steps: [{ hold: 2500 }, { press: '1' }, { hold: 1500 }],
  });
  const { calls } = await phone.finished();
  const fate = calls.get(phone.callId())?.join();
  const exits = (await lab.arrivals()).map(({ exit }) => exit).join();
  if (fate !== 'answered,hung-up' || exits !== 'operators')
    throw new Error(`the call was ${fate ?? 'lost'}, and came to ${exits || 'nobody'}`);
}

/** SIGTERM to the first process of the container, as `docker stop` sends it. @throws when it does not end, or with an error */
async function stops(serving: Child): Promise<void> {
  const children = await readFile(`/proc/${serving.pid}/task/${serving.pid}/children`, 'utf8');
  process.kill(Number(children.trim().split(' ')[0]), 'SIGTERM');
  const { code } = await until('the container to end', stopMs, async () =>
    serving.running ? null : serving.ended,
  );
  if (code !== 0) throw new Error(`the container ended with ${code}`);
}
