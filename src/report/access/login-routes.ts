import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessOptions } from './access-options.ts';
import type { AuditEntry, AuditEvent } from './audit-log.ts';
import { readForms } from './form-body.ts';
import { loginPage, loginStyle, refusedPage, signedInPage } from './login-page.ts';
import { Oidc, type OidcAttempt, type OidcOptions } from './oidc.ts';
import { oidcProblem } from './oidc-problem.ts';
import { equal, type Visitors } from './visitors.ts';

const isPublic = { config: { role: 'public' } } as const;

/** Writes to the audit log; never rejects. `who` when the request's visitor is not known yet. */
export type Note = (
  request: FastifyRequest,
  event: AuditEvent,
  more?: Pick<AuditEntry, 'calls' | 'numbers' | 'detail' | 'subject'> & { readonly who?: string },
) => Promise<void>;

export interface LoginParts {
  readonly options: AccessOptions;
  readonly visitors: Visitors;
  readonly note: Note;
  /** Counts failures to sign in by address. */
  readonly failures: ReturnType<FastifyInstance['createRateLimit']>;
}

/** `/login`, `/logout` and, with an identity provider, `/login/oidc` and `/login/callback`. */
export function addLoginRoutes(app: FastifyInstance, parts: LoginParts): void {
  const { options, visitors, note, failures } = parts;
  readForms(app);
  // Proves that the form that is posted is the one that this browser was given.
  const formCookie = visitors.cookieName('gatehouse-form');

  const form = (reply: FastifyReply, problem: string | null) => {
    const csrf = randomBytes(24).toString('base64url');
    void reply.setCookie(formCookie, csrf, { ...visitors.cookieSettings('strict'), maxAge: 900 });
    return reply
      .type('text/html; charset=utf-8')
      .send(loginPage({ csrf, hasOidc: options.oidc !== null, problem }));
  };

  app.get('/login', isPublic, (_, reply) => form(reply, null));
  app.get('/login.css', isPublic, (_, reply) => reply.type('text/css; charset=utf-8').send(loginStyle));

  app.post('/login', isPublic, async (request, reply) => {
    const body = (request.body ?? {}) as { token?: unknown; _csrf?: unknown };
    const given = request.cookies[formCookie];
    if (given === undefined || typeof body._csrf !== 'string' || !equal(body._csrf, given))
      return form(reply.code(403), 'This form has expired. Try again.');
    const token =
      typeof body.token === 'string' ? visitors.tokens.find(body.token.trim(), now(options)) : null;
    // A right token is let in after any number of wrong ones: behind a proxy all may come from one address, and nobody guesses
    // 256 bits.
    if (token === null) {
      const tried = await failures(request);
      if (!tried.isAllowed && tried.isExceeded) {
        void reply.code(429).header('retry-after', tried.ttlInSeconds);
        return form(reply, 'Too many failed attempts from your address. Try again in ten minutes.');
      }
      await note(request, 'sign-in-failed', { detail: 'wrong token' });
      return form(reply.code(401), 'Invalid or expired token.');
    }
    await note(request, 'signed-in', { who: token.name, detail: `role ${token.role}` });
    visitors.signIn(request, reply, { ...token, tokenId: token.id, endsAt: token.expiresAt });
    void reply.clearCookie(formCookie, visitors.cookieSettings('strict'));
    return reply.redirect('/', 303);
  });

  app.post('/logout', { config: { role: 'viewer' } }, async (request, reply) => {
    visitors.signOut(request, reply);
    return reply.redirect('/login', 303);
  });

  if (options.oidc !== null) addOidcRoutes(app, parts, options.oidc);
}

function now(options: AccessOptions): number {
  return options.now?.() ?? Date.now();
}

const attemptMs = 600_000;
const mostAttempts = 1000;

/** `/login/oidc` sends the browser to the identity provider, `/login/callback` takes it back. */
function addOidcRoutes(app: FastifyInstance, parts: LoginParts, oidcOptions: OidcOptions): void {
  const { options, visitors, note, failures } = parts;
  if (options.publicUrl === null)
    throw new TypeError('an identity provider needs a public address to send people back to');
  const oidc = new Oidc(oidcOptions, options.publicUrl, options.log);
  const problemOf = (error: unknown) => oidcProblem(error, oidcOptions.clientSecret);
  const attempts = new Map<string, OidcAttempt & { readonly endsAt: number }>();
  const attemptCookie = visitors.cookieName('gatehouse-sign-in');
  const refused = (reply: FastifyReply, status: number, problem: string) =>
    reply.code(status).type('text/html; charset=utf-8').send(refusedPage(problem));

  app.get('/login/oidc', isPublic, async (_, reply) => {
    try {
      const { url, attempt } = await oidc.begin();
      const id = randomBytes(32).toString('base64url');
      attempts.set(id, { ...attempt, endsAt: now(options) + attemptMs });
      for (const oldest of attempts.keys()) {
        if (attempts.size <= mostAttempts) break;
        attempts.delete(oldest);
      }
      // Lax: the identity provider's redirect must bring it along.
      void reply.setCookie(attemptCookie, id, {
        ...visitors.cookieSettings('lax'),
        maxAge: attemptMs / 1000,
      });
      return await reply.redirect(url, 303);
    } catch (error) {
      options.log.warn('The identity provider is not available', { ...problemOf(error) });
      return refused(reply, 502, 'Your organization’s sign-in is not responding. Try again, or use a token.');
    }
  });

  app.get('/login/callback', isPublic, async (request, reply) => {
    const id = request.cookies[attemptCookie];
    const attempt = id === undefined ? undefined : attempts.get(id);
    if (id !== undefined) attempts.delete(id);
    void reply.clearCookie(attemptCookie, visitors.cookieSettings('lax'));
    if (attempt === undefined || attempt.endsAt < now(options))
      return refused(reply, 400, 'This sign-in has expired, or was started in another browser.');
    const at = request.url.indexOf('?');
    try {
      const { name, subject, role } = await oidc.finish(at < 0 ? '' : request.url.slice(at), attempt);
      if (role === null) {
        await note(request, 'sign-in-failed', { who: name, subject, detail: 'no role' });
        return refused(reply, 403, 'You do not have a role in Gatehouse. Ask your administrator.');
      }
      await note(request, 'signed-in', { who: name, subject, detail: `role ${role}` });
      visitors.signIn(request, reply, { name, subject, role, tokenId: null });
      return await reply.type('text/html; charset=utf-8').send(signedInPage());
    } catch (error) {
      const problem = problemOf(error);
      await failures(request);
      await note(request, 'sign-in-failed', { detail: problem.code });
      options.log.warn('Sign-in with the identity provider failed', { ...problem });
      return refused(
        reply,
        401,
        'Sign-in failed. Your administrator finds the reason in the log of Gatehouse.',
      );
    }
  });
}
