import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { refusedPage, signedInPage } from './login-page.ts';
import type { LoginParts } from './login-parts.ts';
import { Oidc, type OidcAttempt, type OidcOptions } from './oidc.ts';

const isPublic = { config: { role: 'public' } } as const;
const attemptMs = 600_000;
const mostAttempts = 1000;

/** `/login/oidc` sends the browser to the identity provider, `/login/callback` takes it back. */
export function addOidcRoutes(app: FastifyInstance, parts: LoginParts, oidcOptions: OidcOptions): void {
  const { options, visitors, note, failures } = parts;
  if (options.publicUrl === null)
    throw new TypeError('an identity provider needs a public address to send people back to');
  const oidc = new Oidc(oidcOptions, options.publicUrl);
  const attempts = new Map<string, OidcAttempt & { readonly endsAt: number }>();
  const now = () => options.now?.() ?? Date.now();
  const attemptCookie = visitors.cookieName('gatehouse-sign-in');
  const refused = (reply: FastifyReply, status: number, problem: string) =>
    reply.code(status).type('text/html; charset=utf-8').send(refusedPage(problem));

  app.get('/login/oidc', isPublic, async (_, reply) => {
    try {
      const { url, attempt } = await oidc.begin();
      const id = randomBytes(32).toString('base64url');
      attempts.set(id, { ...attempt, endsAt: now() + attemptMs });
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
      options.log.warn('The identity provider cannot be asked', { error });
      return refused(reply, 502, 'Your organisation’s sign-in does not answer. Try again, or use a token.');
    }
  });

  app.get('/login/callback', isPublic, async (request, reply) => {
    const id = request.cookies[attemptCookie];
    const attempt = id === undefined ? undefined : attempts.get(id);
    if (id !== undefined) attempts.delete(id);
    void reply.clearCookie(attemptCookie, visitors.cookieSettings('lax'));
    if (attempt === undefined || attempt.endsAt < now())
      return refused(reply, 400, 'This sign-in was too old, or was not begun in this browser.');
    const at = request.url.indexOf('?');
    try {
      const { name, subject, role } = await oidc.finish(at < 0 ? '' : request.url.slice(at), attempt);
      if (role === null) {
        await note(request, 'sign-in-failed', { who: name, subject, detail: 'no role' });
        return refused(reply, 403, 'You are known, but nobody gave you a role here.');
      }
      await note(request, 'signed-in', { who: name, subject, detail: `role ${role}` });
      visitors.signIn(request, reply, { name, subject, role, tokenId: null });
      return await reply.type('text/html; charset=utf-8').send(signedInPage());
    } catch (error) {
      const { code } = error as { code?: unknown };
      await failures(request);
      await note(request, 'sign-in-failed', {
        detail: typeof code === 'string' ? code : 'identity provider',
      });
      options.log.warn('A sign-in by the identity provider failed', { error });
      return refused(reply, 401, 'The sign-in did not work.');
    }
  });
}
