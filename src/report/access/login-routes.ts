import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { AccessOptions } from './access-options.ts';
import { readForms } from './form-body.ts';
import { loginPage, loginStyle } from './login-page.ts';
import type { LoginParts } from './login-parts.ts';
import { addOidcRoutes } from './oidc-routes.ts';
import { equal } from './visitors.ts';

const isPublic = { config: { role: 'public' } } as const;

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
    const tried = await failures(request, { increment: false });
    if (!tried.isAllowed && tried.remaining <= 0) {
      void reply.code(429).header('retry-after', tried.ttlInSeconds);
      return form(reply, 'Too many wrong tokens from your address. Wait ten minutes.');
    }
    const given = request.cookies[formCookie];
    if (given === undefined || typeof body._csrf !== 'string' || !equal(body._csrf, given))
      return form(reply.code(403), 'This form was too old. Try again.');
    const token =
      typeof body.token === 'string' ? visitors.tokens.find(body.token.trim(), now(options)) : null;
    if (token === null) {
      await failures(request);
      await note(request, 'sign-in-failed', { detail: 'wrong token' });
      return form(reply.code(401), 'There is no such token, or it has ended.');
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
