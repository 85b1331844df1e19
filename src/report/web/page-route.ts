import type { FastifyReply, FastifyRequest } from 'fastify';
// The words that a route says about itself.
import type {} from '../access/role.ts';
import { document, type Page } from './layout.ts';
import type { PageDeps } from './page-deps.ts';
import { failed, wronglyAsked } from './pages/trouble.ts';

/** Who may ask, and what is answered when a page fails for a reason that nobody foresaw. */
export function pageRoute<R extends 'viewer' | 'analyst'>({ log }: PageDeps, role: R) {
  return {
    config: { role },
    errorHandler(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) {
      // What was sent cannot be read: a mistake of whoever sent it.
      if ((error.statusCode ?? 500) < 500)
        return send(reply, error.statusCode ?? 400, {
          ...{ title: 'Error', at: null, body: wronglyAsked(), numbersShown: false },
        });
      log.error('A page of the report failed', { route: request.routeOptions.url, error });
      return send(reply, 500, { title: 'Error', at: null, body: failed(), numbersShown: false });
    },
  };
}

/** The query's texts. A field that is given twice counts once: the first. */
export function queryOf(request: FastifyRequest): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.query as Record<string, unknown>)) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'string' && first !== '') found[name] = first;
  }
  return found;
}

export function send(reply: FastifyReply, status: number, page: Page): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(document({ ...page, session: sessionOf(reply.request) }));
}

function sessionOf({ visitor }: FastifyRequest): NonNullable<Page['session']> | null {
  if (visitor?.how !== 'session' || visitor.csrf === null) return null;
  return { name: visitor.name, csrf: visitor.csrf };
}
