import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { nearest } from './nearest.ts';
import { SETTINGS } from './settings-table.ts';

/** Everything that is set from outside. Durations are in ms unless the name says otherwise. */
export interface Settings {
  readonly ari: {
    readonly url: string;
    readonly user: string;
    readonly password: string;
    readonly timeoutMs: number;
  };
  /** Stasis application name. */
  readonly app: string;
  /** Name of this node; the first part of every call id. */
  readonly node: string;
  readonly redisUrl: string;
  /** Directory of the rule files. */
  readonly rules: string;
  /** Directory of the outbox. */
  readonly data: string;
  /** Directory of the dialplan's notes. */
  readonly spool: string;
  /** How long a number that was dialled may call back; 0: not at all. */
  readonly dialledForMs: number;
  /** ARI media prefix of the prompts, without a slash at the end. */
  readonly promptMedia: string;
  readonly http: { readonly host: string; readonly port: number };
  readonly log: { readonly level: LogLevel; readonly numbers: 'masked' | 'full' };
  readonly historyDeadlineMs: number;
  readonly drainSeconds: number;
  readonly retentionDays: number;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface SettingsProblem {
  /** The environment variable. */
  readonly name: string;
  readonly message: string;
  readonly remedy: string;
}

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly SettingsProblem[] }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

export type Environment = Readonly<Record<string, string | undefined>>;

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most);

const url = (...protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));

const noControls = z.string().regex(/^\P{Cc}+$/u);

const shapes = {
  GATEHOUSE_ARI_URL: url('http:', 'https:')
    .refine((text) => new URL(text).username === '' && new URL(text).password === '')
    .transform((text) => text.replace(/\/+$/, '')),
  GATEHOUSE_ARI_USER: noControls,
  GATEHOUSE_ARI_PASSWORD: noControls,
  GATEHOUSE_ARI_PASSWORD_FILE: noControls,
  GATEHOUSE_APP: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  GATEHOUSE_NODE: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  GATEHOUSE_REDIS_URL: url('redis:', 'rediss:'),
  GATEHOUSE_RULES: noControls,
  GATEHOUSE_DATA: noControls,
  GATEHOUSE_SPOOL: noControls,
  GATEHOUSE_DIALLED_HOURS: wholeNumber(0, 8760).transform((hours) => hours * 3_600_000),
  GATEHOUSE_PROMPT_MEDIA: z
    .string()
    .regex(/^(sound:)?[A-Za-z0-9._/-]+$/)
    .transform((text) => (text.startsWith('sound:') ? text : `sound:${text}`).replace(/\/+$/, '')),
  GATEHOUSE_HTTP: z
    .string()
    .regex(/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/)
    .transform((text) => ({
      host: text.slice(0, text.lastIndexOf(':')).replace(/^\[|\]$/g, ''),
      port: Number(text.slice(text.lastIndexOf(':') + 1)),
    }))
    .refine(({ port }) => port <= 65_535),
  GATEHOUSE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']),
  GATEHOUSE_LOG_NUMBERS: z.enum(['masked', 'full']),
  GATEHOUSE_HISTORY_DEADLINE_MS: wholeNumber(10, 2000),
  GATEHOUSE_ARI_TIMEOUT_MS: wholeNumber(100, 10_000),
  GATEHOUSE_DRAIN_SECONDS: wholeNumber(0, 300),
  GATEHOUSE_RETENTION_DAYS: wholeNumber(1, 3650),
};

type Name = keyof typeof shapes;
type Values = { [N in Name]: z.output<(typeof shapes)[N]> | null };

/**
 * Turns the environment into settings; every problem at once. An empty value counts as not set. Values are never
 * repeated in a message when the variable holds or may hold a secret.
 */
