import type { SettingRow } from './setting-row.ts';

/** Whom Gatehouse tells what, by itself. */
export const noticeSettingsTable = [
  {
    name: 'GATEHOUSE_SMTP_URL',
    fallback: null,
    allowed: 'an smtp:// or smtps:// address, user and password included',
    about:
      'Mail server for notices; `smtp://` uses STARTTLS when the server offers it; with a password for another machine only with it.',
    secret: true,
  },
  {
    name: 'GATEHOUSE_SMTP_URL_FILE',
    fallback: null,
    allowed: 'the path of a file',
    about: 'A file that holds it alone.',
  },
  {
    name: 'GATEHOUSE_MAIL_FROM',
    fallback: null,
    allowed: 'a mail address',
    about: 'Sender of notices.',
  },
  {
    name: 'GATEHOUSE_MAIL_TO',
    fallback: null,
    allowed: 'mail addresses, separated by commas',
    about: 'Who gets notices by mail.',
  },
  {
    name: 'GATEHOUSE_WEBHOOK_URL',
    fallback: null,
    allowed: 'an http:// or https:// address',
    about: 'Gets every notice as JSON, signed (docs/decisions/0013-notices.md).',
    secret: true,
  },
  {
    name: 'GATEHOUSE_WEBHOOK_SECRET',
    fallback: null,
    allowed: 'at least 16 characters, one line',
    about: 'Key of the signature. Must be set with `GATEHOUSE_WEBHOOK_URL`.',
    secret: true,
  },
  {
    name: 'GATEHOUSE_WEBHOOK_SECRET_FILE',
    fallback: null,
    allowed: 'the path of a file',
    about: 'A file that holds it alone.',
  },
  {
    name: 'GATEHOUSE_SLACK_URL',
    fallback: null,
    allowed: 'an http:// or https:// address',
    about: 'Incoming webhook of Slack; a secret.',
    secret: true,
  },
  {
    name: 'GATEHOUSE_SLACK_URL_FILE',
    fallback: null,
    allowed: 'the path of a file',
    about: 'A file that holds it alone.',
  },
  {
    name: 'GATEHOUSE_TEAMS_URL',
    fallback: null,
    allowed: 'an http:// or https:// address',
    about: 'Workflow of Teams that takes an adaptive card; a secret.',
    secret: true,
  },
  {
    name: 'GATEHOUSE_TEAMS_URL_FILE',
    fallback: null,
    allowed: 'the path of a file',
    about: 'A file that holds it alone.',
  },
  {
    name: 'GATEHOUSE_TIME_ZONE',
    fallback: 'local',
    allowed: 'local, or an IANA time zone such as America/New_York',
    about: 'Zone of quiet hours, the digest and the times in notices.',
  },
  {
    name: 'GATEHOUSE_QUIET_HOURS',
    fallback: null,
    allowed: 'hours such as 22:00-07:00',
    about:
      'Then nobody is told of surges, campaigns and the digest until they end; bypasses, refused rules and a backlog are told at once.',
  },
  {
    name: 'GATEHOUSE_DIGEST',
    fallback: 'off',
    allowed: 'off, daily or weekly',
    about: 'A summary of what happened to the calls; weekly on Mondays.',
  },
  {
    name: 'GATEHOUSE_DIGEST_AT',
    fallback: '07:00',
    allowed: 'a time such as 07:00',
    about: 'When the digest is sent.',
  },
  {
    name: 'GATEHOUSE_SURGE_CALLED',
    fallback: '60',
    allowed: 'a whole number from 0 to 1000000',
    about: 'Calls to one number within 10 minutes that are a surge; 0: never.',
  },
  {
    name: 'GATEHOUSE_SURGE_BOARD',
    fallback: '600',
    allowed: 'a whole number from 0 to 1000000',
    about: 'Calls to the whole board within 10 minutes that are a surge; 0: never.',
  },
  {
    name: 'GATEHOUSE_BACKLOG_NOTICE',
    fallback: '1000',
    allowed: 'a whole number from 1 to 10000000',
    about: 'Outcomes waiting for Redis that somebody is told of; so is any that waits for 10 minutes.',
  },
  {
    name: 'GATEHOUSE_NOTICE_REPEAT_MINUTES',
    fallback: '60',
    allowed: 'a whole number from 5 to 1440',
    about: 'How often something that goes on is told again (minutes).',
  },
] as const satisfies readonly SettingRow[];
