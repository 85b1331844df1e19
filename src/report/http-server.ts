import Fastify, { type FastifyInstance } from 'fastify';
import type { ScreeningLog } from '../screening/ports.ts';
import { type OutcomeSource, summary } from './queries.ts';
import { addReloadRoute, type PolicyStatus, type ReloadAnswer } from './reload-route.ts';
import { pointInTime } from './since.ts';

/** How the parts are, for people and for service managers. */
export interface Health {
  readonly ari: 'connecting' | 'connected' | 'replaced' | 'stopped';
  readonly redis: string;
  readonly policy: PolicyStatus;
  /** Outcomes that wait for Redis. */
  readonly backlog: number;
  readonly liveCalls: number;
}

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly outcomes: OutcomeSource;
  readonly health: () => Health;
  /** Reads the rule files again; never rejects. */
  readonly reload: () => Promise<ReloadAnswer>;
  readonly log: ScreeningLog;
}

/**
 * `/healthz`: the process answers. `/readyz`: calls can be taken (503 otherwise). `/api/report?since=24h`: the summary of
 * `gatehouse report --json`, and the policy in force. `POST /api/reload`: reload-route.ts. Redis being away does not make it unready: calls are taken all the same.
 */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #app: FastifyInstance = Fastify({ logger: false, requestTimeout: 10_000, bodyLimit: 65_536 });

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#app.get('/healthz', () => ({ ok: true, ...options.health() }));
    this.#app.get('/readyz', (_, reply) => {
      const health = options.health();
      return reply.code(health.ari === 'connected' ? 200 : 503).send(health);
    });
    this.#app.get<{ Querystring: { since?: unknown } }>('/api/report', async (request, reply) => {
      const now = Date.now();
      const { since = '24h' } = request.query;
      const from = typeof since === 'string' ? pointInTime(since, now) : null;
      if (from === null)
        return reply
          .code(400)
          .send({ error: 'since: write a duration such as 24h or 7d, or a time in ISO 8601' });
      try {
        const found = await summary(options.outcomes, { since: from, until: now });
        return { ...found, policy: options.health().policy };
      } catch (error) {
        options.log.warn('The report could not be made', { error });
        return reply
          .code(503)
          .send({ error: 'Redis does not answer; calls are screened and outcomes kept meanwhile' });
      }
    });
    addReloadRoute(this.#app, options.reload);
  }

  /** A port that is taken is no reason to leave calls unscreened: it is logged, and the rest goes on. */
  async listen(): Promise<void> {
    const { host, port, log } = this.#options;
    try {
      await this.#app.listen({ host, port });
    } catch (error) {
      log.error('The HTTP server could not start; calls are screened without it', { host, port, error });
    }
  }

  async close(): Promise<void> {
    await this.#app.close();
  }
}
