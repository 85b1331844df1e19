import type { FastifyInstance } from 'fastify';
import type { AriLink } from './ari/ari-link.ts';
import type { ListLibrary } from './lists/list-library.ts';
import type { Log } from './log/log.ts';
import { listsView, liveView, Presence, policyView } from './page-views.ts';
import { includesRole } from './report/access/role.ts';
import type { CallRecords } from './report/call-records.ts';
import { registerPages } from './report/web/register-pages.ts';
import type { LivePolicy } from './rules/live-policy.ts';
import type { CallerFlags } from './screening/caller-flags.ts';
import type { Screener } from './screening/screener.ts';

export interface ReportParts {
  readonly records: CallRecords;
  readonly flags: CallerFlags;
  readonly node: string;
  readonly policy: LivePolicy;
  readonly lists: ListLibrary;
  readonly screener: Screener;
  readonly link: AriLink;
  /** Its state, and when that changes: a client of ioredis. */
  readonly redis: {
    readonly status: string;
    on(event: 'ready' | 'close' | 'end', listener: () => void): unknown;
  };
  /** Outcomes that wait for Redis. */
  readonly backlog: () => number;
  readonly log: Log;
}

/** The pages of the web report on the running parts, for `HttpServerOptions.routes`. */
export function reportPages(parts: ReportParts): (app: FastifyInstance) => void {
  const { records, flags, node, policy, lists, screener, link, redis, backlog, log } = parts;
  const now = Date.now;
  const ari = new Presence(
    () => link.state() === 'connected',
    () => link.state(),
    now(),
  );
  const redisPresence = new Presence(
    () => redis.status === 'ready',
    () => redis.status,
    now(),
  );
  link.onState(() => ari.look(now()));
  for (const event of ['ready', 'close', 'end'] as const) redis.on(event, () => redisPresence.look(now()));
  return (app) =>
    registerPages(app, {
      records,
      flagging: {
        flags,
        form: ({ visitor }) => (visitor !== null && includesRole(visitor.role, 'analyst') ? visitor : null),
        note: (request, flag) => request.noteFlag(flag),
      },
      live: liveView({ screener, node, ari, redis: redisPresence, backlog, now }),
      policy: policyView(policy),
      lists: listsView(lists, policy),
      now,
      numbers: (request) => request.numbers,
      log,
    });
}
