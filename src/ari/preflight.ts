import { CallControlError } from '../screening/ports.ts';
import { AriPreflightError } from './ari-address.ts';
import type { AriAnswer } from './ari-answer.ts';
import { parseJson } from './ari-answer.ts';
import type { AriHttp } from './ari-http.ts';

/** An id that no playback of ours has. */
const nobodysPlayback = 'gatehouse-preflight';

/**
 * Finds wrong settings before the first call: address, user, password, permission to write.
 * @returns Asterisk's version
 * @throws AriPreflightError for what a person must fix; CallControlError for what may pass (Asterisk away, booting)
 */
export async function preflight(http: AriHttp): Promise<string> {
  const info = await ask(http, 'GET', '/asterisk/info?only=system');
  refuseWrongSettings(info);
  const version = asteriskVersion(info);
  if (version === null) throw notAsterisk();
  // A read-only user could open the socket and take calls, but not send them on. 404 is the expected answer.
  const write = await ask(http, 'DELETE', `/playbacks/${nobodysPlayback}`);
  if (write.status !== 404) refuseWrongSettings(write);
  return version;
}

/** Distinguishes a server that does not speak HTTP (the manager port, TLS on one side only) from an absent one. */
async function ask(http: AriHttp, method: string, path: string): Promise<AriAnswer> {
  try {
    return await http.request(method, path);
  } catch (error) {
    const cause = error instanceof CallControlError ? error.cause : null;
    if (cause instanceof Error && isForeignSpeech(cause)) throw notAsterisk(error);
    throw error;
  }
}

function isForeignSpeech(cause: Error): boolean {
  const code = 'code' in cause ? String(cause.code) : '';
  return cause.name === 'HTTPParserError' || code.startsWith('ERR_SSL_');
}

function refuseWrongSettings({ status }: AriAnswer): void {
  if (status === 401) {
    throw new AriPreflightError(
      'wrong-credentials',
      'ARI refused the user or password (401). Compare these settings with the user’s section in ari.conf, then "module reload res_ari.so".',
    );
  }
  if (status === 403) {
    throw new AriPreflightError(
      'read-only-user',
      'The ARI user may only read (403). Set read_only = no for it in ari.conf, then "module reload res_ari.so".',
    );
  }
  if (status === 404) {
    throw new AriPreflightError(
      'ari-not-found',
      'An HTTP server answers, but there is no ARI (404). Check port and http.conf prefix in the ARI URL, enabled = yes in ari.conf, and that res_ari.so is loaded.',
    );
  }
  if (status >= 500) throw new CallControlError('refused', `Asterisk is not ready (${status})`, status);
  if (status < 200 || status >= 300) throw notAsterisk();
}

function asteriskVersion({ body }: AriAnswer): string | null {
  const info = parseJson(body) as { system?: { version?: unknown } } | null | undefined;
  const version = info?.system?.version;
  return typeof version === 'string' ? version : null;
}

function notAsterisk(cause?: unknown): AriPreflightError {
  return new AriPreflightError(
    'not-asterisk',
    'The server at the ARI URL is not Asterisk’s ARI. Check host, port and http/https (bindaddr, bindport, tlsbindaddr in http.conf).',
    cause,
  );
}
