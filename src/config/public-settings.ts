import type { Settings } from './settings.ts';

/** The settings as they may be logged or shown: no password, no credentials inside an address. */
export function publicSettings(settings: Settings): Record<string, unknown> {
  const { password: _, ...ari } = settings.ari;
  const { oidc, ...access } = settings.access;
  const { mail, webhook, slackUrl, teamsUrl, ...notices } = settings.notices;
  return {
    ...settings,
    ari,
    redisUrl: withoutCredentials(settings.redisUrl),
    pseudonymKey: settings.pseudonymKey === null ? null : '(hidden)',
    access: { ...access, oidc: oidc === null ? null : { ...oidc, clientSecret: '(hidden)' } },
    // Addresses of webhooks are secrets themselves.
    notices: {
      ...notices,
      mail: mail === null ? null : { from: mail.from, to: mail.to },
      webhook: webhook !== null,
      slack: slackUrl !== null,
      teams: teamsUrl !== null,
    },
  };
}

function withoutCredentials(address: string): string {
  // Not by URL, which knows no list of servers. Some clients take the password as a query parameter.
  return address.replace(/^([a-z+]+:\/\/)(?:[^/?#]*@)?/, '$1').replace(/[?#].*$/, '');
}
