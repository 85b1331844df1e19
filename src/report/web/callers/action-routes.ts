import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallRecord } from '../../../call/call-records.ts';
import { flagWords } from '../../../call/vocabulary.ts';
import { isE164 } from '../../../numbers/exchange.ts';
import { type Fields, fieldsOf, readForms } from '../../access/form-body.ts';
import { callerAddress } from '../address.ts';
import { NotAnswered } from '../answered.ts';
import { withCall } from '../call-routes.ts';
import type { Flagging, ListsView, PageDeps } from '../page-deps.ts';
import { pageRoute, send } from '../page-route.ts';
import { anyNumber, expectFor, listedFor } from '../pages/callers/caller-forms.ts';
import { refusedAction } from '../pages/callers/refused-action.ts';
import {
  ActionRefused,
  type CallOf,
  changeLists,
  type Desk,
  deskOf,
  expectCaller,
  flagCalls,
  undoAction,
} from './action-desk.ts';
import { actorOf } from './actor.ts';
import { type ActionPace, plainReason } from './asked.ts';

/** What is done about the caller of one call. Returns the id of the action; null: nothing had to be done. */
type Act = (desk: Desk, of: CallOf, fields: Fields) => Promise<string | null> | { readonly wrong: string };

/**
 * `POST /callers/flag`, `/expect`, `/unexpect` and `/undo` for analysts; `/block`, `/allow` and `/unlist` for admins. `call`: id of
 * one of the caller's calls; `why`: a reason, for all but `undo`. Then 303 to the caller's page, which offers to undo it.
 */
export function addActionRoutes(app: FastifyInstance, deps: PageDeps, pace: ActionPace): void {
  const { flagging, callers, listEdits } = deps;
  if (flagging === undefined) return;
  readForms(app);
  const post = (path: string, role: 'analyst' | 'admin', act: Act, needsReason = true) =>
    app.post(`/callers/${path}`, pageRoute(deps, role), (request, reply) =>
      acting(request, reply, { deps, flagging, pace, act, needsReason }),
    );
  post('flag', 'analyst', (desk, of, { word, why = '' }) =>
    flagWords.has(word) ? flagCalls(desk, [of], word, why) : { wrong: 'A flag is sales, scam or wanted.' },
  );
  post('undo', 'analyst', (desk, of, fields) => undone(desk, deps, of, fields.id ?? ''), false);
  if (callers !== undefined) {
    post('expect', 'analyst', (desk, of, { for: span = '', called = '', why = '' }) => {
      const ms = expectFor.find(({ value }) => value === span)?.ms;
      const number = called === '' ? null : deps.policy.canonical(called);
      if (ms === undefined) return { wrong: 'Choose for how long the call is expected.' };
      if (called !== '' && number === null) return { wrong: 'The called number is not a phone number.' };
      return expectCaller(desk, callers, of, { called: number, until: desk.now + ms, why });
    });
    post('unexpect', 'analyst', (desk, of, { window = '', why = '' }) =>
      window === anyNumber || isE164(window)
        ? expectCaller(desk, callers, of, { called: window === anyNumber ? null : window, until: null, why })
        : { wrong: 'The request did not say at which number the call is expected.' },
    );
  }
  if (listEdits === undefined) return;
  const may = (list: string, blocks: boolean | null) =>
    listEdits.lists().some((one) => one.id === list && (blocks === null || one.blocks === blocks));
  const onto =
    (blocks: boolean): Act =>
    (desk, of, { list = '', name = '', expires = '', off = '', why = '' }) => {
      const lasts = listedFor.find(({ value }) => value === expires);
      if (!may(list, blocks) || lasts === undefined) return { wrong: 'There is no such list to change.' };
      if (!isE164(of.caller)) return { wrong: 'This caller has no number that a list can have.' };
      const expiresAt = lasts.ms === null ? null : desk.now + lasts.ms;
      const there = off === '' ? [] : exactly(deps.lists, of.caller, desk.now).filter((id) => may(id, true));
      const on = { list, name: plainReason(name), expiresAt };
      return changeLists(desk, listEdits, of, { off: blocks ? [] : there, on, why });
    };
  post('block', 'admin', onto(true));
  post('allow', 'admin', onto(false));
  post('unlist', 'admin', (desk, of, { list = '', why = '' }) =>
    may(list, null)
      ? changeLists(desk, listEdits, of, { off: [list], on: null, why })
      : { wrong: 'There is no such list to change.' },
  );
}

/** Lists on which the number itself stands, not a prefix or range that holds it. */
function exactly(lists: ListsView, number: string, now: number): string[] {
  return lists.find(number, now).flatMap(({ list, pattern }) => (pattern === number ? [list] : []));
}

async function undone(desk: Desk, deps: PageDeps, of: CallOf, id: string): Promise<string> {
  await undoAction(desk, deps, of, id);
  return id;
}

async function acting(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    deps,
    flagging,
    pace,
    act,
    needsReason,
  }: {
    readonly deps: PageDeps;
    readonly flagging: Flagging;
    readonly pace: ActionPace;
    readonly act: Act;
    readonly needsReason: boolean;
  },
): Promise<FastifyReply> {
  const fields = fieldsOf(request);
  const why = plainReason(fields.why);
  const actor = actorOf(request);
  const now = deps.now();
  const id = fields.call ?? '';
  const refuse = (status: number, words: string) => refusal(reply, status, words, id === '' ? null : id);
  if (actor === null) return refuse(403, 'Your role does not allow this.');
  if (id === '') return refuse(400, 'The request named no call.');
  if (needsReason && why === null) return refuse(400, 'Give a reason: others will read it.');
  if (!pace.allows(actor.who, now)) return refuse(429, 'Too many changes; try again in a minute.');
  return withCall(id, deps, reply, async (record) => {
    const of = callOf(record);
    if (of === null) return refuse(409, 'This caller’s number is unknown.');
    try {
      const acted = act(deskOf(request, flagging, actor, now), of, { ...fields, why: why ?? '' });
      if ('wrong' in acted) return refuse(400, acted.wrong);
      return reply.redirect(callerAddress(of.callId, { done: (await acted) ?? 'before' }), 303);
    } catch (error) {
      if (error instanceof ActionRefused) return refuse(error.status, error.message);
      if (!(error instanceof NotAnswered)) throw error;
      deps.log.warn('Failed to save what was done about a caller', { error: error.cause ?? error });
      return refuse(503, 'Redis did not respond; it may not have been saved. It is safe to try again.');
    }
  });
}

/** Null: the caller's number is unknown. */
export function callOf({ outcome: { callId, facts } }: CallRecord): CallOf | null {
  const { number } = facts.caller;
  return number === null ? null : { callId, caller: number };
}

/** A page that says why nothing was changed, and leads back to the caller of the call. */
function refusal(reply: FastifyReply, status: number, why: string, callId: string | null): FastifyReply {
  const back = callId === null ? '/callers' : callerAddress(callId);
  const page = { title: 'Not changed', at: '/callers', numbersShown: false } as const;
  return send(reply, status, { ...page, body: refusedAction(why, back) });
}
