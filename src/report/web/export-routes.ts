import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallPage, CallRecord, CallRecords } from '../../call/call-records.ts';
import { callCsv, callCsvHead } from '../../privacy/call-csv.ts';
import { shownRecord } from '../../privacy/shown-record.ts';
import { csvLine } from '../../text/csv-lines.ts';
import { visibleJson } from '../../text/visible-text.ts';
import { answered, NotAnswered } from './answered.ts';
import { type DataTable, type ExportName, exports } from './exports.ts';
import type { PageDeps } from './page-deps.ts';
import type { PageNumbers } from './page-numbers.ts';
import { pageNumbers, pageRoute, queryOf } from './page-route.ts';
import { readFilter } from './pages/call-filter.ts';
import { readOrder } from './pages/calls-page.ts';
import { timeRange } from './time-range.ts';

type Kind = 'csv' | 'json';
const types = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' } as const;
const callsAtOnce = 500;

/**
 * `/export/<table>.csv` and `.json` with the time range of the page: all rows, however many. `/export/calls.csv` takes the filters of
 * the page of calls. 400: the time or a filter cannot be read; 503: the records do not answer.
 */
export function addExportRoutes(app: FastifyInstance, deps: PageDeps): void {
  const viewer = pageRoute(deps, 'viewer');
  for (const kind of ['csv', 'json'] as const) {
    app.get(`/export/calls.${kind}`, viewer, (request, reply) =>
      exporting(deps, reply, () => exportCalls(request, reply, deps, kind)),
    );
    for (const name of Object.keys(exports) as ExportName[])
      app.get(`/export/${name}.${kind}`, viewer, (request, reply) =>
        exporting(deps, reply, async () => {
          const query = queryOf(request);
          const range = timeRange(query, deps.now());
          if (range.problem !== null) return reply.code(400).send({ error: range.problem });
          const numbers = pageNumbers(deps, request);
          const found = await exports[name]({ deps, range, numbers, query });
          return download(reply, name, kind).send(kind === 'csv' ? csvOf(found) : jsonOf(found));
        }),
      );
  }
}

async function exporting(
  { log }: PageDeps,
  reply: FastifyReply,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    log.warn('Failed to read the records for an export', { error: error.cause ?? error });
    return reply.code(503).send({ error: 'the records do not answer; try again in a minute' });
  }
}

async function exportCalls(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: PageDeps,
  kind: Kind,
): Promise<FastifyReply> {
  const query = queryOf(request);
  const range = timeRange(query, deps.now());
  const numbers = pageNumbers(deps, request);
  const { filter, problems } = readFilter(query, range, deps.policy, numbers);
  const problem = range.problem ?? problems[0];
  if (problem !== undefined) return reply.code(400).send({ error: problem });
  const pages = pagesOf(deps.records, filter, readOrder(query));
  // Until the first page is there it can still be said that there is none.
  const first = await pages.next();
  const parts = written(first, pages, kind, numbers, () => request.noteLooks?.());
  return download(reply, 'calls', kind).send(Readable.from(parts));
}

async function* pagesOf(
  records: CallRecords,
  filter: Parameters<CallRecords['page']>[0],
  order: ReturnType<typeof readOrder>,
): AsyncGenerator<readonly CallRecord[]> {
  let cursor: string | null = null;
  do {
    const { calls, next }: CallPage = await answered(records.page(filter, cursor, callsAtOnce, order));
    yield calls;
    cursor = next;
  } while (cursor !== null);
}

/** What is shown whole is in the audit log before it is sent. An error ends the download early, which browsers say. */
async function* written(
  first: IteratorResult<readonly CallRecord[]>,
  rest: AsyncGenerator<readonly CallRecord[]>,
  kind: Kind,
  numbers: PageNumbers,
  noteLooks: () => Promise<void> | undefined,
): AsyncGenerator<string> {
  const { shown } = numbers;
  let between = '';
  yield kind === 'csv' ? csvLine(callCsvHead) : '[';
  for (let page = first; !page.done; page = await rest.next()) {
    const lines = page.value.map((record) => {
      if (kind === 'csv') return csvLine(callCsv(record, shown));
      const line = `${between}\n${visibleJson(shownRecord(record, shown))}`;
      between = ',';
      return line;
    });
    await noteLooks();
    yield lines.join('');
  }
  if (kind === 'json') yield '\n]\n';
}

function download(reply: FastifyReply, name: string, kind: Kind): FastifyReply {
  return reply
    .type(types[kind])
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="gatehouse-${name}.${kind}"`);
}

function csvOf({ head, rows }: DataTable): string {
  return [head, ...rows].map(csvLine).join('');
}

function jsonOf({ head, rows }: DataTable): string {
  const objects = rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? null])));
  return `${visibleJson(objects)}\n`;
}
