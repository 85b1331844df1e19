import type { FastifyInstance } from 'fastify';
import type { Health } from './health.ts';

/** `POST /api/canary`: calls of our own now, for administrators and `gatehouse doctor --canary` on this machine. */
export function addCanaryRoute(app: FastifyInstance, callCanary: () => Promise<Health['canary']>): void {
  app.post('/api/canary', { config: { role: 'admin' } }, () => callCanary());
}
