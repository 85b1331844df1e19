import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { Metrics } from '../../../src/report/api/metrics.ts';
import { calmSources } from './calm-sources.ts';

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}
const dashboard = JSON.parse(readFileSync('deploy/grafana/gatehouse.json', 'utf8')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: unknown }[] };
};
const alerts = (
  parse(readFileSync('deploy/prometheus/gatehouse.rules.yml', 'utf8')) as {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert: string; readonly expr: string }[];
    }[];
  }
).groups.flatMap(({ rules }) => rules);
const promql = new Set(
  'up and or ignoring sum by rate increase max min topk le histogram_quantile label_values instance'.split(
    ' ',
  ),
);

/** Words of a query that are neither PromQL, nor labels, nor values. */
function metricsOf(query: string): string[] {
  const bare = query
    .replace(/\{[^}]*\}/g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/(?:by|ignoring) \([^)]*\)/g, '');
  return [...bare.matchAll(/[a-z_][a-z0-9_]*/g)].map(([word]) => word).filter((word) => !promql.has(word));
}

const queries = [
  ...dashboard.panels.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr)),
  ...dashboard.templating.list.map(({ query }) =>
    typeof query === 'string' ? '' : (query as { query: string }).query,
  ),
];

it('every metric of every query is one that Gatehouse tells', () => {
  const known = new Set(
    new Metrics(calmSources())
      .names()
      .flatMap(({ name, type }) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
  );
  const asked = [...queries, ...alerts.map(({ expr }) => expr)].flatMap(metricsOf);
  expect(asked.length).toBeGreaterThan(25);
  expect(alerts.length).toBeGreaterThan(5);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

it('every metric of our own is on it, and every label that is asked for exists', async () => {
  const names = new Metrics(calmSources()).names().filter(({ name }) => name.startsWith('gatehouse_'));
  const asked = queries.flatMap(metricsOf).map((name) => name.replace(/_bucket$/, ''));
  expect(names.map(({ name }) => name).filter((name) => !asked.includes(name))).toEqual([]);
  const labels = new Set(
    'where exit rule verdict kind result reason attestation list trunk calendar of state le instance'.split(
      ' ',
    ),
  );
  for (const query of queries)
    for (const [, by = ''] of query.matchAll(/by \(([^)]*)\)/g))
      for (const label of by.split(', ')) expect(labels).toContain(label);
});

it('no two panels lie on one another', () => {
  const taken = new Set<string>();
  for (const { gridPos, title } of dashboard.panels)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken, `${title} at ${x},${y}`).not.toContain(`${x},${y}`);
        taken.add(`${x},${y}`);
        expect(x).toBeLessThan(24);
      }
});
