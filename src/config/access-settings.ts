import { isIP } from 'node:net';
import {
  commaList,
  line,
  oneOf,
  type SettingRows,
  secretLine,
  url,
  wholeNumber,
} from '../process/setting.ts';

/** Who can see the report, and how people sign in. */
export const accessSettings = {
  GATEHOUSE_ACCESS: {
    ...oneOf('local', 'required'),
    fallback: 'local',
    about:
      '`local`: requests from this machine see the report with masked numbers; everything else requires signing in. `required`: everything requires signing in. Always `required` for other machines, and when `GATEHOUSE_PUBLIC_URL`, `GATEHOUSE_TRUSTED_PROXIES` or `GATEHOUSE_OIDC_ISSUER` is set. Behind a proxy every request seems to come from this machine, so set one of these there.',
  },
  GATEHOUSE_PUBLIC_URL: {
    // A path is left out rather than refused: how pages are reached must not keep calls from being screened.
    shape: url('http:', 'https:').transform((text) => new URL(text).origin),
    allowed: 'an http:// or https:// address; a path is left out',
    about:
      'Address of the report in browsers when it is behind a proxy. With https, cookies are sent over TLS only.',
  },
  GATEHOUSE_TRUSTED_PROXIES: {
    shape: commaList(isNetwork),
    allowed: 'IP addresses or networks, separated by commas',
    about: 'Proxies whose X-Forwarded-For header is trusted. Default: none.',
  },
  GATEHOUSE_SESSION_HOURS: {
    ...wholeNumber(1, 168),
    fallback: '12',
    about: 'How long people stay signed in (hours).',
  },
  GATEHOUSE_REQUESTS_PER_MINUTE: {
    ...wholeNumber(60, 100_000),
    fallback: '600',
    about: 'Maximum requests a minute from one address; probes are not counted.',
  },
  GATEHOUSE_OIDC_ISSUER: {
    shape: url('http:', 'https:').refine((text) => text.startsWith('https:') || isThisMachine(text)),
    allowed: 'an https:// address, or http:// on this machine',
    about:
      'Identity provider (OpenID Connect) to sign in with. Requires `GATEHOUSE_PUBLIC_URL`; the redirect address is `/login/callback` there.',
    needs: ['GATEHOUSE_PUBLIC_URL', 'GATEHOUSE_OIDC_CLIENT_ID'],
  },
  GATEHOUSE_OIDC_CLIENT_ID: {
    shape: line,
    allowed: 'the client id, one line',
    about: 'Client id of Gatehouse at the identity provider.',
  },
  GATEHOUSE_OIDC_CLIENT_SECRET: {
    ...secretLine,
    allowed: 'the client secret, one line',
    about: 'Not set: a public client that uses PKCE only.',
  },
  GATEHOUSE_OIDC_CLIENT_AUTH: {
    ...oneOf('auto', 'client_secret_basic', 'client_secret_basic_unencoded', 'client_secret_post'),
    fallback: 'auto',
    about:
      'How the client secret is sent. `auto`: as the provider says it accepts it. `client_secret_basic_unencoded`: for providers that compare the secret without decoding it (RFC 6749, 2.3.1). The log says when one of them is needed.',
  },
  GATEHOUSE_OIDC_SCOPE: {
    shape: line.refine((text) => text.split(' ').includes('openid')),
    fallback: 'openid profile email',
    allowed: 'scopes separated by spaces, including `openid`',
    about: 'Scopes that are requested from the identity provider.',
  },
  GATEHOUSE_OIDC_ROLE_CLAIM: {
    shape: line,
    fallback: 'roles',
    allowed: 'the name of a claim; dots lead into objects',
    about: 'Claim of the ID token or user info that contains the role, as its value or among its values.',
  },
  GATEHOUSE_OIDC_VIEWER: {
    shape: line,
    fallback: 'gatehouse-viewer',
    allowed: 'a value of that claim',
    about: 'Role that sees everything with masked numbers.',
  },
  GATEHOUSE_OIDC_ANALYST: {
    shape: line,
    fallback: 'gatehouse-analyst',
    allowed: 'a value of that claim',
    about: 'Role that sees full numbers; each view is audited.',
  },
  GATEHOUSE_OIDC_ADMIN: {
    shape: line,
    fallback: 'gatehouse-admin',
    allowed: 'a value of that claim',
    about:
      'Role that can also reload the rules, change rows of lists and set attack levels. To erase a person, run `gatehouse forget` on each node.',
  },
} as const satisfies SettingRows;

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  // An interface (fe80::1%eth0) is none of an address that is compared.
  if (address.includes('%')) return false;
  const maxBits = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) > 0 &&
    rest.length === 0 &&
    (bits === undefined || /^\d{1,3}$/.test(bits)) &&
    Number(bits ?? 0) <= maxBits
  );
}

function isThisMachine(address: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(address).hostname);
}
