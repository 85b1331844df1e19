import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { certificateRemedy } from '../../process/trusted-authorities.ts';
import { visibleText } from '../../text/visible-text.ts';

/** Why a sign-in failed, and what helps; neither holds the client secret, a code or a token. `code` is stable. */
export interface OidcProblem {
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
}

const maxReason = 300;

/** @param secret is taken out, in case a provider repeats what it was sent */
export function oidcProblem(error: unknown, secret: string | null): OidcProblem {
  const { code, reason, remedy } = found(error);
  const secrets = secret === null ? [] : [secret, encodeURIComponent(secret)];
  const safe = secrets.reduce((text, one) => text.replaceAll(one, '(hidden)'), reason);
  return { code, reason: visibleText(safe, 'replace', maxReason), remedy };
}

function found(error: unknown): OidcProblem {
  // Only the standard's own fields are repeated: causes hold requests, answers and tokens.
  if (error instanceof ResponseBodyError) return refusedByTokenEndpoint(error);
  if (error instanceof WWWAuthenticateChallengeError)
    return { ...wrongSecret, reason: `the provider refused the client (HTTP ${error.status})` };
  if (error instanceof AuthorizationResponseError)
    return {
      code: error.code,
      reason: `the provider did not sign the person in: ${told(error)}`,
      remedy: 'The log of the provider has the reason; consent or an assignment may be missing there.',
    };
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown };
  const known = byCode(typeof code === 'string' ? code : '', cause);
  return { code: typeof code === 'string' ? code : 'identity-provider', ...known(String(message)) };
}

const wrongSecret = {
  code: 'invalid_client',
  remedy:
    'Compare GATEHOUSE_OIDC_CLIENT_ID and the secret with the provider. If both are right, say how it wants the secret: GATEHOUSE_OIDC_CLIENT_AUTH=client_secret_post, or client_secret_basic_unencoded for one that compares it undecoded.',
};

function refusedByTokenEndpoint(error: ResponseBodyError): OidcProblem {
  const reason = `the provider answered ${told(error)} (HTTP ${error.status})`;
  if (['invalid_client', 'unauthorized_client'].includes(error.error)) return { ...wrongSecret, reason };
  const remedy =
    error.error === 'invalid_grant'
      ? 'Register exactly GATEHOUSE_PUBLIC_URL with /login/callback as redirect address; a code is valid once and for a short time.'
      : error.error === 'invalid_scope'
        ? 'Correct GATEHOUSE_OIDC_SCOPE, or allow these scopes for the client.'
        : 'The log of the provider has the reason.';
  return { code: error.error, reason, remedy };
}

function told({ error, error_description: more }: { error: string; error_description?: string }): string {
  return more === undefined ? error : `${error}: ${more}`;
}

type Told = (message: string) => Pick<OidcProblem, 'reason' | 'remedy'>;

function byCode(code: string, cause: unknown): Told {
  const inner = (cause ?? {}) as { cause?: unknown; code?: unknown; status?: unknown };
  // What openid-client throws wraps what oauth4webapi threw.
  const about = (inner.cause ?? inner) as {
    claim?: unknown;
    body?: { issuer?: unknown };
    attribute?: unknown;
  };
  const claim = String(about.claim ?? '');
  const network = String(inner.code ?? (inner.cause as { code?: unknown } | undefined)?.code ?? '');
  const certificate = certificateRemedy(network);
  if (certificate !== null)
    return () => ({
      reason: `the certificate of the provider is not trusted (${network})`,
      remedy: certificate,
    });
  switch (code) {
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return () => ({
        reason: `the ID token is not valid at this time (${claim || 'exp'})`,
        remedy:
          'Compare the clocks of this machine and the provider (NTP); two minutes of difference are allowed.',
      });
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
      return () => ({
        reason: `a claim of the ID token is not what it must be: ${claim || 'unknown'}`,
        remedy: claimRemedies[claim] ?? 'Start the sign-in again, in one browser window.',
      });
    case 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED':
      return () => ({
        reason: `the provider calls itself ${JSON.stringify(about.body?.issuer ?? 'otherwise')}`,
        remedy: 'Set GATEHOUSE_OIDC_ISSUER to exactly that.',
      });
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
      return () => ({
        reason: `the provider answered HTTP ${String(inner.status ?? 'otherwise than the standard says')}`,
        remedy:
          'Open GATEHOUSE_OIDC_ISSUER with /.well-known/openid-configuration added: it must be a JSON page.',
      });
    case 'OAUTH_TIMEOUT':
      return () => ({
        reason: 'the provider did not answer within 5 s',
        remedy: 'See whether this machine reaches it (firewall, proxy).',
      });
    default:
      return (message) => ({
        reason: network === '' ? message : `${message} (${network})`,
        remedy:
          'See whether this machine reaches GATEHOUSE_OIDC_ISSUER, and what the log of the provider says.',
      });
  }
}

const claimRemedies: Readonly<Record<string, string>> = {
  aud: 'The token is for another client: compare GATEHOUSE_OIDC_CLIENT_ID. With several audiences the provider must also name this client as azp.',
  azp: 'The token was given to another client: compare GATEHOUSE_OIDC_CLIENT_ID.',
  iss: 'Set GATEHOUSE_OIDC_ISSUER to exactly what the provider calls itself.',
};
