import { expect, it } from 'vitest';
import { publicSettings } from '../../src/config/public-settings.ts';
import type { Environment } from '../../src/config/read-setting.ts';
import { readSettings } from '../../src/config/settings.ts';

const least = { GATEHOUSE_ARI_USER: 'gatehouse', GATEHOUSE_ARI_PASSWORD: 'quiet-secret' };

function settingsOf(env: Environment, readFile?: (path: string) => string) {
  const result = readSettings({ ...least, ...env }, readFile);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.settings;
}

function namesOf(env: Environment) {
  const result = readSettings({ ...least, ...env });
  return result.ok ? [] : result.problems.map(({ name }) => name).sort();
}

const oidc = {
  GATEHOUSE_OIDC_ISSUER: 'https://id.example.org/realms/staff',
  GATEHOUSE_OIDC_CLIENT_ID: 'gatehouse',
  GATEHOUSE_OIDC_CLIENT_SECRET_FILE: '/run/secrets/oidc',
  GATEHOUSE_PUBLIC_URL: 'https://gatehouse.example.org/',
};

it('an identity provider, its secret from a file', () => {
  const { access } = settingsOf(oidc, () => 'hidden-secret\n');
  expect(access).toMatchObject({
    publicUrl: 'https://gatehouse.example.org',
    oidc: { issuer: oidc.GATEHOUSE_OIDC_ISSUER, clientId: 'gatehouse', clientSecret: 'hidden-secret' },
  });
  expect(access.oidc?.roleValues.admin).toBe('gatehouse-admin');
});

it('an identity provider over plain HTTP is one on this machine', () => {
  expect(
    namesOf({
      ...oidc,
      GATEHOUSE_OIDC_CLIENT_SECRET_FILE: '',
      GATEHOUSE_OIDC_ISSUER: 'http://id.example.org',
    }),
  ).toEqual(['GATEHOUSE_OIDC_ISSUER']);
});

it('half an identity provider, half a mail server and a webhook without its key are refused by name', () => {
  expect(namesOf({ GATEHOUSE_OIDC_ISSUER: 'https://id.example.org' })).toEqual([
    'GATEHOUSE_OIDC_CLIENT_ID',
    'GATEHOUSE_PUBLIC_URL',
  ]);
  expect(namesOf({ GATEHOUSE_SMTP_URL: 'smtp://mail.example.org' })).toEqual([
    'GATEHOUSE_MAIL_FROM',
    'GATEHOUSE_MAIL_TO',
  ]);
  expect(namesOf({ GATEHOUSE_WEBHOOK_URL: 'https://hook.example.org/' })).toEqual([
    'GATEHOUSE_WEBHOOK_SECRET',
  ]);
});

it('proxies, quiet hours over midnight and a time zone', () => {
  const settings = settingsOf({
    GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,fd00::/8',
    GATEHOUSE_QUIET_HOURS: '22:30-07:00',
    GATEHOUSE_TIME_ZONE: 'America/New_York',
    GATEHOUSE_DIGEST_AT: '06:15',
  });
  expect(settings.access.trustedProxies).toEqual(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);
  expect(settings.notices).toMatchObject({
    quietHours: { fromMinute: 1350, toMinute: 420 },
    timeZone: 'America/New_York',
    digestAtMinute: 375,
  });
  expect(
    namesOf({
      GATEHOUSE_TRUSTED_PROXIES: 'everybody',
      GATEHOUSE_QUIET_HOURS: '22:30-25:00',
      GATEHOUSE_TIME_ZONE: 'Mars/Olympus',
      GATEHOUSE_DIGEST_AT: '7',
      GATEHOUSE_MAIL_TO: 'a@example.org\r\nBcc: b@example.org',
    }),
  ).toEqual([
    'GATEHOUSE_DIGEST_AT',
    'GATEHOUSE_MAIL_TO',
    'GATEHOUSE_QUIET_HOURS',
    'GATEHOUSE_TIME_ZONE',
    'GATEHOUSE_TRUSTED_PROXIES',
  ]);
});

it('no secret is shown: not a client secret, a mail password, a key or the address of a webhook', () => {
  const settings = settingsOf({
    ...oidc,
    GATEHOUSE_OIDC_CLIENT_SECRET_FILE: '',
    GATEHOUSE_OIDC_CLIENT_SECRET: 'hidden-secret',
    GATEHOUSE_SMTP_URL: 'smtp://me:hidden-secret@mail.example.org',
    GATEHOUSE_MAIL_FROM: 'gatehouse@example.org',
    GATEHOUSE_MAIL_TO: 'board@example.org',
    GATEHOUSE_WEBHOOK_URL: 'https://hook.example.org/hidden-secret',
    GATEHOUSE_WEBHOOK_SECRET: 'hidden-secret-of-16',
    GATEHOUSE_SLACK_URL: 'https://slack.example.org/hidden-secret',
    GATEHOUSE_TEAMS_URL: 'https://teams.example.org/hidden-secret',
  });
  expect(settings.notices.channels.GATEHOUSE_MAIL_TO).toEqual(['board@example.org']);
  expect(JSON.stringify(publicSettings(settings))).not.toContain('hidden-secret');
  const refused = readSettings({
    ...least,
    GATEHOUSE_SLACK_URL: 'hidden-secret',
    GATEHOUSE_WEBHOOK_SECRET: 'hidden-secret',
  });
  expect(refused.ok).toBe(false);
  expect(JSON.stringify(refused)).not.toContain('hidden-secret');
});
