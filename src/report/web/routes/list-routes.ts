import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DateTime } from 'luxon';
import type { ListEditResult } from '../../../call/staff/list-edits.ts';
import { maskNumbersIn } from '../../../privacy/mask-number.ts';
import { fieldsOf, readForms } from '../../access/form-body.ts';
import { address } from '../address.ts';
import type { PageDeps } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { pageNumbers, pageRoute, queryOf, send } from '../page-route.ts';
import { listsPage, noSuchList, searchLists } from '../pages/lists/lists-page.ts';
import {
  listAddress,
  type OneList,
  oneListPage,
  rowsOnPage,
  type TypedRow,
} from '../pages/lists/one-list.ts';
import type { ListBrowser } from './list-browser.ts';

const changesShown = 10;
const longestText = 200;
const route = '/lists';

/**
 * `/lists`; `/lists/<id>` with `from` or `q`; `POST /lists/<id>/add` (number, name, reason, expires), `POST /lists/<id>/remove`
 * (number, reason) and `POST /lists/undo` (change): then 303 to the list, or the list with why nothing was changed.
 */
export function addListRoutes(app: FastifyInstance, deps: PageDeps): void {
  const viewer = pageRoute(deps, 'viewer');
  readForms(app);
  app.get('/lists', viewer, (request, reply) => {
    const { policy, lists } = deps;
    const numbers = pageNumbers(deps, request);
    const now = deps.now();
    const search = searchLists(queryOf(request).number, { lists, policy, numbers, now });
    const body = listsPage(lists.all(), search, numbers, now, deps.listBrowser !== undefined);
    return send(reply, 200, { title: 'Lists', at: route, body, numbersShown: numbers.whole });
  });
  const { listBrowser, listEdits } = deps;
  if (listBrowser === undefined || listEdits === undefined) return;
  const shown = new ListPages(deps, listBrowser);
  app.get<{ Params: { id: string } }>('/lists/:id', viewer, (request, reply) =>
    shown.list(request, reply, request.params.id, { refused: null }),
  );
  const admin = pageRoute(deps, 'admin');
  app.post<{ Params: { id: string } }>('/lists/:id/add', admin, async (request, reply) => {
    const { id } = request.params;
    const typed = typedRow(request);
    const expiresAt = endOfDay(typed.expires);
    const edit = { list: id, number: typed.number, name: typed.name || null, reason: typed.reason };
    const result: ListEditResult =
      expiresAt === 'unreadable'
        ? { result: 'refused', why: 'the last day is not a date, as 2027-03-31' }
        : await listEdits.add({ ...edit, expiresAt, who: whoOf(request) });
    return shown.answer(request, reply, { list: id, result, done: 'added', typed, reason: typed.reason });
  });
  app.post<{ Params: { id: string } }>('/lists/:id/remove', admin, async (request, reply) => {
    const { id } = request.params;
    const typed = typedRow(request);
    const { number, reason } = typed;
    const result = await listEdits.remove({ list: id, number, reason, who: whoOf(request) });
    return shown.answer(request, reply, { list: id, result, done: 'removed', typed, reason });
  });
  app.post('/lists/undo', admin, async (request, reply) => {
    const { change = '' } = fieldsOf(request);
    const found = (await listBrowser.changes()).find(({ id }) => id === change);
    if (found === undefined)
      return shown.missing(request, reply, 'There is no such change, or it is too long ago.');
    const result = await listEdits.undo(change, whoOf(request));
    const { list, key, reason } = found;
    const typed = { number: key, name: '', reason, expires: '' };
    return shown.answer(request, reply, { list, result, done: 'undone', typed, reason });
  });
}

interface Answered {
  readonly list: string;
  readonly result: ListEditResult;
  readonly done: 'added' | 'removed' | 'undone';
  readonly typed: TypedRow;
  readonly reason: string;
}

class ListPages {
  readonly #deps: PageDeps;
  readonly #browser: ListBrowser;

  constructor(deps: PageDeps, browser: ListBrowser) {
    this.#deps = deps;
    this.#browser = browser;
  }

  async list(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    { refused }: Pick<OneList, 'refused'>,
  ): Promise<FastifyReply> {
    const { listEdits, lists } = this.#deps;
    const state = lists.all().find((one) => one.id === id);
    const query = queryOf(request);
    const numbers = pageNumbers(this.#deps, request);
    const from = Math.max(0, Math.min(Number.parseInt(query.from ?? '0', 10) || 0, 100_000_000));
    const rows = this.#browser.rows(id, from, rowsOnPage);
    if (state === undefined || rows === null)
      return this.missing(request, reply, 'The rules use no such list.');
    // Whether a number is found would tell what is masked.
    const asked = numbers.whole ? (query.q ?? '').trim().slice(0, 64) : '';
    const found = asked === '' ? rows : await this.#browser.search(id, asked, rowsOnPage);
    const changes = await this.#browser.changes();
    const own = changes.filter(({ list }) => list === id);
    const body = oneListPage({
      ...{ state, found, from, asked, refused, numbers },
      blocks: listEdits?.lists().find((one) => one.id === id)?.blocks ?? false,
      whyNot: this.#browser.whyNot(id),
      form: this.#browser.form(request),
      changes: own.slice(0, changesShown),
      made: own.find((one) => one.id === query.change) ?? null,
    });
    return send(reply, refused === null ? 200 : 409, {
      ...{ title: id, at: route, body, numbersShown: numbers.whole },
    });
  }

  /** What became of a change. */
  async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    { list, result, done, typed, reason }: Answered,
  ): Promise<FastifyReply> {
    const canonical = this.#deps.policy.canonical(typed.number) ?? typed.number;
    const outcome = result.result === 'done' ? done : `not ${done} (${result.why})`;
    const detail = maskNumbersIn(`${list}: ${outcome}; ${reason}`).slice(0, 400);
    await this.#browser.note(request, { number: canonical, detail });
    if (result.result === 'done')
      return reply.redirect(address(listAddress(list), { change: result.change }), 303);
    return this.list(request, reply, list, {
      refused: { why: result.why, typed: done === 'added' ? typed : null },
    });
  }

  missing(request: FastifyRequest, reply: FastifyReply, why: string): FastifyReply {
    const numbers: PageNumbers = pageNumbers(this.#deps, request);
    return send(reply, 404, {
      ...{ title: 'No such list', at: route, body: noSuchList(why), numbersShown: numbers.whole },
    });
  }
}

function typedRow(request: FastifyRequest): TypedRow {
  const texts = fieldsOf(request);
  const text = (name: string) => (texts[name] ?? '').trim().slice(0, longestText);
  return { number: text('number'), name: text('name'), reason: text('reason'), expires: text('expires') };
}

/** The moment after that day, in local time; epoch ms, null: none was given. */
function endOfDay(text: string): number | null | 'unreadable' {
  if (text === '') return null;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? DateTime.fromISO(text) : DateTime.invalid('form');
  return day.isValid ? day.plus({ days: 1 }).startOf('day').toMillis() : 'unreadable';
}

function whoOf({ visitor }: FastifyRequest): string {
  return visitor?.name ?? 'somebody';
}
