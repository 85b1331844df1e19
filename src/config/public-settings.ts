import { type ChannelValues, channelSettings } from '../notices/channels/registry.ts';
import type { SettingRows } from '../process/setting.ts';
import type { Settings } from './settings.ts';

/** The settings as they may be logged or shown: no password, no credentials inside an address. */
export function publicSettings(settings: Settings): Record<string, unknown> {
  const { password: _, ...ari } = settings.ari;
  const { oidc, ...access } = settings.access;
  return {
    ...settings,
    ari,
    redisUrl: withoutCredentials(settings.redisUrl),
    pseudonymKey: settings.pseudonymKey === null ? null : '(hidden)',
    access: { ...access, oidc: oidc === null ? null : { ...oidc, clientSecret: '(hidden)' } },
    notices: { ...settings.notices, channels: shownChannels(settings.notices.channels) },
  };
}

/** Addresses of webhooks are secrets themselves. */
function shownChannels(values: ChannelValues): Record<string, unknown> {
  const rows: SettingRows = channelSettings;
  const set = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(
    set.map(([name, value]) => [name, rows[name as keyof SettingRows]?.secret ? '(hidden)' : value]),
  );
}

function withoutCredentials(address: string): string {
  // Not by URL, which knows no list of servers. Some clients take the password as a query parameter.
  return address.replace(/^([a-z+]+:\/\/)(?:[^/?#]*@)?/, '$1').replace(/[?#].*$/, '');
}
