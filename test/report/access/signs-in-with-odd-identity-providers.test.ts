import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../lab/free-ports.ts';
import type { OidcOptions } from '../../../src/report/access/oidc.ts';
import { Browser } from './identity-provider.ts';
import { type Oddities, OddProvider } from './odd-provider.ts';
import { ShutServer } from './shut-server.ts';

const plain = 'client-secret_of.the-test';
const odd = 'q8~Zs+/x=% ü:9';

async function signIn(
  oddities: Oddities,
  change: Partial<OidcOptions> | ((issuer: string) => Partial<OidcOptions>) = {},
) {
  const publicUrl = `http://127.0.0.1:${await freePort()}`;
  const provider = await new OddProvider(oddities).start();
  onTestFinished(() => provider.stop());
  const oidc: OidcOptions = {
    issuer: provider.issuer,
    clientId: oddities.clientId ?? 'gatehouse',
    clientSecret: oddities.secret ?? plain,
    clientAuth: 'auto',
    scope: 'openid profile',
    roleClaim: 'roles',
    roleValues: { viewer: 'board-viewers', analyst: 'board-analysts', admin: 'board-admins' },
    ...(typeof change === 'function' ? change(provider.issuer) : change),
  };
  const server = new ShutServer({ mode: 'required', publicUrl, oidc });
  onTestFinished(() => server.close());
  await server.app.listen({ host: '127.0.0.1', port: Number(new URL(publicUrl).port) });
  const { answer } = await new Browser().go(`${publicUrl}/login/oidc`);
  const lines = server.log.lines.filter(({ fields }) => 'remedy' in fields);
  const text = JSON.stringify([server.log.lines, await server.audit.read(10), await answer.text()]);
  expect(text).not.toContain(oddities.secret ?? plain);
  expect(text).not.toContain(encodeURIComponent(oddities.secret ?? plain));
  return { status: answer.status, lines, audit: (await server.audit.read(1))[0] };
}

it.each<[string, Oddities, Partial<OidcOptions>]>([
  ['says nothing of methods and takes Basic', { methods: undefined }, {}],
  ['takes the posted secret only', { methods: ['client_secret_post'], wants: 'post' }, {}],
  ['takes both, a plain secret', { methods: ['client_secret_post', 'client_secret_basic'] }, {}],
  [
    'takes both and compares undecoded: an odd secret is posted',
    { methods: ['client_secret_basic', 'client_secret_post'], wants: 'post', secret: odd },
    {},
  ],
  ['takes Basic only, decoded, an odd secret', { methods: ['client_secret_basic'], secret: odd }, {}],
  ['takes Basic only, an odd client id', { methods: ['client_secret_basic'], clientId: 'https://pbx/%' }, {}],
  [
    'compares Basic undecoded: hyphen, dot and underscore are the same either way',
    { methods: ['client_secret_basic'], wants: 'basic-undecoded' },
    {},
  ],
  [
    'compares Basic undecoded, an odd secret, and is named',
    { methods: ['client_secret_basic'], wants: 'basic-undecoded', secret: odd },
    { clientAuth: 'client_secret_basic_unencoded' },
  ],
  [
    'says Basic and takes the posted secret only, and is named',
    { methods: ['client_secret_basic'], wants: 'post' },
    { clientAuth: 'client_secret_post' },
  ],
  [
    'says post and takes Basic only, and is named',
    { methods: ['client_secret_post'], wants: 'basic' },
    { clientAuth: 'client_secret_basic' },
  ],
  ['knows methods that are none of ours', { methods: ['private_key_jwt', 'tls_client_auth'] }, {}],
  ['takes public clients', { methods: ['none'], wants: 'nothing' }, { clientSecret: null }],
  [
    'has the audience as a list of one',
    { claims: () => ({ aud: ['gatehouse'], roles: 'board-admins' }) },
    {},
  ],
  [
    'has several audiences and names this client',
    { claims: () => ({ aud: ['gatehouse', 'other'], azp: 'gatehouse', roles: 'board-admins' }) },
    {},
  ],
  [
    'has a clock 90 s ahead',
    { claims: (now) => ({ nbf: now + 90, iat: now + 90, roles: 'board-admins' }) },
    {},
  ],
  ['has a clock 90 s behind', { claims: (now) => ({ exp: now - 90, roles: 'board-admins' }) }, {}],
  ['tells no name and no mail', { claims: () => ({ roles: ['board-viewers'] }) }, {}],
  ['tells the role in the user info', { claims: () => ({}), userInfo: { roles: ['board-admins'] } }, {}],
])('a provider that %s', async (_, oddities, change) => {
  expect(await signIn(oddities, change)).toMatchObject({ status: 200, lines: [] });
});

