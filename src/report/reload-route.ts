import type { FastifyInstance } from 'fastify';
import type { Problem } from '../policy/problem.ts';

/** What became of a reload. */
export interface ReloadAnswer {
  readonly ok: boolean;
  readonly changed: boolean;
  readonly version: string;
  readonly problems: readonly Problem[];
}

/** What a page shows of the policy in force; the latest reload first. Times in epoch ms. */
export interface PolicyStatus {
  readonly version: string;
  readonly loadedAt: number;
  readonly refused: { readonly at: number; readonly problems: readonly Problem[] } | null;
  readonly reloads: readonly {
    readonly at: number;
    readonly ok: boolean;
    readonly version: string;
    readonly before: string;
    readonly problemCount: number;
    readonly problems: readonly Problem[];
  }[];
}

/** The status as a visitor may see it: what is wrong with a rule or a row of a list quotes numbers. */
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

/** A list of ten million rows is read within this. */
const deadlineMs = 60_000;

/**
 * `POST /api/reload`: reads the rule files again. 200 with the answer, 422 when they are refused and the last good policy
 * stays in force, 504 when reading takes too long. For administrators, and for `gatehouse reload` on this machine.
 */
export function addReloadRoute(app: FastifyInstance, reload: () => Promise<ReloadAnswer>): void {
  app.post('/api/reload', { config: { role: 'admin' } }, async (_, reply) => {
    const answer = await withinDeadline(reload());
    if (answer === null)
      return reply
        .code(504)
        .send({ error: `the rules were not read within ${deadlineMs / 1000} s; see the log` });
    const { ok, changed, version, problems } = answer;
    return reply.code(ok ? 200 : 422).send({ ok, changed, version, problems });
  });
}

async function withinDeadline(answer: Promise<ReloadAnswer>): Promise<ReloadAnswer | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), deadlineMs);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
