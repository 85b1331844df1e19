import { expect, test } from 'vitest';
import type { CallTotals } from '../../src/call/call-records.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { scannedSummary as summary } from '../fakes/scanned-summary.ts';

const hourMs = 3_600_000;
const range = { since: sampleArrival, until: sampleArrival + 3 * hourMs };
const challenge = sampleOutcome('x').challenge;
const decision = sampleOutcome('x').decision;

function sourceOf(...outcomes: Partial<Outcome>[]) {
  return {
    async *between() {
      for (const [n, changes] of outcomes.entries()) yield sampleOutcome(`n1/${n}`, changes);
    },
  };
}

const challenged = (result: 'passed' | 'failed' | 'silent' | 'gave-up') =>
  challenge === null ? {} : { challenge: { ...challenge, result } };
const voicemail = { exit: { kind: 'voicemail', box: 'main' } } as const;
const bypassed = (reason: 'watchdog' | 'app-absent' | 'ari-failed') => ({ bypass: { reason, detail: '' } });

const morning: Partial<Outcome>[] = [
  { challenge: null },
  { ...challenged('passed') },
  { ...challenged('failed'), ...voicemail },
  { ...challenged('silent'), ...voicemail },
  { ...challenged('gave-up'), exit: { kind: 'none', reason: 'caller-hung-up' } },
  { challenge: null, exit: { kind: 'reject', sip: 603 } },
  { challenge: null, exit: { kind: 'none', reason: 'unaccounted' }, decision: null },
  { challenge: null, decision: null, ...bypassed('watchdog') },
  { challenge: null, decision: null, ...bypassed('watchdog') },
  { ...challenged('passed'), ...bypassed('ari-failed') },
];

const placesOf = (totals: CallTotals) =>
  totals.connected +
  totals.voicemail +
  totals.rejected +
  totals.abandoned +
  totals.bypassed +
  totals.unaccounted;

test('a morning of calls', async () => {
  const { totals } = await summary(sourceOf(...morning), range);
  expect(totals).toEqual({
    calls: 10,
    connected: 2,
    challenged: 5,
    passed: 2,
    failed: 1,
    silent: 1,
    gaveUp: 1,
    voicemail: 2,
    rejected: 1,
    abandoned: 1,
    bypassed: 3,
    unaccounted: 1,
  });
  expect(placesOf(totals)).toBe(totals.calls);
});

test('no calls at all', async () => {
  const found = await summary(sourceOf(), range);
  expect(found).toMatchObject({ ...range, byRule: [], byBypassReason: [], byCalledNumber: [], byHour: [] });
  expect(Object.values(found.totals).every((n) => n === 0)).toBe(true);
});

test('by rule, most calls first, undecided calls by themselves; every table adds up to the totals', async () => {
  const found = await summary(sourceOf(...morning), range);
  expect(found.byRule.map(({ rule, calls }) => [rule, calls])).toEqual([
    ['everyone-else', 7],
    [null, 3],
  ]);
  expect(found.byBypassReason).toEqual([
    { reason: 'watchdog', calls: 2 },
    { reason: 'ari-failed', calls: 1 },
  ]);
  for (const rows of [found.byRule, found.byCalledNumber, found.byHour]) {
    expect(rows.reduce((sum, row) => sum + placesOf(row), 0)).toBe(10);
  }
});

test('by hour in order, by called number with what is no public number by itself', async () => {
  const at = (offset: number, called: string | null): Partial<Outcome> => ({
    decision,
    facts: sampleFacts('x', { now: sampleArrival + offset, called: { number: called, raw: '' } }),
  });
  const calls = [
    at(2 * hourMs, '+13175550000'),
    at(0, null),
    at(29 * 60_000, '+13175550000'),
    at(hourMs / 2, null),
  ];
  const found = await summary(sourceOf(...calls, at(0, null)), range);
  const nine = Date.UTC(2026, 2, 2, 9);
  expect(found.byHour.map(({ hour, calls: n }) => [hour, n])).toEqual([
    [nine, 3],
    [nine + hourMs, 1],
    [nine + 2 * hourMs, 1],
  ]);
  expect(found.byCalledNumber.map(({ called, calls: n }) => [called, n])).toEqual([
    [null, 3],
    ['+13175550000', 2],
  ]);
});
