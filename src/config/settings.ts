import { hostname } from 'node:os';
import { type ChannelValues, channelSettings } from '../notices/channels/registry.ts';
import type { Setting } from '../process/setting.ts';
import { nearestWord } from '../text/spelling.ts';
import { accessSettings } from './access-settings.ts';
import { noticeSettings } from './notice-settings.ts';
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
export type Settings = ReturnType<typeof grouped> & {
  /** Wrong settings that stop no call from being screened. */
  readonly problems: readonly SettingsProblem[];
};

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly SettingsProblem[] }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

/**
 * Turns the environment into settings, or reports every problem at once. What calls can be screened without stops nothing: the
 * problem is among the settings, and a default is in force, or what the setting belongs to is off (decision 0026).
 */
export function readSettings(env: Environment, readFile?: ReadFile): SettingsResult {
  const wrong = new Map<SettingName, SettingsProblem[]>();
  const values: Record<string, unknown> = {};
  const names = Object.keys(table) as SettingName[];
  for (const name of names) {
    const found = readSetting(name, env, readFile);
    if ('problem' in found) wrong.set(name, [found.problem]);
    else values[name] = found.value;
  }
  for (const name of names.filter((one) => values[one])) {
    const missing = halfSet(name, values);
    if (missing.length > 0) wrong.set(name, missing);
  }
  const problems = [...wrong.values()].flat();
  // A misspelled name is often why another one is missing.
  if ([...wrong.keys()].some((name) => effectOf(name) === 'exit'))
    return { ok: false, problems: [...problems, ...unknownSettings(env)] };
  for (const name of wrong.keys()) values[name] = defaultOf(name);
  const pages = ![...wrong.keys()].some((name) => effectOf(name) === 'no-pages');
  const settings = { ...grouped(values as SettingValues, pages), problems };
  return { ok: true, settings, warnings: unknownSettings(env) };
}

/** Of these a default is as good, or what they turn on can be off. */
const hasDefault: ReadonlySet<string> = new Set([
  ...Object.keys(channelSettings),
  ...Object.keys(noticeSettings),
  'GATEHOUSE_SESSION_HOURS',
  'GATEHOUSE_REQUESTS_PER_MINUTE',
  'GATEHOUSE_HTTP_CONNECTIONS',
  'GATEHOUSE_LOG_LEVEL',
  'GATEHOUSE_LOG_NUMBERS',
  'GATEHOUSE_CA_FILE',
  'GATEHOUSE_STI_AUTHORITIES',
  'GATEHOUSE_CERTIFICATES',
  'GATEHOUSE_CANARY',
  'GATEHOUSE_TTS',
]);
/** A guess at one of these might show numbers to whom they are not for. */
const ofPages: ReadonlySet<string> = new Set([...Object.keys(accessSettings), 'GATEHOUSE_HTTP']);

/** What a wrong value of a setting ends: the program, the pages, or itself. */
export function effectOf(name: SettingName): 'exit' | 'no-pages' | 'default' {
  if (hasDefault.has(name)) return 'default';
  return ofPages.has(name) ? 'no-pages' : 'exit';
}

function defaultOf(name: SettingName): unknown {
  const { fallback, shape }: Setting = table[name];
  return fallback === undefined ? null : shape.parse(fallback);
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
/** @param pages false: their settings are wrong, so that only probes and programs with a token are answered, on this machine */
function grouped(v: SettingValues, pages: boolean) {
  const issuer = pages ? v.GATEHOUSE_OIDC_ISSUER : null;
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
    signatures: {
      /** PEM of the authorities whose carriers may sign calls; null: Gatehouse verifies nothing itself. */
      authorities: v.GATEHOUSE_STI_AUTHORITIES,
      certificates: v.GATEHOUSE_CERTIFICATES,
    },
    rules: v.GATEHOUSE_RULES,
    data: v.GATEHOUSE_DATA,
    spool: v.GATEHOUSE_SPOOL,
    /** How long a dialed number may call back; 0: never. */
    dialedForMs: v.GATEHOUSE_DIALLED_HOURS,
    /** Without a slash at the end. */
    promptMedia: v.GATEHOUSE_PROMPT_MEDIA,
    http: {
      host: pages ? v.GATEHOUSE_HTTP.host : '127.0.0.1',
      port: v.GATEHOUSE_HTTP.port,
      mostConnections: v.GATEHOUSE_HTTP_CONNECTIONS,
      pages,
    },
    log: { level: v.GATEHOUSE_LOG_LEVEL, numbers: v.GATEHOUSE_LOG_NUMBERS },
    historyDeadlineMs: v.GATEHOUSE_HISTORY_DEADLINE_MS,
    /** Pause between two rounds of canary calls; 0: none. */
    canaryEveryMs: v.GATEHOUSE_CANARY,
    drainSeconds: v.GATEHOUSE_DRAIN_SECONDS,
    feedMaxBytes: v.GATEHOUSE_FEED_MAX_MB * 1024 * 1024,
    retentionDays: v.GATEHOUSE_RETENTION_DAYS,
    access: {
      mode: pages ? v.GATEHOUSE_ACCESS : ('required' as const),
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
      monthly: v.GATEHOUSE_MONTHLY === 'on',
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
