import type { SecretName } from './secret-setting.ts';
import type { SettingValues } from './setting-shapes.ts';
import type { SettingsProblem } from './settings-problem.ts';

/** Whom Gatehouse tells what by itself; a way that is null is not used. */
export interface NoticeSettings {
  readonly mail: { readonly smtpUrl: string; readonly from: string; readonly to: readonly string[] } | null;
  readonly webhook: { readonly url: string; readonly secret: string } | null;
  readonly slackUrl: string | null;
  readonly teamsUrl: string | null;
  /** IANA name, or `local`. */
  readonly timeZone: string;
  /** Minutes after midnight; from later than to: over midnight. */
  readonly quietHours: { readonly fromMinute: number; readonly toMinute: number } | null;
  readonly digest: 'off' | 'daily' | 'weekly';
  readonly digestAtMinute: number;
  /** Calls within 10 minutes; 0: never. */
  readonly surge: { readonly called: number; readonly board: number };
  /** Outcomes. */
  readonly backlog: number;
  readonly repeatMs: number;
}

export type Secrets = { readonly [N in SecretName]: string | null };
type Given = <T>(value: T | null) => T;

export function noticeSettings(v: SettingValues, secrets: Secrets, given: Given): NoticeSettings {
  const { GATEHOUSE_SMTP_URL: smtpUrl, GATEHOUSE_WEBHOOK_SECRET: secret } = secrets;
  const url = v.GATEHOUSE_WEBHOOK_URL;
  return {
    mail:
      smtpUrl === null
        ? null
        : { smtpUrl, from: given(v.GATEHOUSE_MAIL_FROM), to: given(v.GATEHOUSE_MAIL_TO) },
    webhook: url === null ? null : { url, secret: given(secret) },
    slackUrl: secrets.GATEHOUSE_SLACK_URL,
    teamsUrl: secrets.GATEHOUSE_TEAMS_URL,
    timeZone: given(v.GATEHOUSE_TIME_ZONE),
    quietHours: v.GATEHOUSE_QUIET_HOURS,
    digest: given(v.GATEHOUSE_DIGEST),
    digestAtMinute: given(v.GATEHOUSE_DIGEST_AT),
    surge: { called: given(v.GATEHOUSE_SURGE_CALLED), board: given(v.GATEHOUSE_SURGE_BOARD) },
    backlog: given(v.GATEHOUSE_BACKLOG_NOTICE),
    repeatMs: given(v.GATEHOUSE_NOTICE_REPEAT_MINUTES) * 60_000,
  };
}

/** What is half set. */
export function noticeProblems(v: SettingValues, secrets: Secrets): SettingsProblem[] {
  const problems: SettingsProblem[] = [];
  const missing = (name: keyof SettingValues, because: string) =>
    problems.push({
      name,
      message: `It is not set, and ${because} is.`,
      remedy: `Set it, or leave out ${because}.`,
    });
  if (secrets.GATEHOUSE_SMTP_URL !== null) {
    if (v.GATEHOUSE_MAIL_FROM === null) missing('GATEHOUSE_MAIL_FROM', 'GATEHOUSE_SMTP_URL');
    if (v.GATEHOUSE_MAIL_TO === null) missing('GATEHOUSE_MAIL_TO', 'GATEHOUSE_SMTP_URL');
  }
  if (v.GATEHOUSE_WEBHOOK_URL !== null && secrets.GATEHOUSE_WEBHOOK_SECRET === null)
    missing('GATEHOUSE_WEBHOOK_SECRET', 'GATEHOUSE_WEBHOOK_URL');
  return problems;
}
