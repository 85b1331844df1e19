import type { MetricsSources } from '../../../src/report/machines/metrics.ts';

const now = Date.UTC(2026, 2, 2, 15);

/** Everything is well, and may be changed in `state`. */
export function calmSources() {
  const state = { ari: 'connected', redis: 'ready', refused: null as unknown, backlog: 0 };
  const health = () => ({
    ari: state.ari,
    redis: state.redis,
    policy: { version: '5f2d7c1b9a3e', loadedAt: now - 60_000, refused: state.refused },
    backlog: state.backlog,
    liveCalls: 2,
  });
  const lists = () => [
    { id: 'customers', size: 1200, contentAt: now - 300_000, lastError: null },
    { id: 'blocked', size: null, contentAt: null, lastError: { code: 'unreadable' } },
  ];
  return { state, health, lists, now: () => now } satisfies MetricsSources & { state: unknown };
}
