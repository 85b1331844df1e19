import { expect, test } from 'vitest';
import { historyWindows } from '../../src/call/facts.ts';
import { bucketTiers, standardWindows, windowMs } from '../../src/call/windows.ts';
import { scopesOf } from '../../src/history/history-scopes.ts';
import { windowsOfBuckets } from '../../src/history/history-windows.ts';
import { exchangeOf } from '../../src/numbers/exchange.ts';
import { scopeCountsKey } from '../../src/redis/redis-keys.ts';
import { sampleFacts } from '../fakes/sample-outcome.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;
const now = Date.UTC(2026, 10, 22, 12, 0, 30);

/** Fields as the script packs them: calls at so many ms before `now`. */
function packed(...ages: number[]): Buffer[] {
  return bucketTiers.map(({ sizeMs }) => {
    const rows = ages.map((age) => {
      const row = Buffer.alloc(8);
      row.writeUInt32BE(Math.floor((now - age) / sizeMs), 0);
      row.writeUInt32BE(1, 4);
      return row;
    });
    return Buffer.concat(rows);
  });
}

test('every window is added up from the finest buckets that reach it', () => {
  expect(standardWindows.map((length) => length / minuteMs)).toEqual([
    5, 10, 30, 60, 360, 1440, 10_080, 43_200,
  ]);
  expect(bucketTiers.at(-1)?.upToMs).toBe(windowMs(historyWindows.at(-1) ?? '5m'));
  const counts = windowsOfBuckets(
    packed(0, 4 * minuteMs, 20 * minuteMs, 3 * hourMs, 50 * hourMs, 20 * 24 * hourMs),
    now,
  );
  expect(counts).toEqual([2, 2, 3, 3, 4, 4, 5, 6]);
});

test('further windows are added up likewise, in the order in which they are asked for', () => {
  const fields = packed(0, 14 * minuteMs, 80 * minuteMs, 3 * hourMs, 30 * hourMs);
  const lengths = [15 * minuteMs, 2 * minuteMs, 90 * minuteMs, 36 * hourMs, 24 * hourMs];
  expect(windowsOfBuckets(fields, now, lengths)).toEqual([2, 1, 3, 5, 4]);
});

test('a window reaches back at most one bucket too far, and never forward', () => {
  expect(windowsOfBuckets(packed(5 * minuteMs + 29_000), now)[0]).toBe(1);
  expect(windowsOfBuckets(packed(5 * minuteMs + 31_000), now)[0]).toBe(0);
  expect(windowsOfBuckets(packed(-minuteMs), now)[0]).toBe(0);
});

test('nothing there, or not what was written by us: nothing is counted', () => {
  const none = Array(8).fill(0);
  for (const fields of [null, [], [null, null, null], ['x', 7, {}], [Buffer.alloc(0), Buffer.alloc(7), null]])
    expect(windowsOfBuckets(fields, now)).toEqual(none);
});

test('an exchange is area code and exchange in North America, elsewhere all but four digits', () => {
  expect(exchangeOf('+13175550123')).toBe('+1317555');
  expect(exchangeOf('+442079460018')).toBe('+44207946');
  expect(exchangeOf('+290')).toBeNull();
  expect(exchangeOf('+29012')).toBeNull();
  expect(exchangeOf('+1}{x')).toBeNull();
});

test('whatever a call says, its scopes make keys of one slot, and the numbers of others stay out of them', () => {
  const hostile = sampleFacts('n1/1', {
    caller: { number: null, reason: 'malformed', raw: '}{', displayName: '' },
    called: { number: null, raw: '}{board}:counts' },
    verification: { result: 'passed', attestation: 'A', signer: '}\0{', origid: null, source: 'asterisk' },
  });
  const scopes = Object.values(scopesOf(hostile)).filter((scope) => scope !== null);
  const keys = scopes.map(scopeCountsKey);
  expect(keys).toHaveLength(3);
  for (const key of keys) expect(key).toMatch(/^gh:\{[a-z]+(:[\w+-]+)?\}:counts$/);
});
