import type { FastifyInstance, FastifyRequest } from 'fastify';
import { calledName } from '../../call/called-name.ts';
import { eventsIn } from '../../site-events/site-event.ts';
import { NotAnswered } from './answered.ts';
import { addAssets } from './assets.ts';
import { addCallRoutes } from './call-routes.ts';
import { actorOf } from './callers/actor.ts';
import { addCallerRoutes } from './callers/caller-routes.ts';
import { addExportRoutes } from './export-routes.ts';
import { Html } from './html.ts';
import { addImpactRoutes } from './impact/impact-routes.ts';
import { workDone } from './impact/people.ts';
import { type PagePath, rangeHeading } from './layout.ts';
import { levelBanner } from './level-banner.ts';
import { addLevelRoutes } from './levels/level-routes.ts';
import { addMonth } from './month/month-routes.ts';
import { addNow } from './now/now-routes.ts';
import type { PageDeps } from './page-deps.ts';
import type { PageNumbers } from './page-numbers.ts';
import { pageNumbers, pageRoute, queryOf, send } from './page-route.ts';
import { readFilter } from './pages/call-filter.ts';
import { harmData, harmPage } from './pages/caller-impact.ts';
import { bulkFlags } from './pages/callers/bulk-flags.ts';
import { callsFound, callsPage, readOrder } from './pages/calls-page.ts';
import { campaignPage, campaignsPage } from './pages/campaigns-page.ts';
import { addEventRoutes } from './pages/events/event-routes.ts';
import { historyData, historyPage } from './pages/history.ts';
import { rulesData, rulesPage } from './pages/rules/rules-page.ts';
import { recordsAway } from './pages/trouble.ts';
import { addListRoutes } from './routes/list-routes.ts';
import { addRuleRoutes } from './routes/rule-routes.ts';
import { addSearch } from './search/search-routes.ts';
import { type TimeRange, timeRange } from './time-range.ts';

/**
 * The report's pages: `/`, `/history`, `/calls`, `/calls/<call id>`, `/callers` (callers/), `/campaigns`, `/levels` (levels/), `/harm`, `/log`, `/rules`, `/lists`, with `/events` (what to
 * fetch anew) and `/assets`. Each route says who may ask in `config.role`; only `POST` changes anything. An answer never waits
 * longer for the records than recordsDeadlineMs; without them it says so, with status 503.
 */
export function registerPages(app: FastifyInstance, deps: PageDeps): void {
  app.decorate('banner', () => {
    const { levels } = deps.live.health();
    const nameOf = (called: string) => calledName(deps.lists.find(called, deps.now()));
    return levels === undefined ? null : levelBanner(levels, nameOf);
  });
  addAssets(app);
  addNow(app, deps);
  addEventRoutes(app, deps);
  addRangePage(app, deps, '/history', 'History', async (range, numbers) => {
    if (range.problem !== null) return unreadable('History', '/history', range);
    const data = await historyData(deps.records, range);
    return historyPage(data, range, numbers, eventsIn(deps.events?.() ?? [], range, deps.now()));
  });
  addRangePage(app, deps, '/harm', 'Caller impact', async (range, numbers, _, request) => {
    if (range.problem !== null) return unreadable('Caller impact', '/harm', range);
    const data = await harmData(deps.records, range);
    const work = { done: await workDone(deps, data.people.people), actor: actorOf(request) };
    return harmPage(data, work, deps, range, numbers);
  });
  addRangePage(app, deps, '/rules', 'Rules', async (range, numbers) => {
    if (range.problem !== null) return unreadable('Rules', '/rules', range);
    const data = await rulesData(deps.records, range).catch(orNull);
    return rulesPage({
      data,
      policy: deps.policy,
      range,
      numbers,
      now: deps.now(),
      history: deps.ruleHistory,
      canTry: deps.tryCall !== undefined,
    });
  });
  addRangePage(app, deps, '/calls', 'Calls', async (range, numbers, query, request) => {
    const read = readFilter(query, range, deps, numbers);
    const asked = { read, order: readOrder(query), cursor: query.cursor ?? null };
    const isReadable = range.problem === null && read.problems.length === 0;
    const found = isReadable ? await callsFound(deps.records, asked) : null;
    const bulk = await bulkFlags(deps.flagging?.form(request) ?? null, deps, query);
    const body = callsPage(asked, found, range, deps.policy, numbers, bulk);
    return isReadable ? body : { status: 400, body };
  });
  addCallRoutes(app, deps);
  addSearch(app, deps);
  addImpactRoutes(app, deps);
  addMonth(app, deps);
  addCallerRoutes(app, deps);
  addCampaigns(app, deps);
  addLevelRoutes(app, deps);
  addExportRoutes(app, deps);
  addListRoutes(app, deps);
  addRuleRoutes(app, deps);
}

function addCampaigns(app: FastifyInstance, deps: PageDeps): void {
  const viewer = pageRoute(deps, 'viewer');
  const all = () => deps.campaigns?.() ?? [];
  app.get('/campaigns', viewer, (request, reply) => {
    const numbers = pageNumbers(deps, request);
    const body = campaignsPage(all(), numbers);
    return send(reply, 200, { title: 'Campaigns', at: '/campaigns', body, numbersShown: numbers.whole });
  });
  app.get<{ Params: { id: string } }>('/campaigns/:id', viewer, (request, reply) => {
    const numbers = pageNumbers(deps, request);
    const found = all().find(({ id }) => id === request.params.id) ?? null;
    const body = campaignPage(found, deps.campaignRules?.() ?? [], numbers);
    const title = found === null ? 'No such campaign' : 'Campaign';
    return send(reply, found === null ? 404 : 200, {
      ...{ title, at: '/campaigns', body, numbersShown: numbers.whole },
    });
  });
}

function unreadable(title: string, path: PagePath, range: TimeRange): Rendered {
  return { status: 400, body: rangeHeading(title, 'The time range cannot be read.', path, range) };
}

/** The status when it is not 200. */
type Rendered = Html | { readonly status: number; readonly body: Html };

function addRangePage(
  app: FastifyInstance,
  deps: PageDeps,
  path: PagePath,
  title: string,
  render: (
    range: TimeRange,
    numbers: PageNumbers,
    query: Readonly<Record<string, string>>,
    request: FastifyRequest,
  ) => Promise<Rendered>,
): void {
  app.get(path, pageRoute(deps, 'viewer'), async (request, reply) => {
    const query = queryOf(request);
    const range = timeRange(query, deps.now());
    const numbers = pageNumbers(deps, request);
    try {
      const rendered = await render(range, numbers, query, request);
      const { status, body } = rendered instanceof Html ? { status: 200, body: rendered } : rendered;
      return send(reply, status, { title, at: path, body, range, numbersShown: numbers.whole });
    } catch (error) {
      if (!(error instanceof NotAnswered)) throw error;
      deps.log.warn('Failed to read the records for a page', { path, error: error.cause ?? error });
      return send(reply, 503, {
        title,
        at: path,
        body: recordsAway(title, deps.live),
        range,
        numbersShown: false,
      });
    }
  });
}

function orNull(error: unknown): null {
  if (error instanceof NotAnswered) return null;
  throw error;
}
