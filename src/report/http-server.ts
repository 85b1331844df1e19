import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { CallRecords } from '../call/call-records.ts';
import type { Log } from '../log/log.ts';
import type { ReloadResult } from '../policy/policy-status.ts';
import type { AccessOptions } from './access/access-options.ts';
import { sendError } from './access/error-page.ts';
import { isLoopbackHost } from './access/origin.ts';
import { protect } from './access/protect.ts';
import type { Role } from './access/role.ts';
import { setSecurityHeaders } from './access/security-headers.ts';
import { Tokens } from './access/tokens.ts';
import { addCanaryRoute } from './api/canary-route.ts';
import type { Health } from './api/health.ts';
import { addReloadRoute, shownPolicy } from './api/reload-route.ts';
import { addReportRoute, shownClosures } from './api/report-route.ts';
import { letCallsGoFirst } from './calls-first.ts';
import { Connections, openFilesLimit, webConnections } from './connections.ts';

const closeWithinMs = 1000;
/** Also when there are too many connections. */
const answeredAlways = new Set(['/healthz', '/readyz', '/metrics']);

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly records: Pick<CallRecords, 'summary'>;
  readonly health: () => Health;
  /** Reads the rule files again; never rejects. */
  readonly reload: (who: string) => Promise<ReloadResult>;
  readonly callCanary?: () => Promise<Health['canary']>;
  readonly access: AccessOptions;
  /** Addresses or networks of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[];
  /** Open at once; 200. Fewer when the limit of open files leaves no more beside what calls need. */
  readonly mostConnections?: number;
  /** What else answers here: pages, metrics. */
  readonly routes?: readonly ((app: FastifyInstance) => void)[];
  readonly log: Log;
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
  readonly #connections: Connections;
  readonly #routes: ServedRoute[] = [];

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const trustProxy = options.trustedProxies?.length ? [...options.trustedProxies] : false;
    const https = options.access.publicUrl?.startsWith('https:') ?? false;
    const { mostConnections = 200, log } = options;
    const most = webConnections(mostConnections, openFilesLimit());
    if (most < mostConnections)
      log.warn('Fewer web connections than configured: the limit on open files is too low', {
        ...{ wanted: mostConnections, most },
        remedy: 'raise the limit: LimitNOFILE= of the unit, ulimits: in the compose file',
      });
    this.#connections = new Connections({ most, always: answeredAlways, log });
    this.#app = Fastify({
      ...{ logger: false, bodyLimit: 65_536, trustProxy },
      routerOptions: { ignoreTrailingSlash: true },
      serverFactory: (handler) => this.#connections.serve(handler),
      // An address that is none meets no hook; its answer has the headers of all others, and repeats nothing.
      frameworkErrors(_error: unknown, request: FastifyRequest, reply: FastifyReply) {
        setSecurityHeaders(reply, { https });
        void sendError(request, reply, 400, 'bad request');
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
      quarantined: health.quarantined.map((one) => ({ ...one, message: numbers.text(one.message) })),
      closures: shownClosures(health.closures, numbers),
    });
    this.#app.get('/healthz', { config: { role: 'public' } }, (request) =>
      request.visitor === null ? { ok: true } : { ok: true, ...shown(options.health(), request) },
    );
    this.#app.get('/readyz', { config: { role: 'public' } }, (request, reply) => {
      const health = options.health();
      const ok = health.ari === 'connected';
      return reply.code(ok ? 200 : 503).send(request.visitor === null ? { ok } : shown(health, request));
    });
    addReportRoute(this.#app, { records: options.records, health: options.health, log: options.log });
    addReloadRoute(this.#app, options.reload);
    if (options.callCanary !== undefined) addCanaryRoute(this.#app, options.callCanary);
    for (const add of options.routes ?? []) add(this.#app);
  }

  /** A port that is taken is no reason to leave calls unscreened: it is logged, and the rest goes on. */
  async listen(): Promise<void> {
    const { host: asked, port, access, log } = this.#options;
    const { host, refused } = whereToListen(asked, access);
    if (refused)
      log.error('Listening on this machine only: nobody can sign in', {
        asked,
        host,
        port,
        remedy: 'create a token (gatehouse token new) or set GATEHOUSE_OIDC_ISSUER, then restart',
      });
    try {
      await this.#listenAt(host, port);
    } catch (error) {
      log.error('The HTTP server could not start; calls are screened without it', { host, port, error });
    }
  }

  /** An address that this machine does not have: probes here are answered all the same. */
  async #listenAt(host: string, port: number): Promise<void> {
    try {
      await this.#app.listen({ host, port });
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EAFNOSUPPORT'].includes(code)) throw error;
      this.#options.log.error('Listening on this machine only: the address is none of this machine', {
        ...{ asked: host, port, code },
        remedy:
          'Set GATEHOUSE_HTTP to an address of this machine, or 0.0.0.0:PORT for all of them; then restart.',
      });
      await this.#app.listen({ host: '127.0.0.1', port });
    }
  }

  /** Everything that is answered; the pages for signing in are there once it listens. */
  routes(): readonly ServedRoute[] {
    return this.#routes;
  }

  /** Ends within about a second: whoever said half a request would hold up a restart for up to 40 s. */
  async close(): Promise<void> {
    const cut = setTimeout(() => this.#connections.closeAll(), closeWithinMs);
    try {
      await this.#app.close();
    } finally {
      clearTimeout(cut);
    }
  }
}

/** `reach` beyond this machine is refused as long as nobody can sign in; what is left is this machine. */
export interface Listening {
  readonly host: string;
  /** True when that is not where it was asked to. */
  readonly refused: boolean;
}

/**
 * Where the server may listen: beyond this machine only when there is a token or an identity provider to sign in with.
 * Never a reason not to start: calls are screened, and probes on this machine answered, all the same.
 */
export function whereToListen(host: string, access: AccessOptions): Listening {
  const now = access.now?.() ?? Date.now();
  if (isLoopbackHost(host) || access.oidc !== null || new Tokens(access.dataDir).any(now))
    return { host, refused: false };
  return { host: host.includes(':') ? '::1' : '127.0.0.1', refused: true };
}

/**
 * Beyond this machine nobody is let in for being near; an address for browsers, or a proxy that is trusted, tells of visitors who come
 * from anywhere.
 */
export function accessMode(
  host: string,
  wanted: AccessOptions,
  trustedProxies: readonly string[] = [],
): AccessOptions['mode'] {
  const isOpen =
    isLoopbackHost(host) && wanted.publicUrl === null && wanted.oidc === null && trustedProxies.length === 0;
  return isOpen ? wanted.mode : 'required';
}
