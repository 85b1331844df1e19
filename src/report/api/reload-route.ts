import type { FastifyInstance } from 'fastify';
import type { PolicyStatus, ReloadResult } from '../../policy/policy-status.ts';
import type { Problem } from '../../policy/problem.ts';

/** The status as a visitor may see it: problems quote numbers from rules and lists. */
export function shownPolicy(status: PolicyStatus, shown: { text(text: string): string }): PolicyStatus {
  const texts = (problems: readonly Problem[]) =>
    problems.map((one) => ({ ...one, message: shown.text(one.message), remedy: shown.text(one.remedy) }));
  const { refused, reloads } = status;
  return {
    ...status,
    refused: refused && { ...refused, problems: texts(refused.problems) },
    reloads: reloads.map((reload) => ({ ...reload, problems: texts(reload.problems) })),
  };
}

/** Enough for a list of ten million rows. */
const deadlineMs = 60_000;

/**
 * `POST /api/reload`: reloads the rule files. 200: in force; 422: refused, the last good policy stays in force; 504: not read
 * in time. For administrators, and for `gatehouse reload` on this machine.
 */
export function addReloadRoute(app: FastifyInstance, reload: (who: string) => Promise<ReloadResult>): void {
  app.post('/api/reload', { config: { role: 'admin' } }, async (request, reply) => {
    const answer = await withinDeadline(reload(request.visitor?.name ?? 'somebody'));
    if (answer === null)
      return reply
        .code(504)
        .send({ error: `the rules were not read within ${deadlineMs / 1000} s; see the log` });
    const { ok, changed, version, problems } = answer;
    return reply.code(ok ? 200 : 422).send({ ok, changed, version, problems });
  });
}

async function withinDeadline(answer: Promise<ReloadResult>): Promise<ReloadResult | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), deadlineMs);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
