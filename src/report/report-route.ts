import type { FastifyInstance } from 'fastify';
import type { ScreeningLog } from '../screening/ports.ts';
import type { CallRecords, ReportSummary } from './call-records.ts';
import { type PolicyStatus, shownPolicy } from './reload-route.ts';
import { pointInTime } from './since.ts';

export interface ReportRouteOptions {
  readonly records: Pick<CallRecords, 'summary'>;
  readonly policy: () => PolicyStatus;
  readonly log: ScreeningLog;
  /** How long somebody waits for an answer, the turn of others included, ms. */
  readonly deadlineMs?: number;
}

const defaultDeadlineMs = 20_000;
/** So many different summaries may wait for their turn. */
const mostWaiting = 8;

/** No summary in time. `busy`: too many are asked for; `deadline`: the time was over. */
class NoSummary extends Error {
  readonly code: 'busy' | 'deadline';
  constructor(code: 'busy' | 'deadline') {
    super(`no summary: ${code}`);
    this.code = code;
  }
}

const whyNot = {
  busy: 'Too many reports are asked for at once; ask again in a minute',
  deadline:
    'The report was not made in time, and was given up so that calls go first; ask for a shorter time, or use gatehouse report',
} as const;

/**
 * `GET /api/report?since=24h`: the summary of `gatehouse report --json`, and the policy in force. Summaries are made one at a time;
 * who asks for the same meanwhile has the same answer. 503 when there is none in time.
 */
export function addReportRoute(app: FastifyInstance, options: ReportRouteOptions): void {
  const { records, policy, log, deadlineMs = defaultDeadlineMs } = options;
  const turns = new Turns((range, signal) => records.summary(range, signal), deadlineMs);
  const viewers = { config: { role: 'viewer' } } as const;
  app.get<{ Querystring: { since?: unknown } }>('/api/report', viewers, async (request, reply) => {
    const now = Date.now();
    const { since = '24h' } = request.query;
    const from = typeof since === 'string' ? pointInTime(since, now) : null;
    if (from === null)
      return reply
        .code(400)
        .send({ error: 'since: write a duration such as 24h or 7d, or a time in ISO 8601' });
    try {
      const found = await turns.summary(String(since), { since: from, until: now });
      const byCalledNumber = found.byCalledNumber.map((row) => ({
        ...row,
        called: row.called === null ? null : request.numbers.show(row.called),
      }));
      return { ...found, byCalledNumber, policy: shownPolicy(policy(), request.numbers) };
    } catch (error) {
      log.warn('The report could not be made', { error });
      const why =
        error instanceof NoSummary
          ? whyNot[error.code]
          : 'Redis does not answer; calls are screened and outcomes kept meanwhile';
      return reply.code(503).send({ error: why });
    }
  });
}

interface Range {
  readonly since: number;
  readonly until: number;
}

type Summarise = (range: Range, signal: AbortSignal) => Promise<ReportSummary>;

/** One summary after another. */
class Turns {
  readonly #summarise: Summarise;
  readonly #deadlineMs: number;
  readonly #asked = new Map<string, Promise<ReportSummary>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(summarise: Summarise, deadlineMs: number) {
    this.#summarise = summarise;
    this.#deadlineMs = deadlineMs;
  }

  /** `name`: what is asked for as it was written; the same text shares an answer. @throws NoSummary */
  summary(name: string, range: Range): Promise<ReportSummary> {
    const shared = this.#asked.get(name);
    if (shared !== undefined) return shared;
    if (this.#asked.size > mostWaiting) return Promise.reject(new NoSummary('busy'));
    const made = this.#inTurn(range).finally(() => this.#asked.delete(name));
    this.#asked.set(name, made);
    return made;
  }

  async #inTurn(range: Range): Promise<ReportSummary> {
    const over = new AbortController();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      over.abort(new NoSummary('deadline'));
      reject(over.signal.reason);
    }, this.#deadlineMs);
    const made = this.#last.then(() => {
      over.signal.throwIfAborted();
      return this.#summarise(range, over.signal);
    });
    // The next one's turn comes when this one has really stopped.
    this.#last = made.catch(() => {});
    try {
      return await Promise.race([made, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
