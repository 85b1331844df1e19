import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallPage, CallRecord, CallRecords } from '../../call/call-records.ts';
import { callCsv, callCsvHead } from '../../privacy/call-csv.ts';
import { namedRecord } from '../../privacy/shown-record.ts';
import { type CsvCell, csvLine } from '../../text/csv-lines.ts';
import { visibleJson } from '../../text/visible-text.ts';
import { answered, NotAnswered } from './answered.ts';
import { type ExportName, exports } from './exports.ts';
import type { PageDeps } from './page-deps.ts';
import { pageNumbers, pageRoute, queryOf } from './page-route.ts';
import { readFilter } from './pages/call-filter.ts';
import { readOrder } from './pages/calls-page.ts';
import { timeRange } from './time-range.ts';

type Kind = 'csv' | 'json';
const types = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' } as const;
const callsAtOnce = 500;
const linesAtOnce = 500;

/**
 * `/export/<table>.csv` and `.json` with the time range of the page: all rows, however many, a batch at a time. `/export/calls.csv` takes
 * the filters of the page of calls. 400: the time or a filter cannot be read; 503: the records do not answer.
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
          const { head, rows } = await exports[name]({ deps, range, numbers, query });
          const batches = 'length' in rows ? [rows] : rows;
          const lines = (row: readonly CsvCell[]): Line =>
            kind === 'csv'
              ? csvLine(row)
              : Object.fromEntries(head.map((column, at) => [column, row[at] ?? null]));
          return sendLines(request, reply, { name, kind, head, batches: mapped(batches, lines) });
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
  const { filter, problems } = readFilter(query, range, deps, numbers);
  const problem = range.problem ?? problems[0];
  if (problem !== undefined) return reply.code(400).send({ error: problem });
  const { shown } = numbers;
  const nameOf = (called: string) => numbers.nameOf(called);
  const line = (record: CallRecord): Line =>
    kind === 'csv' ? csvLine(callCsv(record, shown, nameOf)) : namedRecord(record, shown, nameOf);
  const pages = pagesOf(deps.records, filter, readOrder(query));
  return sendLines(request, reply, { name: 'calls', kind, head: callCsvHead, batches: mapped(pages, line) });
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

/** A line of csv, or what becomes one object of JSON. */
type Line = string | object;

async function* mapped<Row>(
  batches: Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>,
  line: (row: Row) => Line,
): AsyncGenerator<readonly Line[]> {
  for await (const rows of batches)
    for (let from = 0; from < rows.length; from += linesAtOnce) {
      // Calls are screened on the same event loop.
      if (from > 0) await nextTurn();
      yield rows.slice(from, from + linesAtOnce).map(line);
    }
}

interface Lines {
  readonly name: string;
  readonly kind: Kind;
  readonly head: readonly CsvCell[];
  readonly batches: AsyncGenerator<readonly Line[]>;
}

async function sendLines(request: FastifyRequest, reply: FastifyReply, lines: Lines): Promise<FastifyReply> {
  // Until the first batch is there it can still be said that there is none.
  const first = await lines.batches.next();
  const parts = written(first, lines, () => request.noteLooks?.());
  const { name, kind } = lines;
  return reply
    .type(types[kind])
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="gatehouse-${name}.${kind}"`)
    .send(Readable.from(parts));
}

/** What is shown whole is in the audit log before it is sent. An error ends the download early, which browsers say. */
async function* written(
  first: IteratorResult<readonly Line[]>,
  { kind, head, batches }: Lines,
  noteLooks: () => Promise<void> | undefined,
): AsyncGenerator<string> {
  let between = '';
  yield kind === 'csv' ? csvLine(head) : '[';
  for (let batch = first; !batch.done; batch = await batches.next()) {
    const lines = batch.value.map((line) => {
      if (typeof line === 'string') return line;
      const text = `${between}\n${visibleJson(line)}`;
      between = ',';
      return text;
    });
    await noteLooks();
    yield lines.join('');
  }
  if (kind === 'json') yield '\n]\n';
}
