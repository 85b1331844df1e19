import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ScreeningLog } from '../screening/ports.ts';
import type { AccessOptions } from './access/access-options.ts';
import { protect } from './access/protect.ts';
import type { Role } from './access/role.ts';
import { setSecurityHeaders } from './access/security-headers.ts';
import { accessMode, whereToListen } from './access/where-to-listen.ts';
import type { CallRecords } from './call-records.ts';
import { letCallsGoFirst } from './calls-first.ts';
import { addReloadRoute, type PolicyStatus, type ReloadAnswer, shownPolicy } from './reload-route.ts';
import { addReportRoute } from './report-route.ts';

const closeWithinMs = 1000;

/** How the parts are, for people and for service managers. */
export interface Health {
  readonly ari: 'connecting' | 'connected' | 'replaced' | 'stopped';
  readonly redis: string;
  /** By which records may be lost or not be taken, with the remedy. */
  readonly redisDangers?: readonly {
    readonly code: string;
    readonly level: 'warn' | 'error';
    readonly message: string;
    readonly remedy: string;
    readonly server: string;
  }[];
  readonly policy: PolicyStatus;
  /** Outcomes that wait for Redis. */
  readonly backlog: number;
  readonly liveCalls: number;
}

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly records: Pick<CallRecords, 'summary'>;
  readonly health: () => Health;
  /** Reads the rule files again; never rejects. */
  readonly reload: () => Promise<ReloadAnswer>;
  readonly access: AccessOptions;
  /** Addresses or networks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  /** What else answers here: pages, metrics. */
  readonly routes?: readonly ((app: FastifyInstance) => void)[];
  readonly log: ScreeningLog;
}

export interface ServedRoute {
  readonly method: string;
  /** With its parameters, `/calls/:id`. */
  readonly url: string;
  readonly role: Role | null;
}

/**
 * Every route is behind src/report/access. `/healthz`: the process answers. `/readyz`: calls can be taken (503 otherwise).
 * `/api/report`: report-route.ts. `POST /api/reload`: reload-route.ts. Who is not signed in learns of the first two only
 * whether. Redis being away does not make it unready: calls are taken all the same.
 */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #app: FastifyInstance;
  readonly #routes: ServedRoute[] = [];

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const trustProxy = options.trustedProxies?.length ? [...options.trustedProxies] : false;
    const https = options.access.publicUrl?.startsWith('https:') ?? false;
    this.#app = Fastify({
      ...{ logger: false, requestTimeout: 10_000, bodyLimit: 65_536, trustProxy },
      // An address that is none meets no hook; its answer has the headers of all others, and repeats nothing.
      frameworkErrors(_error: unknown, _request: unknown, reply: FastifyReply) {
        setSecurityHeaders(reply, { https });
        void reply.code(400).send({ error: 'this cannot be asked for in this way' });
      },
    });
    this.#app.addHook('onRoute', ({ method, url, config }) => {
      for (const one of [method].flat()) this.#routes.push({ method: one, url, role: config?.role ?? null });
    });
    // Before the first route.
    protect(this.#app, {
      ...options.access,
      mode: accessMode(options.host, options.access, options.trustedProxies),
    });
    letCallsGoFirst(this.#app);
    const shown = (health: Health, { numbers }: FastifyRequest): Health => ({
      ...health,
      policy: shownPolicy(health.policy, numbers),
    });
    this.#app.get('/healthz', { config: { role: 'public' } }, (request) =>
      request.visitor === null ? { ok: true } : { ok: true, ...shown(options.health(), request) },
    );
    this.#app.get('/readyz', { config: { role: 'public' } }, (request, reply) => {
      const health = options.health();
      const ok = health.ari === 'connected';
      return reply.code(ok ? 200 : 503).send(request.visitor === null ? { ok } : shown(health, request));
    });
    const policy = () => options.health().policy;
    addReportRoute(this.#app, { records: options.records, policy, log: options.log });
    addReloadRoute(this.#app, options.reload);
    for (const add of options.routes ?? []) add(this.#app);
  }

  /** A port that is taken is no reason to leave calls unscreened: it is logged, and the rest goes on. */
  async listen(): Promise<void> {
    const { host: asked, port, access, log } = this.#options;
    const { host, refused } = whereToListen(asked, access);
    if (refused)
      log.error('Not listening beyond this machine: nobody could sign in', {
        asked,
        host,
        port,
        remedy: 'make a token (gatehouse token new) or set GATEHOUSE_OIDC_ISSUER, then restart',
      });
    try {
      await this.#app.listen({ host, port });
    } catch (error) {
      log.error('The HTTP server could not start; calls are screened without it', { host, port, error });
    }
  }

  /** Everything that is answered; the pages for signing in are there once it listens. */
  routes(): readonly ServedRoute[] {
    return this.#routes;
  }

  /** Ends within about a second: whoever said half a request would hold up a restart for up to 40 s. */
  async close(): Promise<void> {
    const cut = setTimeout(() => this.#app.server.closeAllConnections(), closeWithinMs);
    try {
      await this.#app.close();
    } finally {
      clearTimeout(cut);
    }
  }
}
