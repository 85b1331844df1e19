import type { AccessOptions } from './access-options.ts';
import { isLoopbackHost } from './origin.ts';
import { Tokens } from './tokens.ts';

/** `reach` beyond this machine is refused as long as nobody can sign in; what is left is this machine. */
export interface Listening {
  readonly host: string;
  /** True when that is not where it was asked to. */
  readonly refused: boolean;
}

/**
 * Where the server may listen: beyond this machine only when there is a token or an identity provider to sign in with.
 * Never a reason not to start: calls are screened, and probes on this machine answered, all the same.
 */
export function whereToListen(host: string, access: AccessOptions): Listening {
  const now = access.now?.() ?? Date.now();
  if (isLoopbackHost(host) || access.oidc !== null || new Tokens(access.dataDir).any(now))
    return { host, refused: false };
  return { host: host.includes(':') ? '::1' : '127.0.0.1', refused: true };
}

/**
 * Beyond this machine nobody is let in for being near; an address for browsers, or a proxy that is trusted, tells of visitors who come
 * from anywhere.
 */
export function accessMode(
  host: string,
  wanted: AccessOptions,
  trustedProxies: readonly string[] = [],
): AccessOptions['mode'] {
  const isOpen =
    isLoopbackHost(host) && wanted.publicUrl === null && wanted.oidc === null && trustedProxies.length === 0;
  return isOpen ? wanted.mode : 'required';
}
