import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { filterFieldNames } from '../../../call/call-filter.ts';
import { mostFlaggedAtOnce } from '../../../call/staff/caller-actions.ts';
import { flagWords } from '../../../call/vocabulary.ts';
import { type Fields, fieldsOf, readForms } from '../../access/form-body.ts';
import { address, callAddress } from '../address.ts';
import { answered, NotAnswered } from '../answered.ts';
import { withCall } from '../call-routes.ts';
import type { Flagging, PageDeps } from '../page-deps.ts';
import { pageRoute, send } from '../page-route.ts';
import { pickedPrefix } from '../pages/callers/bulk-flags.ts';
import { refusedAction } from '../pages/callers/refused-action.ts';
import { flagNotNoted, noNumberToFlag, wrongFlag } from '../pages/trouble.ts';
import { type CallOf, type Desk, deskOf, flagCalls, removeFlag, undoBatch } from './action-desk.ts';
import { callOf } from './action-routes.ts';
import { type Actor, actorOf } from './actor.ts';
import { type ActionPace, plainReason } from './asked.ts';

/** A hundred calls are looked up, so many at a time. */
const readAtOnce = 10;
const lookUpMs = 10_000;

/**
 * `POST /calls/flag`: `id` with `flag` (and `why`, a reason) or `take-back` as one of the words of staff; then 303 to the call.
 * `POST /calls/flag-many`: `word`, `why` and a field for each call, `call:<call id>`; `POST /calls/unflag-many`: `batch`. Then
 * 303 to the page of calls, with the fields of its address that came along.
 */
export function addFlagRoutes(app: FastifyInstance, deps: PageDeps, pace: ActionPace): void {
  const { flagging } = deps;
  if (flagging === undefined) return;
  readForms(app);
  const analyst = pageRoute(deps, 'analyst');
  app.post('/calls/flag', analyst, (request, reply) => flagCall(request, reply, deps, flagging, pace));
  app.post('/calls/flag-many', analyst, (request, reply) =>
    changingMany(request, reply, deps, flagging, pace, flagMany),
  );
  app.post('/calls/unflag-many', analyst, (request, reply) =>
    changingMany(request, reply, deps, flagging, pace, unflagMany),
  );
}

const page = { title: 'Flag a call', at: '/calls', numbersShown: false } as const;

const nobody: Actor = { who: '', csrf: null, isAdmin: false };

async function flagCall(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: PageDeps,
  flagging: Flagging,
  pace: ActionPace,
): Promise<FastifyReply> {
  const { id, flag, 'take-back': takeBack, why } = fieldsOf(request);
  const word = flag ?? takeBack;
  const reason = plainReason(why);
  if (id === undefined || !flagWords.has(word) || (flag !== undefined && takeBack !== undefined))
    return send(reply, 400, { ...page, body: wrongFlag() });
  const refuse = (status: number, words: string) =>
    send(reply, status, { ...page, body: refusedAction(words, callAddress(id)) });
  if (flag !== undefined && reason === null) return refuse(400, 'Give a reason: others will read it.');
  const desk = deskOf(request, flagging, actorOf(request) ?? nobody, deps.now());
  if (!pace.allows(desk.actor.who, desk.now)) return refuse(429, 'Too many changes; try again in a minute.');
  return withCall(id, deps, reply, async (record) => {
    const { callId } = record.outcome;
    const of = callOf(record);
    if (of === null) return send(reply, 409, { ...page, body: noNumberToFlag(callId) });
    try {
      if (flag === undefined) await removeFlag(desk, of, word);
      else await flagCalls(desk, [of], word, reason ?? '');
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error;
      deps.log.warn('Failed to save a flag', { callId, error: error.cause ?? error });
      return send(reply, 503, { ...page, body: flagNotNoted(callId) });
    }
    return reply.redirect(`${callAddress(callId)}#h-flags`, 303);
  });
}

/** What to show on the page of calls then. `wrong`: a sentence. */
type Changed = { readonly done: string; readonly left?: string } | { readonly wrong: string };
type ChangeMany = (desk: Desk, deps: PageDeps, fields: Fields) => Promise<Changed>;

async function changingMany(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: PageDeps,
  flagging: Flagging,
  pace: ActionPace,
  change: ChangeMany,
): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  const here = pageOfCalls(fields);
  const refuse = (status: number, words: string) =>
    send(reply, status, { ...page, body: refusedAction(words, address('/calls', here)) });
  const desk = deskOf(request, flagging, actorOf(request) ?? nobody, deps.now());
  if (!pace.allows(desk.actor.who, desk.now)) return refuse(429, 'Too many changes; try again in a minute.');
  try {
    const changed = await change(desk, deps, fields);
    if ('wrong' in changed) return refuse(400, changed.wrong);
    return reply.redirect(address('/calls', { ...here, ...changed }), 303);
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    deps.log.warn('Failed to save flags', { error: error.cause ?? error });
    return refuse(503, 'Redis did not respond; some calls may be flagged. It is safe to try again.');
  }
}

async function flagMany(desk: Desk, deps: PageDeps, fields: Fields): Promise<Changed> {
  const { word } = fields;
  const why = plainReason(fields.why);
  const ids = Object.keys(fields).flatMap((name) =>
    name.startsWith(pickedPrefix) ? [name.slice(pickedPrefix.length)] : [],
  );
  if (!flagWords.has(word)) return { wrong: 'A flag is sales, scam or wanted.' };
  if (why === null) return { wrong: 'Give a reason: others will read it.' };
  if (ids.length === 0) return { wrong: 'No call was selected.' };
  if (ids.length > mostFlaggedAtOnce)
    return { wrong: `At most ${mostFlaggedAtOnce} calls can be flagged at once.` };
  const calls = await callersOf(deps, ids);
  if (calls.length === 0) return { wrong: 'None of these calls has a caller number.' };
  const done = (await flagCalls(desk, calls, word, why, true)) ?? 'before';
  const left = ids.length - calls.length;
  return left === 0 ? { done } : { done, left: String(left) };
}

async function unflagMany(desk: Desk, deps: PageDeps, fields: Fields): Promise<Changed> {
  const id = fields.batch ?? '';
  if (!/^[\w-]{1,40}$/.test(id)) return { wrong: 'The request named no flags to remove.' };
  const batch = await answered(desk.actions.batch(id));
  if (batch === null) return { wrong: 'What was flagged then is not kept any more.' };
  await undoBatch(desk, id, await callersOf(deps, batch.calls));
  return { done: id };
}

/** Those whose call is there and whose number is known. @throws NotAnswered */
async function callersOf({ records }: PageDeps, ids: readonly string[]): Promise<CallOf[]> {
  const found: CallOf[] = [];
  const read = async () => {
    for (let at = 0; at < ids.length; at += readAtOnce) {
      const some = await Promise.all(ids.slice(at, at + readAtOnce).map((id) => records.call(id)));
      found.push(...some.flatMap((record) => (record === null ? [] : (callOf(record) ?? []))));
    }
  };
  await answered(read(), lookUpMs);
  return found;
}

const ofPage = ['since', 'until', 'order', 'cursor', ...filterFieldNames];

/** The fields of the page of calls that came along with the form, `in:<field>`. */
function pageOfCalls(fields: Fields): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(ofPage.map((name) => [name, fields[`in:${name}`]?.slice(0, 400)]));
}
