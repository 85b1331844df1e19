import * as client from 'openid-client';
import { type GrantedRole, grantedRoles } from './role.ts';

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client; PKCE alone proves that code and asker belong together. */
  readonly clientSecret: string | null;
  /** Space-separated; `openid` among them. */
  readonly scope: string;
  /** Claim that tells the role; dots lead into objects: `realm_access.roles`. */
  readonly roleClaim: string;
  /** What the claim holds, as its value or among its values, for each role. */
  readonly roleValues: { readonly [R in GrantedRole]: string };
}

/** What this browser must bring back from the identity provider. */
export interface OidcAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

const timeoutSeconds = 5;

/**
 * Signing in with OpenID Connect: authorization code with PKCE (RFC 7636), state and nonce, all checked by
 * openid-client. The provider is looked up at the first sign-in, so that it may be away when Gatehouse starts.
 */
export class Oidc {
  readonly #options: OidcOptions;
  readonly #redirectUri: string;
  #found: client.Configuration | null = null;

  constructor(options: OidcOptions, publicUrl: string) {
    this.#options = options;
    this.#redirectUri = new URL('/login/callback', publicUrl).href;
  }

  /** Where the browser is to go, and what to check when it comes back. Rejects when the provider does not answer. */
  async begin(): Promise<{ readonly url: string; readonly attempt: OidcAttempt }> {
    const configuration = await this.#configuration();
    const attempt = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri,
      scope: this.#options.scope,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, attempt };
  }

  /**
   * Who came back; `role` null: known there, but without a role here. Rejects when anything about it is wrong.
   * @param query of the callback's address, `?code=…&state=…`
   */
  async finish(
    query: string,
    attempt: OidcAttempt,
  ): Promise<{ readonly name: string; readonly subject: string; readonly role: GrantedRole | null }> {
    const configuration = await this.#configuration();
    const tokens = await client.authorizationCodeGrant(configuration, new URL(this.#redirectUri + query), {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.verifier,
      idTokenExpected: true,
    });
    let claims: Record<string, unknown> = { ...tokens.claims() };
    if (this.#roleOf(claims) === null && configuration.serverMetadata().userinfo_endpoint !== undefined)
      claims = {
        ...claims,
        ...(await client.fetchUserInfo(configuration, tokens.access_token, String(claims.sub))),
      };
    // At many providers people choose their name themselves, and may choose another's.
    const subject = String(claims.sub).slice(0, 255);
    return { name: nameOf(claims), subject, role: this.#roleOf(claims) };
  }

  async #configuration(): Promise<client.Configuration> {
    if (this.#found !== null) return this.#found;
    const { issuer, clientId, clientSecret } = this.#options;
    this.#found = await client.discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret),
      {
        timeout: timeoutSeconds,
        // Settings allow http:// on this machine only.
        execute: issuer.startsWith('http:') ? [client.allowInsecureRequests] : [],
      },
    );
    return this.#found;
  }

  /** The highest role that the claim tells. */
  #roleOf(claims: Record<string, unknown>): GrantedRole | null {
    const { roleClaim, roleValues } = this.#options;
    // A name with dots, such as https://example.org/roles, is a claim of its own at some providers.
    const told = claims[roleClaim] ?? roleClaim.split('.').reduce<unknown>(step, claims);
    const values = Array.isArray(told) ? told : [told];
    return grantedRoles.toReversed().find((role) => values.includes(roleValues[role])) ?? null;
  }
}

function step(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, name)
    ? (from as Record<string, unknown>)[name]
    : undefined;
}

function nameOf(claims: Record<string, unknown>): string {
  const told = [claims.preferred_username, claims.email, claims.sub].find(
    (claim) => typeof claim === 'string',
  );
  return String(told ?? '').slice(0, 120);
}
