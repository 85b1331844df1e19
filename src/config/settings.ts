import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type AccessSettings, accessProblems, accessSettings } from './access-settings.ts';
import { nearest } from './nearest.ts';
import { type NoticeSettings, noticeProblems, noticeSettings, type Secrets } from './notice-settings.ts';
import { readSecret, secretNames } from './secret-setting.ts';
import { type SettingValues, settingShapes } from './setting-shapes.ts';
import type { SettingsProblem } from './settings-problem.ts';
import { SETTINGS } from './settings-table.ts';

export type { SettingsProblem };

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
  /** Null: callers are stored by number. */
  readonly pseudonymKey: string | null;
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
  readonly access: AccessSettings;
  readonly notices: NoticeSettings;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly SettingsProblem[] }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Turns the environment into settings; every problem at once. An empty value counts as not set. Values are never
 * repeated in a message when the variable holds or may hold a secret.
 */
export function readSettings(
  env: Environment,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): SettingsResult {
  const problems: SettingsProblem[] = [];
  const values = {} as Record<string, unknown>;
  for (const { name, allowed, secret, fallback } of SETTINGS) {
    const given = env[name] || (name === 'GATEHOUSE_NODE' ? nodeName() : fallback);
    const parsed = given === null ? null : settingShapes[name].safeParse(given);
    values[name] = parsed?.success ? parsed.data : null;
    if (parsed === null || parsed.success) continue;
    const shown = secret ? 'The value' : JSON.stringify(String(given).slice(0, 80));
    problems.push({ name, message: `${shown} is not allowed.`, remedy: `Set it to ${allowed}.` });
  }
  const known = values as SettingValues;
  const secrets = Object.fromEntries(
    secretNames.map((name) => [name, readSecret(name, env, known, readFile, problems)]),
  ) as Secrets;
  const password = secrets.GATEHOUSE_ARI_PASSWORD;
  if (!env.GATEHOUSE_ARI_PASSWORD && !env.GATEHOUSE_ARI_PASSWORD_FILE)
    problems.push({
      name: 'GATEHOUSE_ARI_PASSWORD',
      message: 'It is not set.',
      remedy: 'Set GATEHOUSE_ARI_PASSWORD, or GATEHOUSE_ARI_PASSWORD_FILE to a readable file that holds it.',
    });
  if (known.GATEHOUSE_ARI_USER === null && !env.GATEHOUSE_ARI_USER)
    problems.push({
      name: 'GATEHOUSE_ARI_USER',
      message: 'It is not set.',
      remedy: 'Set it to the user that ari.conf of this Asterisk names (type=user, read_only=no).',
    });
  // A value that was refused has its own problem already.
  const halfSet = [...accessProblems(known), ...noticeProblems(known, secrets)];
  problems.push(...halfSet.filter(({ name }) => !problems.some((other) => other.name.startsWith(name))));
  // A misspelt name is mostly why another is missing.
  if (problems.length > 0 || password === null)
    return { ok: false, problems: [...problems, ...strangers(env)] };
  return { ok: true, settings: assemble(known, password, secrets), warnings: strangers(env) };
}

function nodeName(): string {
  return (
    hostname()
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 64) || 'node'
  );
}

function assemble(v: SettingValues, password: string, secrets: Secrets): Settings {
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
    pseudonymKey: secrets.GATEHOUSE_PSEUDONYM_KEY,
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
    access: accessSettings(v, secrets.GATEHOUSE_OIDC_CLIENT_SECRET, given),
    notices: noticeSettings(v, secrets, given),
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
