import type { FastifyInstance } from 'fastify';
import type { CallPage } from '../../call/call-records.ts';
import { answered, NotAnswered } from './answered.ts';
import { addAssets } from './assets.ts';
import { addCallRoutes } from './call-routes.ts';
import { ChangeEvents } from './change-events.ts';
import type { Html } from './html.ts';
import type { PagePath } from './layout.ts';
import { levelBanner } from './level-banner.ts';
import type { PageDeps } from './page-deps.ts';
import { PageNumbers } from './page-numbers.ts';
import { pageRoute, queryOf, send } from './page-route.ts';
import { readFilter } from './pages/call-filter.ts';
import { harmData, harmPage } from './pages/caller-impact.ts';
import { callsPage, callsPerPage } from './pages/calls-page.ts';
import { campaignPage, campaignsPage } from './pages/campaigns-page.ts';
import { historyData, historyPage } from './pages/history.ts';
import { listsPage, searchLists } from './pages/lists-page.ts';
import { nowPage } from './pages/now.ts';
import { rulesData, rulesPage } from './pages/rules-page.ts';
import { recordsAway } from './pages/trouble.ts';
import { type TimeRange, timeRange } from './time-range.ts';

const latestShown = 12;
const weekMs = 7 * 86_400_000;

/**
 * The report's pages: `/`, `/history`, `/calls`, `/calls/<call id>`, `/campaigns`, `/harm`, `/rules`, `/lists`, with `/events` (what to
 * fetch anew) and `/assets`. Each route says who may ask in `config.role`; only `POST /calls/flag` changes anything. An answer never waits
 * longer for the records than recordsDeadlineMs; without them it says so, with status 503.
 */
export function registerPages(app: FastifyInstance, deps: PageDeps): void {
  const viewer = pageRoute(deps, 'viewer');
  app.decorate('banner', () => {
    const { levels } = deps.live.health();
    return levels === undefined ? null : levelBanner(levels);
  });
  addAssets(app);
  addNow(app, deps);
  addRangePage(app, deps, '/history', 'History', async (range, numbers) =>
    historyPage(await historyData(deps.records, range), range, numbers),
  );
  addRangePage(app, deps, '/harm', 'Caller impact', async (range, numbers) =>
    harmPage(await harmData(deps.records, deps.lists, range, deps.now()), range, numbers),
  );
  addRangePage(app, deps, '/rules', 'Rules', async (range, numbers) => {
    const data = await rulesData(deps.records, range).catch(orNull);
    return rulesPage(data, deps.policy, range, numbers, deps.now());
  });
  addRangePage(app, deps, '/calls', 'Calls', async (range, numbers, query) => {
    const read = readFilter(query, range, deps.policy, numbers);
    const cursor = query.cursor ?? null;
    const page: CallPage = await answered(deps.records.page(read.filter, cursor, callsPerPage));
    return callsPage({ read, page, cursor }, range, deps.policy, numbers);
  });
  addCallRoutes(app, deps);
  addCampaigns(app, deps);
  app.get('/lists', viewer, (request, reply) => {
    const { policy, lists } = deps;
    const numbers = new PageNumbers(deps.numbers(request));
    const now = deps.now();
    const search = searchLists(queryOf(request).number, { lists, policy, numbers, now });
    const body = listsPage(lists.all(), search, numbers, now);
    return send(reply, 200, { title: 'Lists', at: '/lists', body, numbersShown: numbers.whole });
  });
}

function addCampaigns(app: FastifyInstance, deps: PageDeps): void {
  const viewer = pageRoute(deps, 'viewer');
  const all = () => deps.campaigns?.() ?? [];
  app.get('/campaigns', viewer, (request, reply) => {
    const numbers = new PageNumbers(deps.numbers(request));
    const body = campaignsPage(all(), numbers);
    return send(reply, 200, { title: 'Campaigns', at: '/campaigns', body, numbersShown: numbers.whole });
  });
  app.get<{ Params: { id: string } }>('/campaigns/:id', viewer, (request, reply) => {
    const numbers = new PageNumbers(deps.numbers(request));
    const found = all().find(({ id }) => id === request.params.id) ?? null;
    const body = campaignPage(found, deps.campaignRules?.() ?? [], numbers);
    const title = found === null ? 'No such campaign' : 'Campaign';
    return send(reply, found === null ? 404 : 200, {
      ...{ title, at: '/campaigns', body, numbersShown: numbers.whole },
    });
  });
}

function addNow(app: FastifyInstance, deps: PageDeps): void {
  const viewer = pageRoute(deps, 'viewer');
  const { records, live, policy, lists } = deps;
  let latest: { readonly at: number; readonly page: Promise<CallPage | null> } | null = null;
  // The records are read once a second, however many browsers watch.
  const latestCalls = (now: number): Promise<CallPage | null> => {
    if (latest === null || now - latest.at >= 1000)
      latest = {
        at: now,
        page: answered(records.page({ since: now - weekMs, until: now + 60_000 }, null, latestShown)).catch(
          orNull,
        ),
      };
    return latest.page;
  };
  app.get('/', viewer, async (_, reply) => {
    const now = deps.now();
    const found = await latestCalls(now);
    const body = nowPage({
      live: live.calls(),
      health: live.health(),
      policy: policy.status(),
      mode: policy.mode(),
      lists: lists.all(),
      latest: found?.calls ?? null,
      now,
    });
    return send(reply, 200, { title: 'Now', at: '/', body, numbersShown: false, reloadEvery: 15 });
  });
  const events = new ChangeEvents(() => {
    const calls = live.calls();
    const {
      ari,
      redis,
      redisDangers = [],
      failingChannels = [],
      keylessTrunks = [],
      canary,
      levels,
      backlog,
      shedding,
    } = live.health();
    const { version, refused } = policy.status();
    // The page shows elapsed times.
    const tick = Math.floor(deps.now() / (calls.length > 0 ? 2000 : 10_000));
    return JSON.stringify([
      calls.map(({ id, state }) => [id, state]),
      ari.up,
      redis.up,
      redisDangers.length,
      failingChannels.length,
      keylessTrunks.length,
      canary?.faults.length,
      levels?.above.map(({ of, level }) => [of, level]),
      levels?.surges.length,
      backlog,
      shedding,
      version,
      refused?.at,
      tick,
    ]);
  });
  // No HEAD route: nothing would close its stream.
  app.get('/events', { ...viewer, exposeHeadRoute: false }, (_, reply) => {
    const stream = events.watch();
    if (stream === null) return reply.code(503).send({ error: 'too many browsers are watching' });
    return reply
      .type('text/event-stream')
      .header('cache-control', 'no-store, no-transform')
      .header('x-accel-buffering', 'no')
      .send(stream);
  });
  app.addHook('preClose', () => events.close());
}

function addRangePage(
  app: FastifyInstance,
  deps: PageDeps,
  path: PagePath,
  title: string,
  body: (range: TimeRange, numbers: PageNumbers, query: Readonly<Record<string, string>>) => Promise<Html>,
): void {
  app.get(path, pageRoute(deps, 'viewer'), async (request, reply) => {
    const query = queryOf(request);
    const range = timeRange(query, deps.now());
    const numbers = new PageNumbers(deps.numbers(request));
    try {
      const page = {
        title,
        at: path,
        body: await body(range, numbers, query),
        range,
        numbersShown: numbers.whole,
      };
      return send(reply, range.problem === null ? 200 : 400, page);
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
