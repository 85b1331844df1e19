import { describe, expect, it } from 'vitest';
import { publicSettings } from '../../src/config/public-settings.ts';
import { callerPseudonymKey, type Environment } from '../../src/config/read-setting.ts';
import { readSettings, type Settings } from '../../src/config/settings.ts';
import { redisAddress } from '../../src/redis/redis-address.ts';

const least = { GATEHOUSE_ARI_USER: 'gatehouse', GATEHOUSE_ARI_PASSWORD: 'quiet-secret' };

function settingsOf(env: Environment, readFile?: (path: string) => string): Settings {
  const result = readSettings(env, readFile);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.settings;
}

function problemsOf(env: Environment, readFile?: (path: string) => string) {
  const result = readSettings(env, readFile);
  if (result.ok) throw new Error('was accepted');
  return result.problems;
}

it('needs nothing but the ARI user and password', () => {
  const settings = settingsOf({ ...least, GATEHOUSE_NODE: 'pbx1' });
  expect(settings).toEqual({
    ari: { url: 'http://127.0.0.1:8088', user: 'gatehouse', password: 'quiet-secret', timeoutMs: 2000 },
    app: 'gatehouse',
    node: 'pbx1',
    redisUrl: 'redis://127.0.0.1:6379',
    pseudonymKey: null,
    rules: 'rules',
    caFile: null,
    signatures: { authorities: null, certificates: 'public' },
    data: '/var/lib/gatehouse',
    spool: '/var/spool/asterisk/gatehouse',
    dialedForMs: 604_800_000,
    promptMedia: 'sound:gatehouse',
    http: { host: '127.0.0.1', port: 8090, mostConnections: 200, pages: true },
    problems: [],
    log: { level: 'info', numbers: 'masked' },
    historyDeadlineMs: 150,
    canaryEveryMs: 60_000,
    drainSeconds: 20,
    feedMaxBytes: 67_108_864,
    retentionDays: 90,
    access: {
      mode: 'local',
      publicUrl: null,
      trustedProxies: [],
      sessionMs: 43_200_000,
      requestsPerMinute: 600,
      oidc: null,
    },
    notices: {
      channels: {
        GATEHOUSE_SMTP_URL: null,
        GATEHOUSE_MAIL_FROM: null,
        GATEHOUSE_MAIL_TO: null,
        GATEHOUSE_WEBHOOK_URL: null,
        GATEHOUSE_WEBHOOK_SECRET: null,
        GATEHOUSE_SLACK_URL: null,
        GATEHOUSE_TEAMS_URL: null,
      },
      timeZone: 'local',
      quietHours: null,
      digest: 'off',
      digestAtMinute: 420,
      monthly: false,
      surge: { called: 60, board: 600 },
      backlog: 1000,
      repeatMs: 3_600_000,
    },
  });
});

it('names the node after the host when nobody named it', () => {
  expect(settingsOf(least).node).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
});

it('counts an empty variable as not set', () => {
  expect(settingsOf({ ...least, GATEHOUSE_HTTP: '', GATEHOUSE_RULES: '' }).http.port).toBe(8090);
});

it.each([
  ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  ['report.example.org:8090', { host: 'report.example.org', port: 8090 }],
])('takes %s as an address to listen at', (text, http) => {
  expect(settingsOf({ ...least, GATEHOUSE_HTTP: text }).http).toMatchObject(http);
});

it('takes a media prefix with or without `sound:`', () => {
  expect(settingsOf({ ...least, GATEHOUSE_PROMPT_MEDIA: '/srv/prompts/' }).promptMedia).toBe(
    'sound:/srv/prompts',
  );
});

it('reports every problem at once, with what is allowed', () => {
  const problems = problemsOf({
    GATEHOUSE_ARI_URL: 'localhost:8088',
    GATEHOUSE_HTTP: '127.0.0.1:99999',
    GATEHOUSE_APP: 'gate house',
    GATEHOUSE_LOG_NUMBERS: 'some',
    GATEHOUSE_HISTORY_DEADLINE_MS: '1e3',
    GATEHOUSE_RETENTION_DAYS: '0',
    GATEHOUSE_DRAIN_SECONDS: '-1',
  });
  expect(problems.map(({ name }) => name).sort()).toEqual([
    'GATEHOUSE_APP',
    'GATEHOUSE_ARI_PASSWORD',
    'GATEHOUSE_ARI_URL',
    'GATEHOUSE_ARI_USER',
    'GATEHOUSE_DRAIN_SECONDS',
    'GATEHOUSE_HISTORY_DEADLINE_MS',
    'GATEHOUSE_HTTP',
    'GATEHOUSE_LOG_NUMBERS',
    'GATEHOUSE_RETENTION_DAYS',
  ]);
  expect(problems.find(({ name }) => name === 'GATEHOUSE_RETENTION_DAYS')).toEqual({
    name: 'GATEHOUSE_RETENTION_DAYS',
    message: '"0" is not allowed.',
    remedy: 'Set it to a whole number from 1 to 3650.',
  });
});

it.each(['asterisk', 'not a url', '//', 'http://', 'ftp://x', 'http://a b'])(
  'GATEHOUSE_ARI_URL=%j is named, not thrown',
  (url) => {
    expect(problemsOf({ ...least, GATEHOUSE_ARI_URL: url }).map(({ name }) => name)).toEqual([
      'GATEHOUSE_ARI_URL',
    ]);
  },
);

