import type { FastifyInstance, FastifyRequest } from 'fastify';
import { calledName } from '../../../call/called-name.ts';
import { includesRole } from '../../access/role.ts';
import { ChangeEvents } from '../change-events.ts';
import type { PageDeps } from '../page-deps.ts';
import { maskedNumbers, PageNumbers } from '../page-numbers.ts';
import { pageNumbers, pageRoute, queryOf, send } from '../page-route.ts';
import { nowPage } from '../pages/now/now-page.ts';
import { loudCampaigns } from './loud-campaigns.ts';
import { NowSource } from './now-source.ts';

const reloadSeconds = 15;

/** `/`, and `/events`, which tells browsers that it changed. */
export function addNow(app: FastifyInstance, deps: PageDeps): void {
  const viewer = pageRoute(deps, 'viewer');
  const { records, live, policy, lists } = deps;
  const campaigns = () => deps.campaigns?.() ?? [];
  const events = () => deps.events?.() ?? [];
  const source = new NowSource(records, campaigns, events);
  app.addHook('onListen', async () => source.prepare(deps.now()));
  const mayShowWhole = ({ visitor }: FastifyRequest) =>
    visitor !== null && visitor !== undefined && includesRole(visitor.role, 'analyst');
  app.get('/', viewer, async (request, reply) => {
    const now = deps.now();
    const isWhole = queryOf(request).numbers === 'full';
    const name = (called: string) => calledName(lists.find(called, now));
    const numbers = isWhole ? pageNumbers(deps, request) : new PageNumbers(maskedNumbers, name);
    const recorded = await source.at(now);
    const body = nowPage({
      ...{ live: live.calls(), health: live.health(), lists: lists.all(), recorded, now, numbers },
      ...{ policy: policy.status(), mode: policy.mode(), rules: () => policy.rules() },
      ...{ campaigns: campaigns(), campaignRules: deps.campaignRules?.() ?? [], events: events() },
      mayShowWhole: mayShowWhole(request),
    });
    // The page itself says what is not calm.
    const page = { title: 'Now', at: '/', body, numbersShown: numbers.whole, banner: null } as const;
    return send(reply, 200, numbers.whole ? page : { ...page, reloadEvery: reloadSeconds });
  });
  const changes = new ChangeEvents(() => signature(deps));
  // No HEAD route: nothing would close its stream.
  app.get('/events', { ...viewer, exposeHeadRoute: false }, (_, reply) => {
    const stream = changes.watch();
    if (stream === null) return reply.code(503).send({ error: 'too many browsers are watching' });
    return reply
      .type('text/event-stream')
      .header('cache-control', 'no-store, no-transform')
      .header('x-accel-buffering', 'no')
      .send(stream);
  });
  app.addHook('preClose', () => changes.close());
}

/** Differs when the page has something new. */
function signature({ live, policy, now, ...deps }: PageDeps): string {
  const calls = live.calls();
  const { ari, redis, backlog, shedding, levels, canary, ...health } = live.health();
  const { redisDangers = [], failingChannels = [], keylessTrunks = [] } = health;
  const { version, refused } = policy.status();
  // The page shows elapsed times.
  const tick = Math.floor(now() / (calls.length > 0 ? 2000 : 10_000));
  return JSON.stringify([
    calls.map(({ id, state }) => [id, state]),
    [ari.up, redis.up, backlog, shedding, version, refused?.at, tick],
    [redisDangers.length, failingChannels.length, keylessTrunks.length, canary?.faults.length],
    levels?.above.map(({ of, level }) => [of, level]),
    levels?.surges.length,
    loudCampaigns(deps.campaigns?.() ?? [], now()).map(({ id }) => id),
    deps.events?.().length,
  ]);
}
