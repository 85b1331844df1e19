import { accessSettingsTable } from './access-settings-table.ts';
import { noticeSettingsTable } from './notice-settings-table.ts';
import type { SettingRow } from './setting-row.ts';

/** One environment variable. The table in docs/settings.md is made from these. */
export interface SettingDescription extends SettingRow {
  readonly name: SettingName;
}

const table = [
  {
    name: 'GATEHOUSE_ARI_URL',
    fallback: 'http://127.0.0.1:8088',
    allowed: 'an http:// or https:// address without user and password, the prefix of http.conf included',
    about: "Where Asterisk's HTTP server listens.",
    secret: true,
  },
  {
    name: 'GATEHOUSE_ARI_USER',
    fallback: null,
    allowed: 'a user of ari.conf',
    about: 'Must be set. The user needs `read_only=no`.',
  },
  {
    name: 'GATEHOUSE_ARI_PASSWORD',
    fallback: null,
    allowed: "that user's password, one line",
    about: 'Must be set, here or as a file.',
    secret: true,
  },
  {
    name: 'GATEHOUSE_ARI_PASSWORD_FILE',
    fallback: null,
    allowed: 'the path of a file',
    about: 'A file that holds the password alone; for systemd credentials and container secrets.',
  },
  {
    name: 'GATEHOUSE_APP',
    fallback: 'gatehouse',
    allowed: '1 to 64 letters, digits, - or _',
    about: 'Stasis application; the same name as in the dialplan.',
  },
  {
    name: 'GATEHOUSE_NODE',
    fallback: null,
    allowed: '1 to 64 letters, digits, ".", - or _',
    about:
      'Name of this node, the first part of every call id. Not set: the host name. Keep it over restarts.',
  },
  {
    name: 'GATEHOUSE_REDIS_URL',
    fallback: 'redis://127.0.0.1:6379',
    allowed: 'a redis://, redis+sentinel:// or redis+cluster:// address (rediss for TLS)',
    about:
      'Where outcomes, counts and passes are kept: `redis://HOST:PORT/DB`, `redis+sentinel://HOST:PORT,HOST:PORT/MASTER` or `redis+cluster://HOST:PORT,HOST:PORT`.',
    secret: true,
  },
  {
    name: 'GATEHOUSE_PSEUDONYM_KEY',
    fallback: null,
    allowed: 'at least 16 characters, one line',
    about:
      'Redis and the outbox then hold keyed hashes in place of callers’ numbers, and no names: searching, passes and `gatehouse forget` work by number still, backtests of such calls do not. Keep it like a password; with another key nobody is known any more.',
    secret: true,
  },
  {
    name: 'GATEHOUSE_PSEUDONYM_KEY_FILE',
    fallback: null,
    allowed: 'the path of a file',
    about: 'A file that holds it alone.',
  },
  { name: 'GATEHOUSE_RULES', fallback: 'rules', allowed: 'a directory', about: 'The rule files.' },
  {
    name: 'GATEHOUSE_DATA',
    fallback: '/var/lib/gatehouse',
    allowed: 'a directory',
    about:
      'The outbox (outcomes that Redis has not taken yet), access tokens and the audit log. Must outlive the process.',
  },
  {
    name: 'GATEHOUSE_SPOOL',
    fallback: '/var/spool/asterisk/gatehouse',
    allowed: 'a directory',
    about: 'Where the dialplan notes calls that went round the screener, and numbers that were dialled.',
  },
  {
    name: 'GATEHOUSE_DIALLED_HOURS',
    fallback: '168',
    allowed: 'a whole number from 0 to 8760',
    about: 'How long a number that our people dialled counts as dialled (h); 0: not at all.',
  },
  {
    name: 'GATEHOUSE_PROMPT_MEDIA',
    fallback: 'sound:gatehouse',
    allowed: '`sound:` and a path of letters, digits, ".", "/", - or _',
    about: "Prefix of the prompts' ARI media, `<prefix>/<language>/<prompt>`. An absolute path is allowed.",
  },
  {
    name: 'GATEHOUSE_TTS',
    fallback: null,
    allowed: 'a program and its arguments, with {out} and, if it wants, {text-file} and {language}',
    about:
      'What speaks the prompts (`gatehouse prompts`). Not set: espeak-ng. There is no shell; the words are its stdin too.',
  },
  {
    name: 'GATEHOUSE_HTTP',
    fallback: '127.0.0.1:8090',
    allowed: 'host:port',
    about:
      'Where /healthz and the report page listen. Beyond this machine only when somebody can sign in (`gatehouse token new`, `GATEHOUSE_OIDC_ISSUER`); else on this machine all the same.',
  },
  {
    name: 'GATEHOUSE_LOG_LEVEL',
    fallback: 'info',
    allowed: 'debug, info, warn or error',
    about: 'The least that is logged.',
  },
  {
    name: 'GATEHOUSE_LOG_NUMBERS',
    fallback: 'masked',
    allowed: 'masked or full',
    about:
      'Numbers of people in log lines: `masked` keeps an area and the last two digits, `full` everything.',
  },
  {
    name: 'GATEHOUSE_HISTORY_DEADLINE_MS',
    fallback: '150',
    allowed: 'a whole number from 10 to 2000',
    about: "How long a call waits for its caller's history (ms); then it is decided without.",
  },
  {
    name: 'GATEHOUSE_ARI_TIMEOUT_MS',
    fallback: '2000',
    allowed: 'a whole number from 100 to 10000',
    about: 'Deadline of each ARI request (ms); a call whose request misses it goes to the operators.',
  },
  {
    name: 'GATEHOUSE_DRAIN_SECONDS',
    fallback: '20',
    allowed: 'a whole number from 0 to 300',
    about: 'How long calls may finish after SIGTERM (s); then they go to the operators.',
  },
  {
    name: 'GATEHOUSE_RETENTION_DAYS',
    fallback: '90',
    allowed: 'a whole number from 1 to 3650',
    about: 'How long outcomes are kept (days).',
  },
] as const satisfies readonly SettingRow[];

const all = [...table, ...accessSettingsTable, ...noticeSettingsTable] as const;

export type SettingName = (typeof all)[number]['name'];

export const SETTINGS: readonly SettingDescription[] = all;

/** The table of docs/settings.md, in Markdown. */
export function settingsTable(): string {
  const rows = SETTINGS.map(({ name, fallback, allowed, about }) => {
    const standard = fallback === null ? '' : `\`${fallback}\``;
    return `| \`${name}\` | ${standard} | ${allowed} | ${about} |`;
  });
  return ['| variable | default | allowed | what for |', '|---|---|---|---|', ...rows].join('\n');
}
