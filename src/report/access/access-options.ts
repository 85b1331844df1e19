import type { ScreeningLog } from '../../screening/ports.ts';
import type { OidcOptions } from './oidc.ts';

export interface AccessOptions {
  /** GATEHOUSE_DATA: tokens, the audit log and two keys lie there. */
  readonly dataDir: string;
  /** `local`: whoever asks from this machine is a viewer without signing in; `required`: nobody is. */
  readonly mode: 'local' | 'required';
  /** Where browsers find us, `https://gatehouse.example.org`; null: at the address where we listen. */
  readonly publicUrl: string | null;
  readonly oidc: OidcOptions | null;
  /** How long somebody stays signed in. */
  readonly sessionMs: number;
  /** From one address; probes of service managers are not counted. */
  readonly requestsPerMinute: number;
  readonly log: ScreeningLog;
  /** Epoch ms. */
  readonly now?: () => number;
}

/** What a server needs that is started in tests: everybody on this machine is a viewer, nothing else is set. */
export function localAccess(dataDir: string, log: ScreeningLog): AccessOptions {
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
