/**
 * What is wrong with the settings, so that trying again cannot help. `ari-not-found`: 404, the HTTP server answers but
 * has no ARI there; `not-asterisk`: something else answers; `unsupported`: an ARI without the operations we need.
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
