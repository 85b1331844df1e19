import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { publicSettings } from '../config/public-settings.ts';
import { settings as table } from '../config/read-setting.ts';
import { readSettings } from '../config/settings.ts';
import { isRunning } from '../exits/voicemail-modules.ts';
import { logFields, logText } from '../log/log-value.ts';
import { maskNumbersIn } from '../privacy/mask-number.ts';
import type { Setting } from '../process/setting.ts';
import { version } from '../process/version.ts';
import { textOfGatehouse } from './ask-gatehouse.ts';
import { probeAsterisk } from './asterisk-probe.ts';
import type { Finding } from './finding.ts';

const run = promisify(execFile);
const logLines = 2_000;
const logMs = 15_000;
const maxLogBytes = 64 * 1024 * 1024;
const mostRuleFiles = 1_000;
const shortestSecret = 4;
const hidden = '(hidden)';

/** What is in a bundle: file → what it holds. */
const contents = {
  'findings.json': 'what gatehouse doctor found',
  'settings.json': 'settings, secrets left out',
  'versions.json': 'versions of Gatehouse, Node, the system and Asterisk',
  'health.json': 'what /healthz says',
  'metrics.txt': 'what /metrics says',
  'log.txt': `the last ${logLines} lines of the log`,
  'rules.json': 'names and sizes of the rule files; SHA-256 of those that hold no lists of numbers',
  'asterisk.json':
    'modules, PJSIP endpoints with their contexts, and globals of the dialplan that begin with GATEHOUSE',
} as const;
type BundledFile = keyof typeof contents;

export interface Bundled {
  readonly file: string;
  readonly holds: string;
  readonly bytes: number;
}

/**
 * Writes a tar.gz to send to support: numbers masked, secrets left out. What cannot be had says why in its place.
 * @param path mode 0600; refused when it is there
 * @throws errors of node:fs and of tar
 */
export async function writeBundle(
  env: NodeJS.ProcessEnv,
  findings: readonly Finding[],
  path: string,
  logFile: string | null,
): Promise<readonly Bundled[]> {
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bundle-'));
  try {
    const secrets = secretsOf(env);
    const bundled: Bundled[] = [];
    const read = readSettings(env);
    const settings = read.ok ? read.settings : null;
    const probe = settings === null ? null : await probeAsterisk(settings).catch(() => null);
    const ask = async (where: string) =>
      settings === null ? 'settings are refused' : (await textOfGatehouse(settings, where)).text;
    const makers: Readonly<Record<BundledFile, () => Promise<string>>> = {
      'findings.json': async () => asJson(findings),
      'settings.json': async () => asJson(read.ok ? publicSettings(read.settings) : read.problems),
      'versions.json': async () =>
        asJson({
          gatehouse: version,
          node: process.version,
          system: release(),
          asterisk: probe?.version ?? null,
        }),
      'health.json': async () => asJson(JSON.parse(await ask('/healthz'))),
      'metrics.txt': async () => (await ask('/metrics')).replace(/"[^"\n]*"/g, maskNumbersIn),
      'log.txt': () => maskedLog(logFile),
      'rules.json': async () => asJson(settings === null ? null : await ruleFiles(settings.rules)),
      'asterisk.json': async () => asJson(probe === null ? null : await asteriskFacts(probe)),
    };
    try {
      for (const [file, holds] of Object.entries(contents)) {
        const made = await makers[file as BundledFile]().catch(
          (error: unknown) => `not to be had: ${String(error)}`,
        );
        const text = without(secrets, made);
        await writeFile(join(dir, file), text, { mode: 0o600 });
        bundled.push({ file, holds, bytes: Buffer.byteLength(text) });
      }
    } finally {
      await probe?.close();
    }
    const packed = ['-czf', '-', '--owner=0', '--group=0', '-C', dir, ...Object.keys(contents)];
    const { stdout } = await run('tar', packed, { encoding: 'buffer', maxBuffer: maxLogBytes });
    await writeFile(path, stdout, { mode: 0o600, flag: 'wx' }).catch(
      async (failed: NodeJS.ErrnoException) => {
        if (failed.code !== 'EEXIST') await rm(path, { force: true });
        throw failed;
      },
    );
    return bundled;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Values of secret settings, also where they are part of an address. */
function secretsOf(env: NodeJS.ProcessEnv): readonly string[] {
  const values = Object.entries<Setting>(table).flatMap(([name, { secret }]) => {
    if (secret !== true) return [];
    const value = env[name] || fileText(env[`${name}_FILE`]);
    const credentials = /^[a-z+]+:\/\/(?:[^:@/]*:)?([^@/]+)@/.exec(value)?.[1];
    if (credentials !== undefined) return [credentials];
    // Where our own servers are is no secret; the path of a webhook is one.
    return ['GATEHOUSE_ARI_URL', 'GATEHOUSE_REDIS_URL'].includes(name) ? [] : [value];
  });
  return values.filter((value) => value.length >= shortestSecret);
}

function fileText(path: string | undefined): string {
  try {
    return path ? readFileSync(path, 'utf8').trim() : '';
  } catch {
    return '';
  }
}

function without(secrets: readonly string[], text: string): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, hidden), text);
}

