/** Address and credentials of one Asterisk's ARI. Never log `authorization`. */
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
      'The ARI URL must look like http://127.0.0.1:8088 (http or https, no user, no query); user and password are separate settings.',
    );
  }
  // ARI splits `app` at commas, and matches app_data up to its first comma.
  if (!/^[\w.-]{1,64}$/.test(settings.app)) {
    throw new AriPreflightError(
      'bad-app-name',
      'The Stasis app name may only contain letters, digits, "_", "-" and ".", and must be the one in the dialplan.',
    );
  }
  const path = `${url.pathname.replace(/\/+$/, '').replace(/\/ari$/, '')}/ari`;
  const socket = new URL(`${path}/events?app=${encodeURIComponent(settings.app)}`, url);
  socket.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const credentials = Buffer.from(`${settings.username}:${settings.password}`).toString('base64');
  return { origin: url.origin, path, socketUrl: socket.href, authorization: `Basic ${credentials}` };
}

/**
 * Errors in the settings, which a retry cannot help. `ari-not-found`: the HTTP server answers 404, without ARI; `not-asterisk`:
 * something else answers; `unsupported`: an ARI without the operations we need.
 */
export type AriPreflightErrorCode =
  | 'bad-url'
  | 'bad-app-name'
  | 'wrong-credentials'
  | 'read-only-user'
  | 'ari-not-found'
  | 'not-asterisk'
  | 'unsupported';

/** A settings error found before the first call; its message names the remedy and never a password. */
export class AriPreflightError extends Error {
  readonly code: AriPreflightErrorCode;
  constructor(code: AriPreflightErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AriPreflightError';
    this.code = code;
  }
}
