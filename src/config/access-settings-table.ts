import type { SettingRow } from './setting-row.ts';

/** Who may see what this process shows. */
export const accessSettingsTable = [
  {
    name: 'GATEHOUSE_ACCESS',
    fallback: 'local',
    allowed: 'local or required',
    about:
      '`local`: whoever asks from this machine sees the report with masked numbers; all else needs signing in. `required`: everything does. Beyond this machine, and with `GATEHOUSE_PUBLIC_URL`, `GATEHOUSE_TRUSTED_PROXIES` or `GATEHOUSE_OIDC_ISSUER`, it is always `required`: behind a proxy everybody seems to be on this machine, so set one of these there.',
  },
  {
    name: 'GATEHOUSE_PUBLIC_URL',
    fallback: null,
    allowed: 'an http:// or https:// address without a path',
    about:
      'Where browsers find the report, when a proxy stands before it. With https cookies are sent over TLS only.',
  },
  {
    name: 'GATEHOUSE_TRUSTED_PROXIES',
    fallback: null,
    allowed: 'IP addresses or networks, separated by commas',
    about: 'Proxies that are believed who a request comes from (X-Forwarded-For). Not set: none.',
  },
  {
    name: 'GATEHOUSE_SESSION_HOURS',
    fallback: '12',
    allowed: 'a whole number from 1 to 168',
    about: 'How long somebody stays signed in (hours).',
  },
  {
    name: 'GATEHOUSE_REQUESTS_PER_MINUTE',
    fallback: '600',
    allowed: 'a whole number from 60 to 100000',
    about: 'Requests that one address may send in a minute; probes are not counted.',
  },
  {
    name: 'GATEHOUSE_OIDC_ISSUER',
    fallback: null,
    allowed: 'an https:// address, or http:// on this machine',
    about:
      'Identity provider (OpenID Connect) to sign in with. Needs `GATEHOUSE_PUBLIC_URL`; the redirect address is `/login/callback` there.',
  },
  {
    name: 'GATEHOUSE_OIDC_CLIENT_ID',
    fallback: null,
    allowed: 'the client id, one line',
    about: 'What the identity provider calls Gatehouse.',
  },
  {
    name: 'GATEHOUSE_OIDC_CLIENT_SECRET',
    fallback: null,
    allowed: 'the client secret, one line',
    about: 'Not set: a public client, with PKCE alone.',
    secret: true,
  },
  {
    name: 'GATEHOUSE_OIDC_CLIENT_SECRET_FILE',
    fallback: null,
    allowed: 'the path of a file',
    about: 'A file that holds it alone.',
  },
  {
    name: 'GATEHOUSE_OIDC_SCOPE',
    fallback: 'openid profile email',
    allowed: 'scopes with spaces between, `openid` among them',
    about: 'What the identity provider is asked for.',
  },
  {
    name: 'GATEHOUSE_OIDC_ROLE_CLAIM',
    fallback: 'roles',
    allowed: 'the name of a claim; dots lead into objects',
    about: 'Claim of the ID token or the user info that tells the role, as its value or among its values.',
  },
  {
    name: 'GATEHOUSE_OIDC_VIEWER',
    fallback: 'gatehouse-viewer',
    allowed: 'a value of that claim',
    about: 'Sees everything with masked numbers.',
  },
  {
    name: 'GATEHOUSE_OIDC_ANALYST',
    fallback: 'gatehouse-analyst',
    allowed: 'a value of that claim',
    about: 'Sees whole numbers; every look is written to the audit log.',
  },
  {
    name: 'GATEHOUSE_OIDC_ADMIN',
    fallback: 'gatehouse-admin',
    allowed: 'a value of that claim',
    about: 'Also reloads the rules. A person is erased by `gatehouse forget`, on each node.',
  },
] as const satisfies readonly SettingRow[];
