import type { FastifyInstance } from 'fastify';
import type { PageDeps } from '../page-deps.ts';
import { pageNumbers, pageRoute, queryOf, send } from '../page-route.ts';
import { ruleChangePage, ruleChangesPage } from '../pages/rules/rule-changes.ts';
import { readTried, tryCallPage } from '../pages/rules/try-call.ts';

/** `/rules/changes`, `/rules/changes/<id>`, and `/rules/try`: a possible call (from, to, name, verification, trunk, at, known). */
export function addRuleRoutes(app: FastifyInstance, deps: PageDeps): void {
  const viewer = pageRoute(deps, 'viewer');
  const { ruleHistory, tryCall } = deps;
  if (ruleHistory !== undefined) {
    app.get('/rules/changes', viewer, (request, reply) => {
      const numbers = pageNumbers(deps, request);
      const from = Math.max(0, Math.min(Number.parseInt(queryOf(request).from ?? '0', 10) || 0, 100_000));
      const body = ruleChangesPage(ruleHistory.all(), from, numbers);
      return send(reply, 200, { title: 'Rule changes', at: '/rules', body, numbersShown: numbers.whole });
    });
    app.get<{ Params: { id: string } }>('/rules/changes/:id', viewer, async (request, reply) => {
      const change = await ruleHistory.find(request.params.id);
      const numbers = pageNumbers(deps, request);
      const body = ruleChangePage(change, numbers);
      return send(reply, change === null ? 404 : 200, {
        ...{ title: 'Rule change', at: '/rules', body, numbersShown: numbers.whole },
      });
    });
  }
  if (tryCall !== undefined)
    app.get('/rules/try', viewer, (request, reply) => {
      const query = queryOf(request);
      const numbers = pageNumbers(deps, request);
      const tried = readTried(query, numbers.whole);
      const decided = tried === null || 'unreadable' in tried ? null : tryCall(tried);
      const isUnread =
        (tried !== null && 'unreadable' in tried) || (decided !== null && 'problem' in decided);
      const body = tryCallPage(query, tried, decided, numbers);
      return send(reply, isUnread ? 400 : 200, {
        ...{ title: 'Try a call', at: '/rules', body, numbersShown: numbers.whole },
      });
    });
}
