import type { FastifyReply, FastifyRequest } from 'fastify';
import { calledName } from '../../call/called-name.ts';
import type {} from '../access/role.ts';
import type { Html } from './html.ts';
import { document, type Page } from './layout.ts';
import type { PageDeps } from './page-deps.ts';
import { PageNumbers } from './page-numbers.ts';
import { failed, wronglyAsked } from './pages/trouble.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** What stands above every page now; null: nothing. */
    banner?: () => Html | null;
  }
}

/** The role that a page requires, and the error page for unexpected failures. */
export function pageRoute<R extends 'viewer' | 'analyst' | 'admin'>({ log }: PageDeps, role: R) {
  return {
    config: { role },
    errorHandler(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) {
      // The request is at fault.
      if ((error.statusCode ?? 500) < 500)
        return send(reply, error.statusCode ?? 400, {
          ...{ title: 'Error', at: null, body: wronglyAsked(), numbersShown: false },
        });
      log.error('Failed to render a page', { route: request.routeOptions.url, error });
      return send(reply, 500, { title: 'Error', at: null, body: failed(), numbersShown: false });
    },
  };
}

/** Numbers as this visitor may see them, and our own with their names. At most once a request. */
export function pageNumbers({ numbers, lists, now }: PageDeps, request: FastifyRequest): PageNumbers {
  return new PageNumbers(numbers(request), (called) => calledName(lists.find(called, now())));
}

/** Query parameters; of a repeated one the first. */
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
    .send(
      document({
        ...page,
        session: sessionOf(reply.request),
        signIn: isLocal(reply.request),
        banner: page.banner === undefined ? (reply.request.server.banner?.() ?? null) : page.banner,
      }),
    );
}

function isLocal({ visitor }: FastifyRequest): boolean {
  return visitor?.how === 'local';
}

function sessionOf({ visitor }: FastifyRequest): NonNullable<Page['session']> | null {
  if (visitor?.how !== 'session' || visitor.csrf === null) return null;
  return { name: visitor.name, csrf: visitor.csrf };
}
