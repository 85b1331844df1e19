import type { FastifyReply, FastifyRequest } from 'fastify';
import { troublePage } from './login-page.ts';

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Sign in',
  403: 'Not allowed',
  404: 'Page not found',
  429: 'Too many requests',
  500: 'Something went wrong',
  503: 'Temporarily unavailable',
};

/** True when a person's browser asks, not a program. */
export function wantsPage({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return (headers.accept ?? '').includes('text/html');
}

export function errorPage(status: number, why: string): string {
  return troublePage(titles[status] ?? 'Something went wrong', why);
}

/** A page for people, `{ "error": why }` for programs. */
export function sendError(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  why: string,
): FastifyReply {
  void reply.code(status).header('cache-control', 'no-store');
  if (!wantsPage(request)) return reply.send({ error: why });
  return reply.type('text/html; charset=utf-8').send(errorPage(status, why));
}