describe('the password', () => {
  const { GATEHOUSE_ARI_USER } = least;
  const file = { GATEHOUSE_ARI_USER, GATEHOUSE_ARI_PASSWORD_FILE: '/run/secrets/ari' };

  it('is read from a file, without the line end', () => {
    expect(settingsOf(file, () => 'from file \n').ari.password).toBe('from file ');
  });

  it('cannot come from two places', () => {
    expect(problemsOf({ ...file, ...least })[0]?.message).toContain('are both set');
  });

  it.each([
    [
      'is not there',
      () =>
        expect(problemsOf({ ...file, GATEHOUSE_ARI_PASSWORD_FILE: '/nowhere' })[0]?.message).toContain(
          'ENOENT',
        ),
    ],
    ['is empty', () => expect(problemsOf(file, () => '')[0]?.message).toContain('one line')],
    ['holds several lines', () => expect(problemsOf(file, () => 'a\nb\n')[0]?.message).toContain('one line')],
  ])('is refused when its file %s', (_, proof) => proof());

  it('never stands in a message, nor do credentials in addresses', () => {
    const env = {
      GATEHOUSE_ARI_URL: 'http://me:quiet-secret@localhost:8088',
      GATEHOUSE_ARI_PASSWORD: 'quiet-secret\u0007',
      GATEHOUSE_REDIS_URL: 'http://:quiet-secret@localhost',
    };
    expect(problemsOf(env).map(({ name }) => name)).toContain('GATEHOUSE_REDIS_URL');
    expect(JSON.stringify(problemsOf(env))).not.toContain('quiet-secret');
  });

  it('is left out of what may be shown', () => {
    const shown = publicSettings(
      settingsOf({ ...least, GATEHOUSE_REDIS_URL: 'redis://u:quiet-secret@r:6379/1?password=quiet-secret' }),
    );
    expect(JSON.stringify(shown)).not.toContain('quiet-secret');
    expect(shown.redisUrl).toBe('redis://r:6379/1');
  });
});

it('warns about an unknown name, and guesses what was meant', () => {
  const result = readSettings({
    ...least,
    GATEHOUSE_REDIS_URI: 'redis://r',
    GATEHOUSE_WEATHER_FORECAST: 'x',
  });
  expect(result.ok && result.warnings).toEqual([
    {
      name: 'GATEHOUSE_REDIS_URI',
      message: 'There is no such setting; it is ignored.',
      remedy: 'Did you mean GATEHOUSE_REDIS_URL?',
    },
    expect.objectContaining({ remedy: 'The settings are listed in docs/settings.md.' }),
  ]);
});

describe('where Redis is', () => {
  const secret = 'quiet-secret-of-redis';
  it.each([
    'redis://127.0.0.1:6379',
    'rediss://r.example/2',
    `redis+sentinel://u:${secret}@s1:26379,s2:26379/mymaster`,
    'redis+sentinel://s1/mymaster/1',
    `redis+cluster://:${secret}@n1:6379,n2:6379`,
    'rediss+cluster://[::1]:7000',
  ])('%s is an address, and its password is never shown', (address) => {
    const settings = settingsOf({ ...least, GATEHOUSE_REDIS_URL: address });
    expect(settings.redisUrl).toBe(address);
    expect(redisAddress(address)).not.toBeNull();
    expect(JSON.stringify(publicSettings(settings))).not.toContain(secret);
  });

  it.each(['http://r', 'r:6379', 'redis+sentinel://s1:26379', 'redis+magic://r', '/var/run/redis.sock'])(
    '%s is none, and is told so without being repeated',
    (address) => {
      const result = readSettings({ ...least, GATEHOUSE_REDIS_URL: address });
      expect(redisAddress(address)).toBeNull();
      expect(result).toMatchObject({ ok: false, problems: [{ name: 'GATEHOUSE_REDIS_URL' }] });
      expect(JSON.stringify(result)).not.toContain(address);
    },
  );
});

it('reports a misspelled setting also when another one is missing because of it', () => {
  const problems = problemsOf({ GATEHOUSE_ARI_USER: 'gatehouse', GATEHOUSE_ARI_PASSWRD: 'quiet-secret' });
  expect(problems.map(({ name }) => name)).toEqual(['GATEHOUSE_ARI_PASSWORD', 'GATEHOUSE_ARI_PASSWRD']);
  expect(problems[1]?.remedy).toBe('Did you mean GATEHOUSE_ARI_PASSWORD?');
});

it('the key of pseudonyms is a secret, and a command that cannot read it does nothing', () => {
  const key = 'quiet-secret-of-names';
  const settings = settingsOf({ ...least, GATEHOUSE_PSEUDONYM_KEY: key });
  expect(settings.pseudonymKey).toBe(key);
  expect(JSON.stringify(publicSettings(settings))).not.toContain(key);
  expect(callerPseudonymKey({ GATEHOUSE_PSEUDONYM_KEY: key })).toBe(key);
  expect(callerPseudonymKey({})).toBeNull();
  expect(() => callerPseudonymKey({ GATEHOUSE_PSEUDONYM_KEY: 'short' })).toThrow(/at least 16/);
  expect(() => callerPseudonymKey({ GATEHOUSE_PSEUDONYM_KEY_FILE: '/nowhere/key' })).toThrow(
    /cannot be read/,
  );
});
