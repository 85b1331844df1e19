import type { FastifyInstance } from 'fastify';
import { lastMonth, monthOf } from '../../../text/month.ts';
import { answered, NotAnswered } from '../answered.ts';
import { series, stepsOf } from '../counted.ts';
import type { PageDeps } from '../page-deps.ts';
import { pageRoute, queryOf, send } from '../page-route.ts';
import { recordsAway } from '../pages/trouble.ts';
import { monthReport } from './month-data.ts';
import { monthPage, noSuchMonth } from './month-page.ts';

/** `/month?month=2026-10`; the last one that is over when none is named. It has no number of a person, so that it may be handed on. */
export function addMonth(app: FastifyInstance, deps: PageDeps): void {
  app.get('/month', pageRoute(deps, 'viewer'), async (request, reply) => {
    const asked = queryOf(request).month ?? lastMonth(deps.now());
    const month = monthOf(asked, deps.now());
    const page = { title: 'Month', at: '/month', numbersShown: false } as const;
    if (month === null) return send(reply, 400, { ...page, body: noSuchMonth(asked) });
    try {
      const { since, until } = month;
      const steps = stepsOf({ since, until });
      const [report, timeline] = await answered(
        Promise.all([monthReport(deps, month), deps.records.timeline(steps.starts, { since, until })]),
      );
      return send(reply, 200, { ...page, body: monthPage(report, series(timeline, steps)) });
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error;
      deps.log.warn('Failed to read the records for a page', { path: '/month', error: error.cause ?? error });
      return send(reply, 503, { ...page, body: recordsAway('Month', deps.live) });
    }
  });
}
