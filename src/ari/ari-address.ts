import { AriPreflightError } from './ari-preflight-error.ts';

/** Where one Asterisk's ARI is, and the header that opens it. Never log `authorization`. */
export interface AriAddress {
  /** `http://host:port`, no path. */
  readonly origin: string;
  /** Path of ARI: `/ari`, or below http.conf's `prefix`. */
  readonly path: string;
  /** The event socket of our app; carries no credentials. */
  readonly socketUrl: string;
  readonly authorization: string;
}

/**
 * Reads the setting `http://host:8088` (or https; an http.conf `prefix` as path; a trailing `/ari` is accepted).
 * @throws AriPreflightError `bad-url`, `bad-app-name`
 */
export function ariAddress(settings: {
  url: string;
  username: string;
  password: string;
  app: string;
}): AriAddress {
  const url = URL.canParse(settings.url) ? new URL(settings.url) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '') {
    throw new AriPreflightError(
      'bad-url',
      'The ARI URL must look like http://127.0.0.1:8088 (http or https, no user, no query); user and password are settings of their own.',
    );
  }
  // ARI splits `app` at commas, and app_data is matched up to its first comma.
  if (!/^[\w.-]{1,64}$/.test(settings.app)) {
    throw new AriPreflightError(
      'bad-app-name',
      'The Stasis app name may have letters, digits, "_", "-" and "." only, and must be the one in the dialplan.',
    );
  }
  const path = `${url.pathname.replace(/\/+$/, '').replace(/\/ari$/, '')}/ari`;
  const socket = new URL(`${path}/events?app=${encodeURIComponent(settings.app)}`, url);
  socket.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const credentials = Buffer.from(`${settings.username}:${settings.password}`).toString('base64');
  return { origin: url.origin, path, socketUrl: socket.href, authorization: `Basic ${credentials}` };
}
