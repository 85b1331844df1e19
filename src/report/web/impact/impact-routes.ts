import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallRecord } from '../../../call/call-records.ts';
import type { MissedCall } from '../../../call/staff/follow-ups.ts';
import { visibleText } from '../../../text/visible-text.ts';
import { readForms } from '../../access/form-body.ts';
import { address } from '../address.ts';
import { answered, NotAnswered } from '../answered.ts';
import type { Html } from '../html.ts';
import type { PageDeps } from '../page-deps.ts';
import { pageNumbers, pageRoute, queryOf, send } from '../page-route.ts';
import { expectPage, expectTimes, impactProblem, longestWhy } from './expect-page.ts';
import { type ImpactWork, workerOf } from './impact-work.ts';

const dayMs = 86_400_000;

type Fields = Readonly<Record<string, string | undefined>>;

/**
 * `POST /harm/done` with `call` and `done` or `take-back`; `GET /harm/expect?call=` and `POST /harm/expect` with `call`, `why` and `days`,
 * or `take-back`. For analysts; each is in the audit log. Then 303 to the page of the impact, in its time.
 */
export function addImpactRoutes(app: FastifyInstance, deps: PageDeps): void {
  const { impact } = deps;
  if (impact === undefined) return;
  readForms(app);
  const analyst = pageRoute(deps, 'analyst');
  app.post('/harm/done', analyst, (request, reply) => {
    const fields = textsOf(request.body);
    const wanted = [fields.done, fields['take-back']].filter((field) => field !== undefined);
    if (wanted.length !== 1) return refused(reply, 400);
    return withMissed(fields, reply, deps, (call) => followUp(call, fields, request, deps, impact));
  });
  app.get('/harm/expect', analyst, (request, reply) => {
    const query = queryOf(request);
    const worker = workerOf(request);
    return withMissed(query, reply, deps, async (_, record) => {
      if (worker === null) return 'not-kept';
      return expectPage(record, query, pageNumbers(deps, request), worker, null);
    });
  });
  app.post('/harm/expect', analyst, (request, reply) => {
    const fields = textsOf(request.body);
    return withMissed(fields, reply, deps, (call, record) =>
      expectCaller(call, record, fields, request, deps, impact),
    );
  });
}

/** What is answered: a page, that it is done, or that nothing was kept. */
type Outcome = Html | 'done' | 'not-kept';

async function followUp(
  call: MissedCall,
  fields: Fields,
  request: FastifyRequest,
  { now }: PageDeps,
  { followUps }: ImpactWork,
): Promise<Outcome> {
  const worker = workerOf(request);
  if (worker === null) return 'not-kept';
  const isDone = fields.done !== undefined;
  const isNew = await answered(
    isDone ? followUps.done(call, { at: now(), who: worker.who }) : followUps.undo(call),
  );
  const detail = isDone ? 'done' : 'taken back';
  if (isNew) await request.noteAction?.({ event: 'followed-up', calls: [call.callId], numbers: [], detail });
  return 'done';
}

async function expectCaller(
  { callId }: MissedCall,
  record: CallRecord,
  fields: Fields,
  request: FastifyRequest,
  deps: PageDeps,
  { expected }: ImpactWork,
): Promise<Outcome> {
  const worker = workerOf(request);
  const { number } = record.outcome.facts.caller;
  if (worker === null || number === null) return 'not-kept';
  const note = (detail: string) =>
    request.noteAction?.({ event: 'expected', calls: [callId], numbers: [number], detail });
  if (fields['take-back'] !== undefined) {
    if (await answered(expected.remove(number, null))) await note('no longer expected');
    return 'done';
  }
  const why = visibleText(fields.why ?? '', 'space')
    .trim()
    .slice(0, longestWhy);
  const days = expectTimes.find((one) => String(one.days) === fields.days)?.days;
  if (why === '' || days === undefined) {
    const problem = why === '' ? 'Write why the caller is expected.' : 'Choose for how long.';
    return expectPage(record, fields, pageNumbers(deps, request), worker, problem);
  }
  const until = deps.now() + days * dayMs;
  await answered(expected.add({ caller: number, called: null, until, why }, deps.now()));
  await note(`expected for ${days} days: ${why}`);
  return 'done';
}

/** Does `work` for a call that is there and whose challenge was not passed. */
async function withMissed(
  fields: Fields,
  reply: FastifyReply,
  { records, log }: PageDeps,
  work: (call: MissedCall, record: CallRecord) => Promise<Outcome>,
): Promise<FastifyReply> {
  const { call: id, since, until } = fields;
  if (id === undefined) return refused(reply, 400);
  try {
    const record = await answered(records.call(id));
    if (record === null) return refused(reply, 404);
    const { callId, challenge, facts } = record.outcome;
    if (challenge === null || challenge.result === 'passed' || facts.caller.number === null)
      return refused(reply, 409);
    const done = await work({ callId, arrivedAt: facts.now }, record);
    if (done === 'done') return reply.redirect(`${address('/harm', { since, until })}#h-people`, 303);
    if (done === 'not-kept') return refused(reply, 409);
    return send(reply, 200, { ...{ title: 'Expect a caller', at: '/harm' }, body: done, numbersShown: true });
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    log.warn('Failed to keep what was done about a caller', { error: error.cause ?? error });
    return refused(reply, 503);
  }
}

function refused(reply: FastifyReply, status: 400 | 404 | 409 | 503): FastifyReply {
  const page = { title: 'Nothing was changed', at: '/harm', numbersShown: false } as const;
  return send(reply, status, { ...page, body: impactProblem(status) });
}

/** Fields of a form; programs may send JSON. */
function textsOf(body: unknown): Fields {
  const entries = Object.entries((body ?? {}) as object).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(entries) as Fields;
}
