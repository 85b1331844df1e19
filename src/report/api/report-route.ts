import type { FastifyInstance } from 'fastify';
import type { CallRecords, ReportSummary } from '../../call/call-records.ts';
import type { Log } from '../../log/log.ts';
import { pointInTime } from '../../text/point-in-time.ts';
import type { Health } from './health.ts';
import { shownPolicy } from './reload-route.ts';

export interface ReportRouteOptions {
  readonly records: Pick<CallRecords, 'summary'>;
  readonly health: () => Pick<Health, 'policy' | 'closures' | 'levels'>;
  readonly log: Log;
  /** Longest wait for a response, including the queue, ms. */
  readonly deadlineMs?: number;
}

const defaultDeadlineMs = 20_000;

const mostWaiting = 8;

/** No summary in time. `busy`: too many are queued. */
class NoSummary extends Error {
  readonly code: 'busy' | 'deadline';
  constructor(code: 'busy' | 'deadline') {
    super(`no summary: ${code}`);
    this.code = code;
  }
}

const whyNot = {
  busy: 'too many reports requested at once; try again in a minute',
  deadline:
    'the report took too long and was canceled so that calls go first; request a shorter time range, or use gatehouse report',
} as const;

/**
 * `GET /api/report?since=24h&until=…`: the summary of `gatehouse report --json`, the policy in force, and what is closed by hand. Summaries are made one at a time;
 * equal requests share a response. 503: not made in time.
 */
export function addReportRoute(app: FastifyInstance, options: ReportRouteOptions): void {
  const { records, health, log, deadlineMs = defaultDeadlineMs } = options;
  const turns = new Turns((range, signal) => records.summary(range, signal), deadlineMs);
  const viewers = { config: { role: 'viewer' } } as const;
  app.get<{ Querystring: { since?: unknown; until?: unknown } }>(
    '/api/report',
    viewers,
    async (request, reply) => {
      const now = Date.now();
      const { since = '24h', until = '0m' } = request.query;
      const [from, to] = [since, until].map((at) => (typeof at === 'string' ? pointInTime(at, now) : null));
      if (from === null || from === undefined || to === null || to === undefined)
        return reply.code(400).send({
          error:
            'since, until: use a duration such as 24h or 7d, a word such as yesterday, or an ISO 8601 time',
        });
      try {
        const found = await turns.summary(`${since} ${until}`, { since: from, until: to });
        const { policy, closures, levels } = health();
        const { numbers } = request;
        return {
          ...found,
          closures: shownClosures(closures, numbers),
          levels,
          policy: shownPolicy(policy, numbers),
        };
      } catch (error) {
        log.warn('Failed to make the report', { error });
        const { code } = error as { readonly code?: unknown };
        const why =
          error instanceof NoSummary
            ? whyNot[error.code]
            : code === 'records-not-ready'
              ? 'the records are still being read from Redis, or it is unavailable; calls are screened. Try again in a minute'
              : 'Redis is unavailable; calls are still screened, and their records are kept until it is back';
        return reply.code(503).send({ error: why });
      }
    },
  );
}

/** The reason is free text, in which a number may stand. */
export function shownClosures(
  closures: Health['closures'],
  shown: { text(text: string): string },
): Health['closures'] {
  return closures.map((one) => ({ ...one, reason: shown.text(one.reason) }));
}

interface Range {
  readonly since: number;
  readonly until: number;
}

type Summarize = (range: Range, signal: AbortSignal) => Promise<ReportSummary>;

/** One summary after another. */
class Turns {
  readonly #summarize: Summarize;
  readonly #deadlineMs: number;
  readonly #asked = new Map<string, Promise<ReportSummary>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(summarize: Summarize, deadlineMs: number) {
    this.#summarize = summarize;
    this.#deadlineMs = deadlineMs;
  }

  /** Requests of the same `name` share a response. @throws NoSummary */
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
      return this.#summarize(range, over.signal);
    });
    // The next one starts once this one has really stopped.
    this.#last = made.catch(() => {});
    try {
      return await Promise.race([made, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
