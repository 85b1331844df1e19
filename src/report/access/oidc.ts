import * as client from 'openid-client';
import type { Log } from '../../log/log.ts';
import { type ClientAuthMethod, clientAuth } from './oidc-client-auth.ts';
import { oidcProblem } from './oidc-problem.ts';
import { type GrantedRole, grantedRoles } from './role.ts';

export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client; PKCE alone proves that code and asker belong together. */
  readonly clientSecret: string | null;
  readonly clientAuth: ClientAuthMethod;
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
/** How much later or earlier than ours a provider's clock may be. */
const clockToleranceSeconds = 120;

/**
 * Signing in with OpenID Connect: authorization code with PKCE (RFC 7636), state and nonce, all checked by
 * openid-client. The provider is looked up at the first sign-in, so that it may be away when Gatehouse starts.
 */
export class Oidc {
  readonly #options: OidcOptions;
  readonly #log: Log;
  readonly #redirectUri: string;
  #found: client.Configuration | null = null;

  constructor(options: OidcOptions, publicUrl: string, log: Log) {
    this.#options = options;
    this.#log = log;
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
    const inToken: Record<string, unknown> = { ...tokens.claims() };
    const asks =
      this.#roleOf(inToken) === null && configuration.serverMetadata().userinfo_endpoint !== undefined;
    const claims = asks
      ? { ...inToken, ...(await this.#userInfo(configuration, tokens.access_token, String(inToken.sub))) }
      : inToken;
    if (this.#roleOf(claims) === null) this.#logNoRole(claims);
    // At many providers people choose their name themselves, and may choose another's.
    const subject = String(claims.sub).slice(0, 255);
    return { name: nameOf(claims), subject, role: this.#roleOf(claims) };
  }

  /** Without it the person has no role here, and is told so. */
  async #userInfo(configuration: client.Configuration, accessToken: string, subject: string) {
    try {
      return await client.fetchUserInfo(configuration, accessToken, subject);
    } catch (error) {
      const problem = oidcProblem(error, this.#options.clientSecret);
      this.#log.warn('The user info of the identity provider cannot be read', { ...problem });
      return {};
    }
  }

  #logNoRole(claims: Record<string, unknown>): void {
    const { roleClaim, scope } = this.#options;
    this.#log.warn('Signed in at the identity provider, without a role here', {
      roleClaim,
      // Their names alone: values are of the person.
      claims: Object.keys(claims).sort(),
      reason:
        this.#told(claims) === undefined
          ? `neither ID token nor user info has the claim ${roleClaim}`
          : `the claim ${roleClaim} has none of the values of GATEHOUSE_OIDC_VIEWER, _ANALYST and _ADMIN`,
      remedy: `Let the provider send the role in the claim GATEHOUSE_OIDC_ROLE_CLAIM for the scope "${scope}", or correct these settings.`,
    });
  }

  async #configuration(): Promise<client.Configuration> {
    const issuer = new URL(this.#options.issuer.replace(/\/\.well-known\/openid-configuration$/, ''));
    this.#found ??= await this.#discover(issuer).catch((error: unknown) => {
      // An issuer is compared letter by letter; whether a slash ends it is what people leave out.
      const told = issuerOf(error);
      if (told === null || withoutSlash(told) !== withoutSlash(issuer)) throw error;
      return this.#discover(told);
    });
    return this.#found;
  }

  #discover(issuer: URL): Promise<client.Configuration> {
    const { clientId, clientSecret, clientAuth: method } = this.#options;
    return client.discovery(
      issuer,
      clientId,
      { [client.clockTolerance]: clockToleranceSeconds },
      clientAuth(clientSecret, method),
      {
        timeout: timeoutSeconds,
        // Settings allow http:// on this machine only.
        execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [],
      },
    );
  }

  /** The highest role that the claim tells. */
  #roleOf(claims: Record<string, unknown>): GrantedRole | null {
    const { roleValues } = this.#options;
    const told = this.#told(claims);
    const values = Array.isArray(told) ? told : [told];
    return grantedRoles.toReversed().find((role) => values.includes(roleValues[role])) ?? null;
  }

  #told(claims: Record<string, unknown>): unknown {
    const { roleClaim } = this.#options;
    // A name with dots, such as https://example.org/roles, is a claim of its own at some providers.
    return claims[roleClaim] ?? roleClaim.split('.').reduce<unknown>(step, claims);
  }
}

/** What a provider calls itself that was asked under another name; null: the error is about something else. */
function issuerOf(error: unknown): URL | null {
  const { cause } = (error ?? {}) as { cause?: { body?: { issuer?: unknown } } };
  const issuer = cause?.body?.issuer;
  return typeof issuer === 'string' && URL.canParse(issuer) ? new URL(issuer) : null;
}

const withoutSlash = (url: URL) => url.href.replace(/\/$/, '');

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
