import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { maskNumbersIn } from '../../privacy/mask-number.ts';
import type { AccessOptions } from './access-options.ts';
import { AuditLog } from './audit-log.ts';
import { errorPage, sendError, wantsPage } from './error-page.ts';
import { addLoginRoutes, type Note } from './login-routes.ts';
import { NumberView } from './number-view.ts';
import { isSameOrigin } from './origin.ts';
import { auditKey, auditName } from './private-file.ts';
import { includesRole, type Role, roles, type Visitor } from './role.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { equal, Visitors } from './visitors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Numbers as the visitor may see them; what was shown whole is in the audit log before the answer is sent. */
    numbers: NumberView;
    /** For answers that are sent in pieces (SSE): notes what was shown whole. Rejects: then send nothing. */
    noteLooks(): Promise<void>;
    /** What staff did about callers. Their numbers stand in the audit log under other names. Never rejects. */
    noteAction(action: ActionNoted): Promise<void>;
  }
}

export interface ActionNoted {
  readonly event: 'flagged' | 'expected' | 'listed' | 'followed-up' | 'level';
  readonly calls: readonly string[];
  readonly numbers: readonly string[];
  /** What and why. */
  readonly detail: string;
}

/** A route that does not say who may ask for it. */
export class UnprotectedRouteError extends Error {
  readonly code = 'route-without-role';
  constructor(method: string, url: string) {
    super(`the route ${method} ${url} does not say in config.role who may ask for it (${roles.join(', ')})`);
    this.name = 'UnprotectedRouteError';
  }
}

/** Probes come often and from one address, and whoever does not answer them is restarted, calls and all. */
const probes = new Set(['/healthz', '/readyz']);
const failuresPerAddress = { max: 10, timeWindow: 600_000 };
/** Old lines of the audit log make room for new ones: nobody may write it empty who is not even known. */
const notedOfStrangers = { max: 30, timeWindow: 600_000 };
type Limited = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;
const isTooMuch = (limited: Limited) => !limited.isAllowed && limited.isExceeded;
const nobody: { readonly name: string; readonly role: null; readonly subject?: string } = {
  name: '',
  role: null,
};
const isSafe = (method: string) => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/**
 * Shuts a server: call it before the first route. Every route must say `config: { role }`, else registering it throws
 * UnprotectedRouteError. Adds the pages for signing in and out. From then on `request.visitor` is who asks,
 * `request.numbers` shows numbers as that one may see them.
 */
export function protect(app: FastifyInstance, options: AccessOptions): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    const { role } = config ?? {};
    if (role === undefined || !roles.includes(role)) throw new UnprotectedRouteError(String(method), url);
  });
  app.decorateRequest('visitor', null);
  app.decorateRequest('numbers', null as unknown as NumberView);
  app.decorateRequest('noteLooks', async () => {});
  app.decorateRequest('noteAction', async () => {});
  // The text of an error may hold what a caller sent.
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) options.log.error('A request failed', { route: routeOf(request), error });
    const told = status < 500 ? 'bad request' : 'internal error; see the log';
    return sendError(request, reply, status, told);
  });
  app.setNotFoundHandler((request, reply) => sendError(request, reply, 404, 'there is no such page'));
  // As one plugin that is loaded before the server is ready: a server without it does not start.
  app.register(fastifyPlugin((instance) => shut(instance, options), { name: 'gatehouse-access' }));
}