/** Numbers in texts masked, counts and times left. */
function asJson(value: unknown): string {
  const masked = (key: string, one: unknown): unknown =>
    typeof one === 'string' && key !== 'sha256' ? logText(one, 'masked', 2_000) : one;
  return `${JSON.stringify(value, masked, 2)}\n`;
}

async function maskedLog(file: string | null): Promise<string> {
  const text =
    file === null
      ? (
          await run('journalctl', ['-u', 'gatehouse', '-n', String(logLines), '-o', 'cat', '--no-pager'], {
            timeout: logMs,
            maxBuffer: maxLogBytes,
          })
        ).stdout
      : await readFile(file, 'utf8');
  return `${text.trimEnd().split('\n').slice(-logLines).map(maskedLine).join('\n')}\n`;
}

function maskedLine(line: string): string {
  try {
    const fields: unknown = JSON.parse(line);
    if (typeof fields === 'object' && fields !== null)
      return JSON.stringify(logFields(fields as Record<string, unknown>, 'masked'));
  } catch {
    // Not written by us.
  }
  return logText(line, 'masked', 2_000);
}

/** A digest of a list of one number would give the number away. */
async function ruleFiles(dir: string): Promise<readonly object[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).slice(0, mostRuleFiles);
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const file = relative(dir, path);
      const { size } = await stat(path);
      if (!/^[a-z-]+\.(yaml|schema\.json)$/.test(file)) return { file, bytes: size };
      return {
        file,
        bytes: size,
        sha256: createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      };
    }),
  );
}

const globals = [
  'APP',
  'FALLBACK',
  'BOX',
  'DECISION',
  'WATCHDOG',
  'MAX_DECIDING',
  'SPOOL',
  'BEAT',
  'CHECKED',
];

async function asteriskFacts(probe: Awaited<ReturnType<typeof probeAsterisk>>): Promise<object> {
  const found: Record<string, string> = {};
  for (const name of globals) found[`GATEHOUSE_${name}`] = await probe.read(`GLOBAL(GATEHOUSE_${name})`);
  const endpoints: Record<string, string> = {};
  for (const name of (await probe.endpoints()).slice(0, 100))
    endpoints[maskNumbersIn(name)] = await probe.read(`PJSIP_ENDPOINT(${name},context)`);
  const all = await probe.modules();
  const names = (runs: boolean) =>
    all
      .filter((one) => isRunning(one) === runs)
      .map(({ name }) => name)
      .sort();
  const modules = { running: names(true), failed: names(false) };
  return { version: probe.version, globals: found, endpoints, modules };
}
