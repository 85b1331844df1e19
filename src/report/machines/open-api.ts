import { z } from 'zod';
import type { Role } from '../access/role.ts';
import * as shapes from './api-shapes.ts';

/** One method of one path, as the description tells it. */
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
    403: { about: `The role ${role} is needed, or it was not sent by a page of ours`, shape },
    ...answers,
  };
};

/** Everything for programs that the server answers. */
export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    id: 'health',
    role: 'public',
    summary: 'The process answers; how its parts are, for who may know',
    answers: { 200: { about: 'It does', shape: shapes.healthzShape } },
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'ready',
    role: 'public',
    summary: 'Calls can be taken. Redis being away does not matter for that',
    answers: {
      200: { about: 'They can', shape: shapes.readyzShape },
      503: { about: 'Not connected to Asterisk', shape: shapes.readyzShape },
    },
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'metrics',
    role: 'viewer',
    summary: 'Metrics in the text format of Prometheus',
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
    summary: 'What became of the calls from a time until now; called numbers are masked for the role viewer',
    query: [
      { name: 'since', example: '24h', about: 'So long ago (24h, 7d, 30m), or ISO 8601; 24h when left out' },
    ],
    answers: {
      200: { about: 'The summary', shape: shapes.reportShape },
      400: { about: 'No such time', shape: shapes.errorShape },
      503: { about: 'Redis does not answer, or not in time', shape: shapes.errorShape },
      ...refused('viewer'),
    },
  },
  {
    method: 'post',
    path: '/api/reload',
    id: 'reload',
    role: 'admin',
    summary: 'Reads the rule files again',
    answers: {
      200: { about: 'They are in force', shape: shapes.reloadShape },
      422: { about: 'They are refused; the last good policy stays in force', shape: shapes.reloadShape },
      504: { about: 'They were not read in time', shape: shapes.errorShape },
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
        'What the screener of a switchboard tells programs. Send a token of `gatehouse token new` as bearer; on the machine itself reading with masked numbers may need none. Every look at whole numbers is written to the audit log.',
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
    description: role === 'public' ? 'For everybody.' : `Needs the role ${role}.`,
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
