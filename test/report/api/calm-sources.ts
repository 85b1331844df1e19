import type { Health } from '../../../src/report/api/health.ts';
import type { MetricsSources } from '../../../src/report/api/metrics.ts';

const now = Date.UTC(2026, 2, 2, 15);

/** All systems are operational. */
export const calmHealth: Health = {
  ari: 'connected',
  redis: 'ready',
  redisSince: now - 60_000,
  redisDangers: [],
  settings: [],
  keylessTrunks: [],
  canary: { state: 'well', checkedAt: now - 30_000, since: now - 60_000, faults: [] },
  exposedFiles: [],
  failingChannels: [],
  policy: {
    ...{ version: '5f2d7c1b9a3e', loadedAt: now - 60_000 },
    ...{ refused: null, standIn: null, kept: null, reloads: [] },
  },
  quarantined: [],
  closures: [],
  levels: { above: [], surges: [], measures: [] },
  oddSettings: [],
  otherDialplan: null,
  backlog: 0,
  outbox: { failing: null, inMemory: 0, inSecondPlace: 0, setAside: 0 },
  liveCalls: 2,
  overload: { shedding: false, episodes: 0, shed: 0 },
};

/** All systems are operational; `state` changes that. */
export function calmSources() {
  const state = {
    ari: 'connected' as Health['ari'],
    redis: 'ready',
    refused: null as Health['policy']['refused'],
    backlog: 0,
    closures: [] as Health['closures'],
  };
  const health = () => {
    const { refused, ...rest } = state;
    return { ...calmHealth, ...rest, policy: { ...calmHealth.policy, refused } };
  };
  const lists = () => [
    { id: 'customers', size: 1200, contentAt: now - 300_000, lastError: null },
    { id: 'blocked', size: null, contentAt: null, lastError: { code: 'unreadable' } },
  ];
  return { state, health, lists, now: () => now } satisfies MetricsSources & { state: unknown };
}
