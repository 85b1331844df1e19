import type { Settings } from './settings.ts';

/** The settings as they may be logged or shown: no password, no credentials inside an address. */
export function publicSettings(settings: Settings): Record<string, unknown> {
  const { password: _, ...ari } = settings.ari;
  return { ...settings, ari, redisUrl: withoutCredentials(settings.redisUrl) };
}

function withoutCredentials(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  // Some clients take the password as a query parameter.
  url.search = '';
  return url.href;
}