export function readSettings(
  env: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): SettingsResult {
  const problems: SettingsProblem[] = [];
  const values = {} as Record<Name, unknown>;
  for (const { name, allowed, secret, fallback } of SETTINGS) {
    const given = env[name] || (name === 'GATEHOUSE_NODE' ? nodeName() : fallback);
    const parsed = given === null ? null : shapes[name].safeParse(given);
    values[name] = parsed?.success ? parsed.data : null;
    if (parsed === null || parsed.success) continue;
    const shown = secret ? 'The value' : JSON.stringify(String(given).slice(0, 80));
    problems.push({ name, message: `${shown} is not allowed.`, remedy: `Set it to ${allowed}.` });
  }
  const known = values as Values;
  const password = readPassword(env, known, readFile, problems);
  if (known.GATEHOUSE_ARI_USER === null && !env.GATEHOUSE_ARI_USER)
    problems.push({
      name: 'GATEHOUSE_ARI_USER',
      message: 'It is not set.',
      remedy: 'Set it to the user that ari.conf of this Asterisk names (type=user, read_only=no).',
    });
  if (problems.length > 0 || password === null) return { ok: false, problems };
  return { ok: true, settings: assemble(known, password), warnings: strangers(env) };
}

function nodeName(): string {
  return (
    hostname()
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 64) || 'node'
  );
}

function readPassword(
  env: Environment,
  { GATEHOUSE_ARI_PASSWORD: direct, GATEHOUSE_ARI_PASSWORD_FILE: file }: Values,
  readFile: (path: string) => string,
  problems: SettingsProblem[],
): string | null {
  const remedy =
    'Set GATEHOUSE_ARI_PASSWORD, or GATEHOUSE_ARI_PASSWORD_FILE to a readable file that holds it.';
  const refuse = (name: Name, message: string) => {
    problems.push({ name, message, remedy });
    return null;
  };
  if (env.GATEHOUSE_ARI_PASSWORD && env.GATEHOUSE_ARI_PASSWORD_FILE)
    return refuse('GATEHOUSE_ARI_PASSWORD', 'It and GATEHOUSE_ARI_PASSWORD_FILE are both set.');
  if (direct !== null) return direct;
  // A value that was refused has its own problem already.
  if (env.GATEHOUSE_ARI_PASSWORD) return null;
  if (file === null)
    return env.GATEHOUSE_ARI_PASSWORD_FILE ? null : refuse('GATEHOUSE_ARI_PASSWORD', 'It is not set.');
  try {
    const content = readFile(file).replace(/\r?\n$/, '');
    if (noControls.safeParse(content).success) return content;
    return refuse('GATEHOUSE_ARI_PASSWORD_FILE', 'The file does not hold one line of text.');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return refuse('GATEHOUSE_ARI_PASSWORD_FILE', `The file cannot be read (${code}).`);
  }
}

function assemble(v: Values, password: string): Settings {
  const given = <T>(value: T | null): T => {
    if (value === null) throw new TypeError('a setting without a default slipped through');
    return value;
  };
  return {
    ari: {
      url: given(v.GATEHOUSE_ARI_URL),
      user: given(v.GATEHOUSE_ARI_USER),
      password,
      timeoutMs: given(v.GATEHOUSE_ARI_TIMEOUT_MS),
    },
    app: given(v.GATEHOUSE_APP),
    node: given(v.GATEHOUSE_NODE),
    redisUrl: given(v.GATEHOUSE_REDIS_URL),
    rules: given(v.GATEHOUSE_RULES),
    data: given(v.GATEHOUSE_DATA),
    spool: given(v.GATEHOUSE_SPOOL),
    dialledForMs: given(v.GATEHOUSE_DIALLED_HOURS),
    promptMedia: given(v.GATEHOUSE_PROMPT_MEDIA),
    http: given(v.GATEHOUSE_HTTP),
    log: { level: given(v.GATEHOUSE_LOG_LEVEL), numbers: given(v.GATEHOUSE_LOG_NUMBERS) },
    historyDeadlineMs: given(v.GATEHOUSE_HISTORY_DEADLINE_MS),
    drainSeconds: given(v.GATEHOUSE_DRAIN_SECONDS),
    retentionDays: given(v.GATEHOUSE_RETENTION_DAYS),
  };
}

/** A misspelt name would silently leave the default in force. */
function strangers(env: Environment): SettingsProblem[] {
  const prefix = 'GATEHOUSE_';
  const names = SETTINGS.map(({ name }) => name.slice(prefix.length));
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !names.includes(name.slice(prefix.length)))
    .map((name) => {
      const meant = nearest(name.slice(prefix.length), names);
      return {
        name,
        message: 'There is no such setting; it is ignored.',
        remedy:
          meant === null ? 'The settings are listed in docs/settings.md.' : `Did you mean ${prefix}${meant}?`,
      };
    });
}
