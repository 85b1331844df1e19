import { isIP } from 'node:net';
import { z } from 'zod';

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most);

const url = (...protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));

const redisUrl =
  /^rediss?(\+cluster|\+sentinel(?=:\/\/[^/]+\/[A-Za-z0-9._-]))?:\/\/([^@/\s]*@)?[A-Za-z0-9._[\]:,-]+(\/[A-Za-z0-9._/-]*)?(\?\S*)?$/;

const noControls = z.string().regex(/^\P{Cc}+$/u);

/** Minutes after midnight. */
const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const list = (entry: (text: string) => boolean) =>
  z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .refine((entries) => entries.every(entry));

const isNetwork = (text: string) => {
  const [address = '', bits, ...rest] = text.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) > 0 &&
    rest.length === 0 &&
    (bits === undefined || /^\d{1,3}$/.test(bits)) &&
    Number(bits ?? 0) <= most
  );
};

const isMailAddress = (text: string) => /^[^\s@<>",;]{1,64}@[A-Za-z0-9.-]{1,255}$/.test(text);
const isHere = (text: string) => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(text).hostname);

/** What each variable may hold, and what it becomes. */
export const settingShapes = {
  GATEHOUSE_ARI_URL: url('http:', 'https:')
    .refine((text) => new URL(text).username === '' && new URL(text).password === '')
    .transform((text) => text.replace(/\/+$/, '')),
  GATEHOUSE_ARI_USER: noControls,
  GATEHOUSE_ARI_PASSWORD: noControls,
  GATEHOUSE_ARI_PASSWORD_FILE: noControls,
  GATEHOUSE_APP: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  GATEHOUSE_NODE: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  // Forms and their meaning: src/records/redis-address.ts.
  GATEHOUSE_REDIS_URL: z.string().regex(redisUrl),
  GATEHOUSE_PSEUDONYM_KEY: noControls.min(16),
  GATEHOUSE_PSEUDONYM_KEY_FILE: noControls,
  GATEHOUSE_RULES: noControls,
  GATEHOUSE_DATA: noControls,
  GATEHOUSE_SPOOL: noControls,
  GATEHOUSE_TTS: noControls,
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
  GATEHOUSE_DIALLED_HOURS: wholeNumber(0, 8760).transform((hours) => hours * 3_600_000),
  GATEHOUSE_ACCESS: z.enum(['local', 'required']),
  GATEHOUSE_PUBLIC_URL: url('http:', 'https:')
    .refine((text) => new URL(text).href === `${new URL(text).origin}/`)
    .transform((text) => new URL(text).origin),
  GATEHOUSE_TRUSTED_PROXIES: list(isNetwork),
  GATEHOUSE_SESSION_HOURS: wholeNumber(1, 168),
  GATEHOUSE_REQUESTS_PER_MINUTE: wholeNumber(60, 100_000),
  GATEHOUSE_OIDC_ISSUER: url('http:', 'https:').refine((text) => text.startsWith('https:') || isHere(text)),
  GATEHOUSE_OIDC_CLIENT_ID: noControls,
  GATEHOUSE_OIDC_CLIENT_SECRET: noControls,
  GATEHOUSE_OIDC_CLIENT_SECRET_FILE: noControls,
  GATEHOUSE_OIDC_SCOPE: noControls.refine((text) => text.split(' ').includes('openid')),
  GATEHOUSE_OIDC_ROLE_CLAIM: noControls,
  GATEHOUSE_OIDC_VIEWER: noControls,
  GATEHOUSE_OIDC_ANALYST: noControls,
  GATEHOUSE_OIDC_ADMIN: noControls,
  GATEHOUSE_SMTP_URL: url('smtp:', 'smtps:'),
  GATEHOUSE_SMTP_URL_FILE: noControls,
  GATEHOUSE_MAIL_FROM: z.string().refine(isMailAddress),
  GATEHOUSE_MAIL_TO: list(isMailAddress),
  GATEHOUSE_WEBHOOK_URL: url('http:', 'https:'),
  GATEHOUSE_WEBHOOK_SECRET: noControls.min(16),
  GATEHOUSE_WEBHOOK_SECRET_FILE: noControls,
  GATEHOUSE_SLACK_URL: url('http:', 'https:'),
  GATEHOUSE_SLACK_URL_FILE: noControls,
  GATEHOUSE_TEAMS_URL: url('http:', 'https:'),
  GATEHOUSE_TEAMS_URL_FILE: noControls,
  GATEHOUSE_TIME_ZONE: z.string().refine((zone) => zone === 'local' || isTimeZone(zone)),
  GATEHOUSE_QUIET_HOURS: z
    .string()
    .transform((text) => text.split('-'))
    .pipe(z.tuple([timeOfDay, timeOfDay]))
    .refine(([from, to]) => from !== to)
    .transform(([from, to]) => ({ fromMinute: from, toMinute: to })),
  GATEHOUSE_DIGEST: z.enum(['off', 'daily', 'weekly']),
  GATEHOUSE_DIGEST_AT: timeOfDay,
  GATEHOUSE_SURGE_CALLED: wholeNumber(0, 1_000_000),
  GATEHOUSE_SURGE_BOARD: wholeNumber(0, 1_000_000),
  GATEHOUSE_BACKLOG_NOTICE: wholeNumber(1, 10_000_000),
  GATEHOUSE_NOTICE_REPEAT_MINUTES: wholeNumber(5, 1440),
};

/** Null: not set and without a default, or refused. */
export type SettingValues = {
  [N in keyof typeof settingShapes]: z.output<(typeof settingShapes)[N]> | null;
};

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