async function shut(app: FastifyInstance, options: AccessOptions): Promise<void> {
  const visitors = new Visitors(options);
  const audit = new AuditLog(options.dataDir, options.audit);
  // Also in the log, which usually leaves the machine; whose numbers, only in the file, from which people can be erased.
  const write = async (entry: Parameters<AuditLog['add']>[0]): Promise<void> => {
    await audit.add(entry);
    const { calls: _, numbers: __, ...rest } = entry;
    options.log.info('Audit', { ...rest });
  };
  const key = auditKey(options.dataDir, options.log);
  const https = options.publicUrl?.startsWith('https:') ?? false;

  // What is noted beside looks is never worth refusing: with a full disk people must be able to sign in.
  const note: Note = async (request, event, more = {}) => {
    const known = request.visitor !== null && request.visitor.how !== 'local';
    const isStranger = !known && event !== 'signed-in';
    if (isStranger && isTooMuch(await strangers(request))) return;
    const { name: who, role, subject } = request.visitor ?? nobody;
    // All that follows is refused: signing in again and again must not fill it either.
    if (event === 'signed-in' && audit.isFull({ who, ...more })) return;
    const route = routeOf(request);
    await write({
      event,
      who,
      ...(subject === undefined ? {} : { subject }),
      role,
      address: request.ip,
      route,
      ...more,
    }).catch((error: unknown) => options.log.error('The audit log cannot be written', { event, error }));
  };

  const isFull = ({ name, subject }: Visitor) =>
    audit.isFull({ who: name, ...(subject === undefined ? {} : { subject }) });

  // First of all hooks: what is refused by the others carries these headers too.
  app.addHook('onRequest', async (_, reply) => setSecurityHeaders(reply, { https }));
  await app.register(cookie);
  await app.register(rateLimit, {
    global: false,
    max: options.requestsPerMinute,
    timeWindow: 60_000,
    cache: 5000,
  });
  const limit = app.createRateLimit();
  // Counted apart: a flood from the address of the monitoring must not blind it.
  const limitMetrics = app.createRateLimit({ max: options.requestsPerMinute, timeWindow: 60_000 });
  const failures = app.createRateLimit(failuresPerAddress);
  const strangers = app.createRateLimit(notedOfStrangers);

  app.addHook('onRequest', async (request, reply) => {
    request.numbers = new NumberView(null);
    if (probes.has(request.routeOptions.url ?? '')) {
      const probing = visitors.recognize(request);
      request.visitor = probing === 'wrong-token' ? null : probing;
      return;
    }
    const isMetrics = request.routeOptions.url === '/metrics';
    const limited = await (isMetrics ? limitMetrics : limit)(request);
    if (!limited.isAllowed && limited.isExceeded) return tooMany(request, reply, limited.ttlInSeconds);
    const recognized = visitors.recognize(request);
    if (recognized === 'wrong-token') {
      const failed = await failures(request);
      if (!failed.isAllowed && failed.isExceeded) return tooMany(request, reply, failed.ttlInSeconds);
      await note(request, 'sign-in-failed', { detail: 'wrong bearer token' });
      return refuse(request, reply, 401);
    }
    if (recognized !== null && recognized.how !== 'local' && isFull(recognized))
      return fullToday(request, reply);
    request.visitor = recognized;
    const role: Role | undefined = request.routeOptions.config.role;
    if (role === 'public') return;
    if (recognized === null) return refuse(request, reply, 401);
    // No role: the path of no route; who is not let in does not learn which there are.
    if (role !== undefined && !includesRole(recognized.role, role)) {
      await note(request, 'refused');
      return refuse(request, reply, 403);
    }
    request.numbers = new NumberView(recognized);
  });

  // After the body was read, because a form sends its token there.
  app.addHook('preValidation', async (request, reply) => {
    if (isSafe(request.method) || request.routeOptions.url === undefined) return;
    const isPublic = request.routeOptions.config.role === 'public';
    const sent = request.headers['x-csrf-token'] ?? (request.body as { _csrf?: unknown } | null)?._csrf;
    // Nobody is signed in for a public form; it has a token of its own.
    const wanted = isPublic ? null : (request.visitor?.csrf ?? null);
    const isTheirs = wanted === null || (typeof sent === 'string' && equal(sent, wanted));
    if (!isTheirs || !isSameOrigin(request, options.publicUrl)) {
      // Signed out in another tab.
      if (request.routeOptions.url === '/logout' && request.visitor?.how === 'local')
        return reply.redirect('/login', 303);
      await note(request, 'refused', { detail: 'not sent by a Gatehouse page' });
      const why = 'the request did not come from a Gatehouse page; reload the page';
      return sendError(request, reply, 403, why);
    }
    if (!isPublic) await note(request, 'change');
  });

  app.addHook('onRequest', async (request) => {
    request.noteAction = ({ event, calls, numbers, detail }) =>
      note(request, event, {
        ...{ calls, numbers: numbers.map((number) => auditName(key, number)) },
        // Whoever says why may name a number.
        detail: maskNumbersIn(detail),
      });
    request.noteLooks = async () => {
      const looked = request.numbers.take((number) => auditName(key, number));
      if (looked === null) return;
      const { name, role, subject } = request.visitor ?? nobody;
      await write({
        event: 'look',
        who: name,
        ...(subject === undefined ? {} : { subject }),
        role,
        address: request.ip,
        route: routeOf(request),
        ...looked,
      });
    };
  });
  app.addHook('onSend', async (request, reply, payload) => {
    try {
      await request.noteLooks();
      return payload;
    } catch (error) {
      options.log.error('The audit log cannot be written; full numbers are not shown', { error });
      const why = 'the audit log cannot be written, so full numbers are not shown';
      const isPage = wantsPage(request);
      void reply
        .code(503)
        .type(isPage ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8')
        .removeHeader('content-length');
      return isPage ? errorPage(503, why) : JSON.stringify({ error: why });
    }
  });
  addLoginRoutes(app, { options, visitors, note, failures });
}

function refuse(request: FastifyRequest, reply: FastifyReply, status: 401 | 403): FastifyReply {
  if (status === 401 && wantsPage(request)) return reply.redirect('/login', 303);
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="gatehouse"');
  const why = status === 401 ? 'sign in first' : 'your role does not allow this';
  return sendError(request, reply, status, why);
}

function tooMany(request: FastifyRequest, reply: FastifyReply, seconds: number): FastifyReply {
  void reply.header('retry-after', seconds);
  return sendError(request, reply, 429, 'too many requests; try again later');
}

function fullToday(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.header('retry-after', 86_400 - (Math.floor(Date.now() / 1000) % 86_400));
  const why = 'you have filled your part of the audit log for today; try again tomorrow (UTC)';
  return sendError(request, reply, 429, why);
}

/** The pattern, not the address: that may hold a number. */
function routeOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? '(no such route)'}`;
}
