import type { FastifyInstance, FastifyReply } from 'fastify';
import type { MissedCall } from '../../../call/staff/follow-ups.ts';
import { fieldsOf, readForms } from '../../access/form-body.ts';
import { address } from '../address.ts';
import { answered, NotAnswered } from '../answered.ts';
import { actorOf } from '../callers/actor.ts';
import { type Html, html } from '../html.ts';
import { heading } from '../layout.ts';
import type { PageDeps } from '../page-deps.ts';
import { pageRoute, send } from '../page-route.ts';

/**
 * `POST /harm/done` with `call` and `done` or `take-back`, for analysts: that the caller of a call that was not passed was followed up. In the
 * audit log; then 303 to the page of the impact, in its time (`since`, `until`).
 */
export function addImpactRoutes(app: FastifyInstance, deps: PageDeps): void {
  const { impact, records, log, now } = deps;
  if (impact === undefined) return;
  readForms(app);
  app.post('/harm/done', pageRoute(deps, 'analyst'), async (request, reply) => {
    const { call: id, done, 'take-back': takeBack, since, until } = fieldsOf(request);
    const actor = actorOf(request);
    if (id === undefined || actor === null || (done === undefined) === (takeBack === undefined))
      return refused(reply, 400);
    try {
      const record = await answered(records.call(id));
      if (record === null) return refused(reply, 404);
      const { callId, challenge, facts } = record.outcome;
      if (challenge === null || challenge.result === 'passed' || facts.caller.number === null)
        return refused(reply, 409);
      const call: MissedCall = { callId, arrivedAt: facts.now };
      const { followUps } = impact;
      const isNew = await answered(
        done === undefined ? followUps.undo(call) : followUps.done(call, { at: now(), who: actor.who }),
      );
      const detail = done === undefined ? 'taken back' : 'done';
      if (isNew) await request.noteAction({ event: 'followed-up', calls: [callId], numbers: [], detail });
      return reply.redirect(`${address('/harm', { since, until })}#h-people`, 303);
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error;
      log.warn('Failed to keep that a caller was followed up', { error: error.cause ?? error });
      return refused(reply, 503);
    }
  });
}

const problems = {
  400: 'The request could not be read.',
  404: 'There is no record of this call, or it has been deleted.',
  409: 'This call has no caller number, or its challenge was passed.',
  503: 'Redis did not respond, so it may not have been saved. It is safe to try again.',
} as const;

function refused(reply: FastifyReply, status: keyof typeof problems): FastifyReply {
  const body: Html = html`${heading('Nothing was changed', problems[status])}
<p><a href="/harm">Caller impact</a></p>`;
  return send(reply, status, { title: 'Nothing was changed', at: '/harm', body, numbersShown: false });
}