it.each(['/realms/hospital', '/application/o/gatehouse/'])(
  'the issuer %s, written otherwise',
  async (path) => {
    const without = (issuer: string) => issuer.replace(/\/$/, '');
    for (const write of [
      (issuer: string) => issuer,
      without,
      (issuer: string) => `${without(issuer)}/`,
      (issuer: string) => `${without(issuer)}/.well-known/openid-configuration`,
    ])
      expect(await signIn({ path }, (issuer) => ({ issuer: write(issuer) }))).toMatchObject({ status: 200 });
  },
);

it.each<[string, Oddities, Partial<OidcOptions>, number, string, RegExp, RegExp]>([
  [
    'another secret',
    { wants: 'post' },
    {},
    401,
    'invalid_client',
    /invalid_client.*HTTP 401/,
    /GATEHOUSE_OIDC_CLIENT_AUTH=client_secret_post.*client_secret_basic_unencoded/,
  ],
  [
    'a secret that is compared undecoded',
    { methods: ['client_secret_basic'], wants: 'basic-undecoded', secret: odd },
    {},
    401,
    'invalid_client',
    /invalid_client/,
    /client_secret_basic_unencoded/,
  ],
  [
    'another redirect address',
    { tokenError: { status: 400, body: { error: 'invalid_grant', error_description: 'redirect_uri' } } },
    {},
    401,
    'invalid_grant',
    /invalid_grant: redirect_uri/,
    /\/login\/callback/,
  ],
  [
    'an answer that repeats the secret',
    { tokenError: { status: 400, body: { error: 'invalid_request', error_description: `is ${plain}` } } },
    {},
    401,
    'invalid_request',
    /is \(hidden\)/,
    /log of the provider/,
  ],
  [
    'several audiences and nobody named',
    { claims: () => ({ aud: ['gatehouse', 'other'] }) },
    {},
    401,
    'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
    /aud/,
    /azp/,
  ],
  [
    'a token for somebody else',
    { claims: () => ({ aud: 'other' }) },
    {},
    401,
    'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
    /aud/,
    /GATEHOUSE_OIDC_CLIENT_ID/,
  ],
  [
    'a clock ten minutes behind',
    { claims: (now) => ({ exp: now - 600 }) },
    {},
    401,
    'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
    /exp/,
    /clocks/,
  ],
  [
    'a clock ten minutes ahead',
    { claims: (now) => ({ nbf: now + 600 }) },
    {},
    401,
    'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
    /nbf/,
    /clocks/,
  ],
])(
  '%s: refused, and the log says why and what helps',
  async (_, oddities, change, status, code, why, remedy) => {
    const found = await signIn(oddities, change);
    expect(found).toMatchObject({ status, audit: { event: 'sign-in-failed', detail: code } });
    expect(found.lines).toMatchObject([
      {
        level: 'warn',
        fields: { code, reason: expect.stringMatching(why), remedy: expect.stringMatching(remedy) },
      },
    ]);
  },
);

it.each<[string, Oddities, RegExp]>([
  [
    'no claim of roles',
    { claims: () => ({ email: 'ann@example.org' }) },
    /neither ID token nor user info has/,
  ],
  ['other roles', { claims: () => ({ roles: ['kitchen'] }) }, /has none of the values/],
  [
    'a user info that fails',
    { claims: () => ({}), userInfo: 'broken' },
    /neither ID token nor user info has/,
  ],
])('%s: known and not let in, and the log says what is missing', async (_, oddities, why) => {
  const { status, lines } = await signIn(oddities);
  expect(status).toBe(403);
  expect(lines.at(-1)?.fields).toMatchObject({
    reason: expect.stringMatching(why),
    remedy: expect.stringContaining('GATEHOUSE_OIDC_ROLE_CLAIM'),
  });
  expect(JSON.stringify(lines)).not.toMatch(/ann@example|kitchen/);
});

it('an issuer that is another, or is not there: 502, and the log says why', async () => {
  const other = await signIn({ path: '/a' }, (issuer) => ({ issuer: `${issuer}/b` }));
  expect(other.status).toBe(502);
  expect(other.lines[0]?.fields).toMatchObject({
    reason: expect.stringMatching(/calls itself .*\/a/),
    remedy: expect.stringContaining('GATEHOUSE_OIDC_ISSUER'),
  });
  const port = await freePort();
  const away = await signIn({}, { issuer: `http://127.0.0.1:${port}` });
  expect(away.status).toBe(502);
  expect(away.lines[0]?.fields).toMatchObject({ reason: expect.stringContaining('ECONNREFUSED') });
});
