import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const unit = readFileSync('deploy/gatehouse.service', 'utf8');
const unitValue = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
const { services } = parse(readFileSync('deploy/compose.yaml', 'utf8')) as {
  services: Record<string, Record<string, unknown> & { environment?: Record<string, string> }>;
};
const { gatehouse, redis } = services;
const megabytes = (text: unknown): number => Number(/^(\d+)m$/i.exec(String(text))?.[1]);
const heap = (options: string | undefined): number =>
  Number(/--max-old-space-size=(\d+)/.exec(options ?? '')?.[1]);

it('the kernel prefers it to Asterisk (0) and to Redis', () => {
  expect(Number(unitValue('OOMScoreAdjust'))).toBeGreaterThan(0);
  expect(gatehouse?.oom_score_adj).toBe(Number(unitValue('OOMScoreAdjust')));
  expect(Number(redis?.oom_score_adj ?? 0)).toBeLessThan(Number(gatehouse?.oom_score_adj));
});

it('its memory has a limit that its heap fits into, with room for lists and threads, and it is never swapped out', () => {
  const most = megabytes(unitValue('MemoryMax'));
  expect(heap(unitValue('Environment=NODE_OPTIONS'))).toBeLessThanOrEqual(most * 0.6);
  expect(megabytes(unitValue('MemoryHigh'))).toBeLessThan(most);
  expect(unitValue('MemorySwapMax')).toBe('0');
  expect(megabytes(gatehouse?.mem_limit)).toBe(most);
  expect(gatehouse?.memswap_limit).toBe(gatehouse?.mem_limit);
  expect(gatehouse?.environment?.NODE_OPTIONS).toBe(unitValue('Environment=NODE_OPTIONS'));
});

it('a system call that the unit filters fails, and background work may lower its priority', () => {
  const filters = [...unit.matchAll(/^SystemCallFilter=(.*)$/gm)].map(([, words]) => words);
  expect(filters.indexOf('setpriority')).toBeGreaterThan(
    filters.findIndex((words) => words?.includes('@resources')),
  );
  expect(unitValue('SystemCallErrorNumber')).toBe('EPERM');
});

it('descriptors and processes are limited alike by systemd and in the container', () => {
  expect(gatehouse?.ulimits).toEqual({
    nofile: { soft: Number(unitValue('LimitNOFILE')), hard: Number(unitValue('LimitNOFILE')) },
  });
  expect(gatehouse?.pids_limit).toBe(Number(unitValue('TasksMax')));
});

it('a stop takes longer than calls may take to finish', () => {
  const drain = 20;
  expect(Number(unitValue('TimeoutStopSec'))).toBeGreaterThan(drain + 10);
  expect(gatehouse?.stop_grace_period).toBe(`${unitValue('TimeoutStopSec')}s`);
});
