import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isE164 } from '../../../numbers/exchange.ts';
import { originPath } from '../address.ts';
import { NotAnswered } from '../answered.ts';
import { withCall } from '../call-routes.ts';
import type { Html } from '../html.ts';
import { rangeHeading } from '../layout.ts';
import type { PageDeps } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { pageNumbers, pageRoute, queryOf, send } from '../page-route.ts';
import { callerData } from '../pages/callers/caller-data.ts';
import { callerPage } from '../pages/callers/caller-page.ts';
import { callersData, callersPage } from '../pages/callers/callers-page.ts';
import { type OriginKind, originData, originPage } from '../pages/callers/origin-page.ts';
import { notFound, recordsAway } from '../pages/trouble.ts';
import { type TimeRange, timeRange } from '../time-range.ts';
import { addActionRoutes } from './action-routes.ts';
import { actorOf } from './actor.ts';
import { ActionPace } from './asked.ts';
import { addFlagRoutes } from './flag-routes.ts';

/** Who calls most is asked of more than a day. */
const usualSince = '7d';
const longestSigner = 400;

/**
 * `/callers`; `/callers/of/<call id>`, the caller of that call; `/exchanges/<exchange>`, for analysts: beside a masked number it would
 * tell most of it; `/signers/<name>`; and what is done about callers.
 */
export function addCallerRoutes(app: FastifyInstance, deps: PageDeps): void {
  const viewer = pageRoute(deps, 'viewer');
  const pace = new ActionPace();
  addFlagRoutes(app, deps, pace);
  addActionRoutes(app, deps, pace);
  app.get('/callers', viewer, (request, reply) =>
    ranged(request, reply, deps, '/callers', 'Callers', async (range, numbers) =>
      callersPage(await callersData(deps.records, range), range, numbers),
    ),
  );
  app.get<{ Params: { '*': string } }>('/callers/of/*', viewer, (request, reply) =>
    withCall(request.params['*'], deps, reply, async (record) => {
      const { cursor = null, done = null } = queryOf(request);
      const numbers = pageNumbers(deps, request);
      const data = await callerData(record, deps, cursor);
      const body = callerPage(data, deps, numbers, { actor: actorOf(request), done });
      return send(reply, 200, { title: 'Caller', at: '/callers', body, numbersShown: numbers.whole });
    }),
  );
  const origin = (kind: OriginKind, request: FastifyRequest, reply: FastifyReply, value: string) =>
    ranged(request, reply, deps, originPath(kind, value), titles[kind], async (range, numbers) =>
      originPage(kind, value, await originData(deps.records, kind, value, range), range, numbers, deps),
    );
  app.get<{ Params: { '*': string } }>('/exchanges/*', pageRoute(deps, 'analyst'), (request, reply) => {
    const exchange = request.params['*'];
    return isE164(exchange) ? origin('exchange', request, reply, exchange) : unknown(reply, exchange);
  });
  app.get<{ Params: { '*': string } }>('/signers/*', viewer, (request, reply) => {
    const signer = request.params['*'];
    const isOne = signer !== '' && signer.length <= longestSigner;
    return isOne ? origin('signer', request, reply, signer) : unknown(reply, signer);
  });
}

const titles = { exchange: 'Exchange', signer: 'Signer' } as const;

function unknown(reply: FastifyReply, asked: string): FastifyReply {
  const page = { title: 'Page not found', at: '/callers', numbersShown: false } as const;
  return send(reply, 404, { ...page, body: notFound(asked) });
}

async function ranged(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: PageDeps,
  path: string,
  title: string,
  render: (range: TimeRange, numbers: PageNumbers) => Promise<Html>,
): Promise<FastifyReply> {
  const range = timeRange({ since: usualSince, ...queryOf(request) }, deps.now());
  const page = { title, at: '/callers', range } as const;
  if (range.problem !== null) {
    const body = rangeHeading(title, 'The time range cannot be read.', path, range);
    return send(reply, 400, { ...page, body, numbersShown: false });
  }
  const numbers = pageNumbers(deps, request);
  try {
    const body = await render(range, numbers);
    return send(reply, 200, { ...page, body, numbersShown: numbers.whole });
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    deps.log.warn('Failed to read the records for a page', { path, error: error.cause ?? error });
    return send(reply, 503, { ...page, body: recordsAway(title, deps.live), numbersShown: false });
  }
}
