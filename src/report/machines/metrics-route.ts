import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';

/** `GET /metrics` for Prometheus, which shows a token of role viewer where signing in is required. */
export function addMetricsRoute(app: FastifyInstance, metrics: Metrics): void {
  app.get('/metrics', { config: { role: 'viewer' } }, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
}
