import { hostname } from 'node:os';
import { type ChannelValues, channelSettings } from '../notices/channels/registry.ts';
import type { Setting } from '../process/setting.ts';
import { nearestWord } from '../text/spelling.ts';
import {
  type Environment,
  type ReadFile,
  readSetting,
  type SettingName,
  type SettingsProblem,
  type SettingValues,
  settingNames,
  settings as table,
} from './read-setting.ts';

/** Everything that is set from outside. Durations are in ms unless the name says otherwise. */
export type Settings = ReturnType<typeof grouped>;

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly SettingsProblem[] }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

/** Turns the environment into settings, or reports every problem at once. */
export function readSettings(env: Environment, readFile?: ReadFile): SettingsResult {
  const problems: SettingsProblem[] = [];
  const values: Record<string, unknown> = {};
  const names = Object.keys(table) as SettingName[];
  for (const name of names) {
    const found = readSetting(name, env, readFile);
    if ('problem' in found) problems.push(found.problem);
    else values[name] = found.value;
  }
  problems.push(...names.filter((name) => values[name]).flatMap((name) => halfSet(name, values)));
  // A misspelled name is often why another one is missing.
  if (problems.length > 0) return { ok: false, problems: [...problems, ...unknownSettings(env)] };
  return { ok: true, settings: grouped(values as SettingValues), warnings: unknownSettings(env) };
}

/** What must be set with this setting and is not. A refused value is not in `values` and has its own problem already. */
function halfSet(name: SettingName, values: Readonly<Record<string, unknown>>): SettingsProblem[] {
  const { needs = [] }: Setting = table[name];
  return needs
    .filter((other) => values[other] === null)
    .map((other) => ({
      name: other,
      message: `It is not set, and ${name} is.`,
      remedy: `Set it, or leave out ${name}.`,
    }));
}

/** Where each setting is found by the parts of the program. */
function grouped(v: SettingValues) {
  const issuer = v.GATEHOUSE_OIDC_ISSUER;
  return {
    ari: {
      url: v.GATEHOUSE_ARI_URL,
      user: v.GATEHOUSE_ARI_USER,
      password: v.GATEHOUSE_ARI_PASSWORD,
      timeoutMs: v.GATEHOUSE_ARI_TIMEOUT_MS,
    },
    app: v.GATEHOUSE_APP,
    node: v.GATEHOUSE_NODE ?? hostName(),
    redisUrl: v.GATEHOUSE_REDIS_URL,
    /** Null: callers are stored by number. */
    pseudonymKey: v.GATEHOUSE_PSEUDONYM_KEY,
    /** PEM; null: only the authorities that Node trusts. */
    caFile: v.GATEHOUSE_CA_FILE,
    rules: v.GATEHOUSE_RULES,
    data: v.GATEHOUSE_DATA,
    spool: v.GATEHOUSE_SPOOL,
    /** How long a dialed number may call back; 0: never. */
    dialedForMs: v.GATEHOUSE_DIALLED_HOURS,
    /** Without a slash at the end. */
    promptMedia: v.GATEHOUSE_PROMPT_MEDIA,
    http: { ...v.GATEHOUSE_HTTP, mostConnections: v.GATEHOUSE_HTTP_CONNECTIONS },
    log: { level: v.GATEHOUSE_LOG_LEVEL, numbers: v.GATEHOUSE_LOG_NUMBERS },
    historyDeadlineMs: v.GATEHOUSE_HISTORY_DEADLINE_MS,
    drainSeconds: v.GATEHOUSE_DRAIN_SECONDS,
    feedMaxBytes: v.GATEHOUSE_FEED_MAX_MB * 1024 * 1024,
    retentionDays: v.GATEHOUSE_RETENTION_DAYS,
    access: {
      mode: v.GATEHOUSE_ACCESS,
      /** Origin in browsers; null: where we listen. */
      publicUrl: v.GATEHOUSE_PUBLIC_URL,
      trustedProxies: v.GATEHOUSE_TRUSTED_PROXIES ?? [],
      sessionMs: v.GATEHOUSE_SESSION_HOURS * 3_600_000,
      requestsPerMinute: v.GATEHOUSE_REQUESTS_PER_MINUTE,
      oidc:
        issuer === null
          ? null
          : {
              issuer,
              clientId: given(v.GATEHOUSE_OIDC_CLIENT_ID),
              clientSecret: v.GATEHOUSE_OIDC_CLIENT_SECRET,
              clientAuth: v.GATEHOUSE_OIDC_CLIENT_AUTH,
              scope: v.GATEHOUSE_OIDC_SCOPE,
              roleClaim: v.GATEHOUSE_OIDC_ROLE_CLAIM,
              roleValues: {
                viewer: v.GATEHOUSE_OIDC_VIEWER,
                analyst: v.GATEHOUSE_OIDC_ANALYST,
                admin: v.GATEHOUSE_OIDC_ADMIN,
              },
            },
    },
    notices: {
      /** By the names of their settings. */
      channels: channelValues(v),
      /** IANA name, or `local`. */
      timeZone: v.GATEHOUSE_TIME_ZONE,
      /** Minutes after midnight; past midnight when `fromMinute` is the later one. */
      quietHours: v.GATEHOUSE_QUIET_HOURS,
      digest: v.GATEHOUSE_DIGEST,
      digestAtMinute: v.GATEHOUSE_DIGEST_AT,
      /** Calls within 10 minutes; 0: never. */
      surge: { called: v.GATEHOUSE_SURGE_CALLED, board: v.GATEHOUSE_SURGE_BOARD },
      /** Outcomes. */
      backlog: v.GATEHOUSE_BACKLOG_NOTICE,
      repeatMs: v.GATEHOUSE_NOTICE_REPEAT_MINUTES * 60_000,
    },
  };
}

function channelValues(values: SettingValues): ChannelValues {
  const names = Object.keys(channelSettings) as (keyof ChannelValues)[];
  return Object.fromEntries(names.map((name) => [name, values[name]])) as unknown as ChannelValues;
}

/** A setting that another one needs: `halfSet` has checked it. */
function given<T>(value: T | null): T {
  if (value === null) throw new TypeError('a setting that another one needs is missing');
  return value;
}

function hostName(): string {
  return (
    hostname()
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 64) || 'node'
  );
}

/** A misspelled name would silently leave the default in force. */
function unknownSettings(env: Environment): SettingsProblem[] {
  const prefix = 'GATEHOUSE_';
  const known = settingNames.map((name) => name.slice(prefix.length));
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !settingNames.includes(name))
    .map((name) => {
      const misspelled = name.slice(prefix.length, prefix.length + 64);
      const meant = nearestWord(misspelled, known, Math.floor(misspelled.length / 3));
      return {
        name,
        message: 'There is no such setting; it is ignored.',
        remedy:
          meant === null ? 'The settings are listed in docs/settings.md.' : `Did you mean ${prefix}${meant}?`,
      };
    });
}
