import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { byHandKey, isLevelScope, type LevelByHand, type LevelScope } from '../../../levels/level-state.ts';
import { isE164 } from '../../../numbers/exchange.ts';
import { type Fields, fieldsOf, readForms } from '../../access/form-body.ts';
import { address } from '../address.ts';
import { answered, NotAnswered } from '../answered.ts';
import { type Actor, actorOf } from '../callers/actor.ts';
import { ActionPace, plainReason } from '../callers/asked.ts';
import type { LevelsWork, PageDeps } from '../page-deps.ts';
import { pageNumbers, pageRoute, queryOf, send } from '../page-route.ts';
import { refusedAction } from '../pages/callers/refused-action.ts';
import { recordsAway } from '../pages/trouble.ts';
import { levelFor, levelsPage, sayWords } from './levels-page.ts';

/** Of a form; `status` and why when it cannot be done. */
type Wanted = Pick<LevelByHand, 'scope' | 'say' | 'reason'> & { readonly ms: number };
type Refused = { readonly status: number; readonly words: string };

/**
 * `GET /levels`: what is not calm, and what is set by hand. For admins `POST /levels/set` (`say`; `of` or `number`; `for`; `why`) and
 * `POST /levels/end` (`scope`, `say`). Both go into the audit log; then 303 to the page.
 */
export function addLevelRoutes(app: FastifyInstance, deps: PageDeps): void {
  const { levels } = deps;
  if (levels === undefined) return;
  readForms(app);
  const pace = new ActionPace();
  app.get('/levels', pageRoute(deps, 'viewer'), async (request, reply) => {
    const numbers = pageNumbers(deps, request);
    const shown = { title: 'Attack levels', at: '/', numbersShown: numbers.whole, banner: null } as const;
    try {
      const byHand = await answered(levels.list(deps.now()));
      const actor = actorOf(request);
      const { done } = queryOf(request);
      const body = levelsPage({
        ...{ levels: deps.live.health().levels ?? calm, byHand, numbers },
        ...{ departments: levels.departments(), isAsked: levels.isAsked() },
        done: byHand.find((one) => byHandKey(one) === done) ?? null,
        admin: actor?.isAdmin ? actor : null,
      });
      return send(reply, 200, { ...shown, body });
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error;
      return send(reply, 503, { ...shown, body: recordsAway('Attack levels', deps.live) });
    }
  });
  const post = (path: string, act: (acting: Acting) => Promise<string | Refused>) =>
    app.post(`/levels/${path}`, pageRoute(deps, 'admin'), (request, reply) =>
      acted(request, reply, { deps, levels, pace, act }),
    );
  post('set', setByHand);
  post('end', endByHand);
}

const calm = { above: [], surges: [], measures: [] } as const;

interface Acting {
  readonly request: FastifyRequest;
  readonly deps: PageDeps;
  readonly levels: LevelsWork;
  readonly actor: Actor;
  readonly fields: Fields;
}

async function setByHand({ request, deps, levels, actor, fields }: Acting): Promise<string | Refused> {
  const wanted = read(fields, deps, levels);
  if ('status' in wanted) return wanted;
  const now = deps.now();
  const { scope, say, reason, ms } = wanted;
  // What is undone is what was found before, not an earlier setting that nobody sees any more.
  if ((await answered(levels.list(now))).some((one) => byHandKey(one) === byHandKey(wanted)))
    return { status: 409, words: 'This is set by hand already: end that first.' };
  await answered(levels.set({ scope, say, reason, since: now, until: now + ms, by: actor.who }, now));
  await note(request, `${say} of ${scope} until ${new Date(now + ms).toISOString()}: ${reason}`);
  return address('/levels', { done: byHandKey(wanted) });
}

async function endByHand({ request, levels, fields }: Acting): Promise<string | Refused> {
  const { scope = '', say = '' } = fields;
  if (!isLevelScope(scope) || !isSay(say))
    return { status: 400, words: 'The request did not say which level.' };
  const isEnded = await answered(levels.end({ scope, say }));
  if (isEnded) await note(request, `${say} of ${scope}: ended`);
  return '/levels';
}

function note(request: FastifyRequest, detail: string): Promise<void> {
  return request.noteAction({ event: 'level', calls: [], numbers: [], detail });
}

function isSay(text: string): text is LevelByHand['say'] {
  return Object.hasOwn(sayWords, text);
}

function read(fields: Fields, { policy }: PageDeps, levels: LevelsWork): Wanted | Refused {
  const { say = '', of = '', number = '', for: span = '', why } = fields;
  const wrong = (words: string): Refused => ({ status: 400, words });
  const reason = plainReason(why);
  if (reason === null) return wrong('Give a reason: others will read it.');
  if (!isSay(say)) return wrong('There is no such level.');
  const ms = levelFor.find(({ value }) => value === span)?.ms;
  if (ms === undefined) return wrong('Choose for how long; it ends by itself then.');
  const scope = number.trim() === '' ? of : policy.canonical(number);
  if (scope === null || (number.trim() !== '' && !isE164(scope)))
    return wrong('The called number is not a phone number.');
  const isKnown =
    scope === 'board' || isE164(scope) || levels.departments().some((one) => `list:${one}` === scope);
  if (!isKnown) return wrong('No rule asks for called numbers of that list.');
  if (say.endsWith('call-back-surge') && !isE164(scope))
    return wrong('A number that was forged is a called number: write which.');
  return { scope: scope as LevelScope, say, reason, ms };
}

async function acted(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    deps,
    levels,
    pace,
    act,
  }: Pick<Acting, 'deps' | 'levels'> & {
    readonly pace: ActionPace;
    readonly act: (acting: Acting) => Promise<string | Refused>;
  },
): Promise<FastifyReply> {
  const refuse = (status: number, words: string) =>
    send(reply, status, {
      ...{ title: 'Not changed', at: '/', numbersShown: false },
      body: refusedAction(words, '/levels'),
    });
  const actor = actorOf(request);
  if (!actor?.isAdmin) return refuse(403, 'Your role does not allow this.');
  if (!pace.allows(actor.who, deps.now())) return refuse(429, 'Too many changes; try again in a minute.');
  try {
    const done = await act({ request, deps, levels, actor, fields: fieldsOf(request) });
    return typeof done === 'string' ? reply.redirect(done, 303) : refuse(done.status, done.words);
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    if ((error.cause as { code?: unknown } | undefined)?.code === 'too-many-levels')
      return refuse(409, 'Too many levels are set by hand already: end some first.');
    deps.log.warn('Failed to set a level by hand', { error: error.cause ?? error });
    return refuse(503, 'Redis did not respond; it may not have been saved. It is safe to try again.');
  }
}
