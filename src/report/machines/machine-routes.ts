import type { FastifyInstance } from 'fastify';
import type {} from '../access/role.ts';
import type { Metrics } from './metrics.ts';
import { openApi } from './open-api.ts';

/** `GET /metrics` for Prometheus, `GET /api/openapi.json` for programmers; both for viewers. */
export function addMachineRoutes(app: FastifyInstance, metrics: Metrics): void {
  const viewers = { config: { role: 'viewer' } } as const;
  app.get('/metrics', viewers, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
  app.get('/api/openapi.json', viewers, () => openApi());
}
