import { expect, it } from 'vitest';
import { publicSettings } from '../../src/config/public-settings.ts';
import { type Environment, settings as table } from '../../src/config/read-setting.ts';
import { effectOf, readSettings } from '../../src/config/settings.ts';

const least = { GATEHOUSE_ARI_USER: 'gatehouse', GATEHOUSE_ARI_PASSWORD: 'quiet-secret' };

function settingsOf(env: Environment, readFile?: (path: string) => string) {
  const result = readSettings({ ...least, ...env }, readFile);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.settings;
}

function namesOf(env: Environment) {
  const result = readSettings({ ...least, ...env });
  if (!result.ok) throw new Error('stops screening');
  return result.settings.problems.map(({ name }) => name).sort();
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

it('half an identity provider, half a mail server and a webhook without its key are off, by name', () => {
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
  expect(refused.ok && refused.settings.problems).toHaveLength(2);
  expect(JSON.stringify(refused)).not.toContain('hidden-secret');
});

const right = { ...oidc, GATEHOUSE_OIDC_CLIENT_SECRET_FILE: '', GATEHOUSE_HTTP: '0.0.0.0:8443' };

it.each([
  ['GATEHOUSE_HTTP', '8090'],
  ['GATEHOUSE_HTTP', '127.0.0.1:99999'],
  ['GATEHOUSE_HTTP', 'https://gatehouse.example.org'],
  ['GATEHOUSE_ACCESS', 'everybody'],
  ['GATEHOUSE_PUBLIC_URL', 'gatehouse.example.org'],
  ['GATEHOUSE_TRUSTED_PROXIES', 'proxy.example.org'],
  ['GATEHOUSE_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['GATEHOUSE_TRUSTED_PROXIES', 'fe80::1%eth0'],
  ['GATEHOUSE_OIDC_ISSUER', 'id.example.org'],
  ['GATEHOUSE_OIDC_CLIENT_ID', ''],
  ['GATEHOUSE_OIDC_CLIENT_SECRET_FILE', '/nowhere'],
  ['GATEHOUSE_OIDC_CLIENT_AUTH', 'private_key_jwt'],
  ['GATEHOUSE_OIDC_SCOPE', 'profile'],
  ['GATEHOUSE_OIDC_ROLE_CLAIM', 'a\nb'],
  ['GATEHOUSE_OIDC_ADMIN', '\u0007'],
])('%s=%j: screened without the pages; on this machine, and only with a token', (name, value) => {
  const settings = settingsOf({ ...right, [name]: value });
  expect(settings.problems).toHaveLength(1);
  expect(settings.http).toMatchObject({ host: '127.0.0.1', pages: false });
  expect(settings.access).toMatchObject({ mode: 'required', oidc: null });
  expect(settings.ari.user).toBe('gatehouse');
});

it.each([
  ['GATEHOUSE_SESSION_HOURS', '1d'],
  ['GATEHOUSE_REQUESTS_PER_MINUTE', '5'],
  ['GATEHOUSE_HTTP_CONNECTIONS', 'many'],
  ['GATEHOUSE_LOG_LEVEL', 'loud'],
  ['GATEHOUSE_LOG_NUMBERS', 'some'],
  ['GATEHOUSE_TIME_ZONE', 'Mars/Olympus'],
  ['GATEHOUSE_QUIET_HOURS', '25:00-07:00'],
  ['GATEHOUSE_DIGEST', 'hourly'],
  ['GATEHOUSE_SURGE_BOARD', '-1'],
  ['GATEHOUSE_SMTP_URL', 'mail.example.org'],
  ['GATEHOUSE_SMTP_URL_FILE', '/nowhere'],
  ['GATEHOUSE_SLACK_URL', 'slack'],
  ['GATEHOUSE_WEBHOOK_SECRET', 'short'],
  ['GATEHOUSE_CA_FILE', 'a\nb'],
  ['GATEHOUSE_TTS', '\t'],
])('%s=%j: its default is in force, or it is off; the pages stay', (name, value) => {
  const settings = settingsOf({ ...right, [name]: value });
  expect(settings.problems).toHaveLength(1);
  expect(settings.http).toMatchObject({ host: '0.0.0.0', pages: true });
  expect(settings.access.oidc).not.toBeNull();
  expect(settings.log).toEqual({ level: 'info', numbers: 'masked' });
});

it('every setting without a row above ends the start: what it is about is screening itself', () => {
  const ends = (Object.keys(table) as (keyof typeof table)[]).filter((name) => effectOf(name) === 'exit');
  expect(ends.sort()).toEqual([
    'GATEHOUSE_APP',
    'GATEHOUSE_ARI_PASSWORD',
    'GATEHOUSE_ARI_TIMEOUT_MS',
    'GATEHOUSE_ARI_URL',
    'GATEHOUSE_ARI_USER',
    'GATEHOUSE_DATA',
    'GATEHOUSE_DIALLED_HOURS',
    'GATEHOUSE_DRAIN_SECONDS',
    'GATEHOUSE_FEED_MAX_MB',
    'GATEHOUSE_HISTORY_DEADLINE_MS',
    'GATEHOUSE_NODE',
    'GATEHOUSE_PROMPT_MEDIA',
    'GATEHOUSE_PSEUDONYM_KEY',
    'GATEHOUSE_REDIS_URL',
    'GATEHOUSE_RETENTION_DAYS',
    'GATEHOUSE_RULES',
    'GATEHOUSE_SPOOL',
  ]);
});
