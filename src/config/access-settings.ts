import type { SettingValues } from './setting-shapes.ts';
import type { SettingsProblem } from './settings-problem.ts';

/** Who may see the report, and how they sign in. */
export interface AccessSettings {
  readonly mode: 'local' | 'required';
  /** Origin under which browsers find us; null: where we listen. */
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  readonly sessionMs: number;
  readonly requestsPerMinute: number;
  readonly oidc: {
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret: string | null;
    readonly scope: string;
    readonly roleClaim: string;
    readonly roleValues: { readonly viewer: string; readonly analyst: string; readonly admin: string };
  } | null;
}

type Given = <T>(value: T | null) => T;

export function accessSettings(v: SettingValues, clientSecret: string | null, given: Given): AccessSettings {
  const issuer = v.GATEHOUSE_OIDC_ISSUER;
  return {
    mode: given(v.GATEHOUSE_ACCESS),
    publicUrl: v.GATEHOUSE_PUBLIC_URL,
    trustedProxies: v.GATEHOUSE_TRUSTED_PROXIES ?? [],
    sessionMs: given(v.GATEHOUSE_SESSION_HOURS) * 3_600_000,
    requestsPerMinute: given(v.GATEHOUSE_REQUESTS_PER_MINUTE),
    oidc:
      issuer === null
        ? null
        : {
            issuer,
            clientId: given(v.GATEHOUSE_OIDC_CLIENT_ID),
            clientSecret,
            scope: given(v.GATEHOUSE_OIDC_SCOPE),
            roleClaim: given(v.GATEHOUSE_OIDC_ROLE_CLAIM),
            roleValues: {
              viewer: given(v.GATEHOUSE_OIDC_VIEWER),
              analyst: given(v.GATEHOUSE_OIDC_ANALYST),
              admin: given(v.GATEHOUSE_OIDC_ADMIN),
            },
          },
  };
}

/** What is half set. */
export function accessProblems(v: SettingValues): SettingsProblem[] {
  if (v.GATEHOUSE_OIDC_ISSUER === null) return [];
  const missing = (['GATEHOUSE_PUBLIC_URL', 'GATEHOUSE_OIDC_CLIENT_ID'] as const).filter(
    (name) => v[name] === null,
  );
  return missing.map((name) => ({
    name,
    message: 'It is not set, and GATEHOUSE_OIDC_ISSUER is.',
    remedy: 'Set it, or leave out GATEHOUSE_OIDC_ISSUER.',
  }));
}
