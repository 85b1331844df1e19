import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Role } from '../access/role.ts';
import * as shapes from './api-shapes.ts';
import { canaryShape } from './health.ts';
import type { Metrics } from './metrics.ts';

/** One method of one path. */
interface Operation {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly id: string;
  readonly role: Role;
  readonly summary: string;
  readonly query?: readonly { readonly name: string; readonly example: string; readonly about: string }[];
  /** By status; null: not JSON. */
  readonly answers: Readonly<Record<number, { readonly about: string; readonly shape: z.ZodType | null }>>;
}

const refused = (role: Role): Operation['answers'] => {
  const shape = shapes.errorShape;
  const answers = { 429: { about: 'Too many requests from this address', shape } };
  if (role === 'public') return answers;
  return {
    401: { about: 'Not signed in', shape },
    403: { about: `Requires the role ${role}, or the request did not come from a Gatehouse page`, shape },
    ...answers,
  };
};

/** Every route for programs. */
export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    id: 'health',
    role: 'public',
    summary: 'Liveness: the process responds. Component health if signed in',
    answers: { 200: { about: 'Alive', shape: shapes.healthzShape } },
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'ready',
    role: 'public',
    summary: 'Readiness: calls can be screened. Redis being unavailable does not affect it',
    answers: {
      200: { about: 'Ready', shape: shapes.readyzShape },
      503: { about: 'Not connected to Asterisk', shape: shapes.readyzShape },
    },
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'metrics',
    role: 'viewer',
    summary: 'Metrics in the Prometheus text format',
    answers: { 200: { about: 'Metrics', shape: null }, ...refused('viewer') },
  },
  {
    method: 'get',
    path: '/api/openapi.json',
    id: 'description',
    role: 'viewer',
    summary: 'This description',
    answers: { 200: { about: 'OpenAPI 3.1', shape: z.looseObject({}) }, ...refused('viewer') },
  },
  {
    method: 'get',
    path: '/api/report',
    id: 'report',
    role: 'viewer',
    summary: 'Summary of the calls of a time range',
    query: [
      {
        name: 'since',
        example: '24h',
        about: 'A duration (24h, 7d, 30m), a word (yesterday, last-week) or an ISO 8601 time; default: 24h',
      },
      { name: 'until', example: '1h', about: 'The end, in the same form; default: now' },
    ],
    answers: {
      200: { about: 'The summary', shape: shapes.reportShape },
      400: { about: 'Invalid time', shape: shapes.errorShape },
      503: { about: 'Redis is unavailable or did not respond in time', shape: shapes.errorShape },
      ...refused('viewer'),
    },
  },
  {
    method: 'post',
    path: '/api/reload',
    id: 'reload',
    role: 'admin',
    summary: 'Reload the rule files',
    answers: {
      200: { about: 'The rules are in force', shape: shapes.reloadShape },
      422: {
        about: 'The rules were refused; the last good policy stays in force',
        shape: shapes.reloadShape,
      },
      504: { about: 'The rules were not read in time', shape: shapes.errorShape },
      ...refused('admin'),
    },
  },
  {
    method: 'post',
    path: '/api/canary',
    id: 'canary',
    role: 'admin',
    summary: 'Call each exit and mailbox of the rules now, without ringing anybody',
    answers: {
      200: {
        about: 'What callers would find; checkedAt is older when no call could be made now',
        shape: canaryShape,
      },
      ...refused('admin'),
    },
  },
];

/** The OpenAPI 3.1 description of the JSON API; docs/api/openapi.json is a copy. */
export function openApi(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    path[operation.method] = described(operation);
    paths[operation.path] = path;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse',
      version: '1',
      description:
        'Status, metrics and reports of Gatehouse call screening. Send a token made with `gatehouse token new` as a bearer token; from the same machine, read access with masked numbers may not require one. Every view of full numbers is audited.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:8090' }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

function described({ id, summary, role, query, answers }: Operation): Record<string, unknown> {
  return {
    operationId: id,
    summary,
    description: role === 'public' ? 'No sign-in required.' : `Requires the role ${role}.`,
    security: role === 'public' ? [] : [{ token: [] }],
    ...(query === undefined
      ? {}
      : {
          parameters: query.map(({ name, example, about }) => ({
            name,
            in: 'query',
            required: false,
            description: about,
            schema: { type: 'string' },
            example,
          })),
        }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, { about, shape }]) => [
        status,
        { description: about, content: content(shape) },
      ]),
    ),
  };
}

function content(shape: z.ZodType | null): Record<string, unknown> {
  if (shape === null) return { 'text/plain': { schema: { type: 'string' } } };
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { target: 'draft-2020-12' });
  return { 'application/json': { schema } };
}

/** `GET /metrics` for Prometheus, `GET /api/openapi.json` for programmers; both for viewers. */
export function addMachineRoutes(app: FastifyInstance, metrics: Metrics): void {
  const viewers = { config: { role: 'viewer' } } as const;
  app.get('/metrics', viewers, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  );
  app.get('/api/openapi.json', viewers, () => openApi());
}
