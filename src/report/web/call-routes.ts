import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallRecord } from '../../call/call-records.ts';
import { callAddress } from './address.ts';
import { answered, NotAnswered } from './answered.ts';
import type { Flagging, PageDeps } from './page-deps.ts';
import { pageNumbers, pageRoute, queryOf, send } from './page-route.ts';
import type { FlagsShown } from './pages/call-flags.ts';
import { explainCallPage } from './pages/explain-call.ts';
import { oneCallPage } from './pages/one-call.ts';
import { callsAround } from './pages/one-call-around.ts';
import { notFound, recordsAway } from './pages/trouble.ts';

/** After this the page of a call is shown without flags. */
const flagsDeadlineMs = 1000;

/** `/calls/<call id>` (or SIP Call-ID), `/calls/find?id=`, `/calls/explain?id=`. */
export function addCallRoutes(app: FastifyInstance, deps: PageDeps): void {
  const viewer = pageRoute(deps, 'viewer');
  app.get('/calls/find', viewer, async (request, reply) => {
    const id = (queryOf(request).id ?? '').trim();
    return reply.redirect(id === '' ? '/calls' : callAddress(id));
  });
  app.get('/calls/explain', viewer, async (request, reply) => {
    const { id } = queryOf(request);
    if (id === undefined) return reply.redirect('/calls');
    return withCall(id, deps, reply, async ({ outcome }) => {
      const numbers = pageNumbers(deps, request);
      const body = explainCallPage(outcome, deps.policy.explain(outcome.facts, outcome.decision), numbers);
      return send(reply, 200, {
        title: 'Explain a call',
        at: '/calls',
        body,
        numbersShown: numbers.whole,
      });
    });
  });
  const { flagging } = deps;
  app.get<{ Params: { '*': string } }>('/calls/*', viewer, (request, reply) =>
    withCall(request.params['*'], deps, reply, async (record) => {
      const flags = flagging === undefined ? null : await flagsOf(record, request, flagging);
      const numbers = pageNumbers(deps, request);
      const around = await callsAround(deps, record);
      const body = oneCallPage(record, deps.policy, numbers, deps.now(), flags, around);
      return send(reply, 200, { title: 'Call', at: '/calls', body, numbersShown: numbers.whole });
    }),
  );
}

/** Responds with what `shown` makes of the call, or with the reason why there is none. */
export async function withCall(
  id: string,
  { records, live, log }: PageDeps,
  reply: FastifyReply,
  shown: (record: CallRecord) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  const page = { title: 'Call', at: '/calls', numbersShown: false } as const;
  try {
    const record = await answered(records.call(id));
    if (record !== null) return await shown(record);
    return send(reply, 404, { ...page, title: 'Call not found', body: notFound(id) });
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    log.warn('Failed to read the records for a page', { path: '/calls/*', error: error.cause ?? error });
    return send(reply, 503, { ...page, body: recordsAway('Call', live) });
  }
}

async function flagsOf(
  { outcome }: CallRecord,
  request: FastifyRequest,
  { flags, form }: Flagging,
): Promise<FlagsShown> {
  const { number } = outcome.facts.caller;
  const mayFlag = form(request);
  if (number === null) return { mayFlag, flags: 'no-number' };
  try {
    return { mayFlag, flags: await answered(flags.read(number, outcome.callId), flagsDeadlineMs) };
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    return { mayFlag, flags: 'not-answered' };
  }
}
