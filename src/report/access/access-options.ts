import type { Log } from '../../log/log.ts';
import type { OidcOptions } from './oidc.ts';

export interface AccessOptions {
  /** GATEHOUSE_DATA: tokens, the audit log and two keys lie there. */
  readonly dataDir: string;
  /** `local`: requests from this machine have the role viewer without signing in; `required`: everyone signs in. */
  readonly mode: 'local' | 'required';
  /** Public address for browsers, `https://gatehouse.example.org`; null: the address where the server listens. */
  readonly publicUrl: string | null;
  readonly oidc: OidcOptions | null;
  /** How long a sign-in lasts. */
  readonly sessionMs: number;
  /** From one address; probes of service managers are not counted. */
  readonly requestsPerMinute: number;
  readonly log: Log;
  /** Sizes of the audit log; left out: its own. */
  readonly audit?: { readonly fileBytes?: number; readonly personBytes?: number };
  /** Epoch ms. */
  readonly now?: () => number;
}

/** For tests: viewers on this machine need not sign in. */
export function localAccess(dataDir: string, log: Log): AccessOptions {
  return {
    dataDir,
    mode: 'local',
    publicUrl: null,
    oidc: null,
    sessionMs: 12 * 3_600_000,
    requestsPerMinute: 600,
    log,
  };
}
