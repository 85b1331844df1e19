import { expect, test } from 'vitest';
import { summaryText } from '../../src/terminal/summary-text.ts';
import { pointInTime } from '../../src/text/point-in-time.ts';
import { sampleArrival, sampleOutcome } from '../fakes/sample-outcome.ts';
import { scannedSummary as summary } from '../fakes/scanned-summary.ts';

const range = { since: sampleArrival, until: sampleArrival + 3_600_000 };

async function textOf(...outcomes: ReturnType<typeof sampleOutcome>[]): Promise<string> {
  const source = {
    async *between() {
      yield* outcomes;
    },
  };
  return summaryText(await summary(source, range), (called) => `${called.slice(0, 5)}••`);
}

test('a table for the totals, each rule, called number and hour; columns stand under their headings', async () => {
  const bypass = { reason: 'watchdog', detail: '' } as const;
  const text = await textOf(
    sampleOutcome('n1/1'),
    sampleOutcome('n1/2', { bypass, challenge: null, decision: null }),
  );
  expect(text).toMatch(/rule +calls {2}connected/);
  expect(text).toMatch(/everyone-else +1 +1 +1 +0/);
  expect(text).toMatch(/\(not decided\) +1 +0/);
  expect(text).toMatch(/\+1317•• +2 +1/);
  expect(text).toMatch(/ 1 {2}watchdog\n/);
  expect(text).not.toContain('3175550000');
  const lines = text.split('\n');
  const head = lines.findIndex((line) => line.startsWith('rule'));
  expect(lines[head + 2]?.length).toBe(lines[head]?.length);
});

test('no calls: one line', async () => {
  expect(await textOf()).toMatch(/^Calls from .* to .*: none\n$/);
});

test('escape sequences and writing turned round are not let through to the terminal', async () => {
  const sample = sampleOutcome('n1/1');
  const decision = sample.decision && { ...sample.decision, rule: '\u001b[31mred\u202e\u009b2J\n' };
  const text = await textOf({ ...sample, decision });
  expect(text).toContain('\ufffd[31mred\ufffd\ufffd2J\ufffd');
});

test('a time is so long ago, or a date', () => {
  const now = Date.UTC(2026, 2, 2, 12);
  expect(pointInTime('30m', now)).toBe(now - 1_800_000);
  expect(pointInTime('24h', now)).toBe(now - 86_400_000);
  expect(pointInTime('7d', now)).toBe(now - 7 * 86_400_000);
  expect(pointInTime('2026-03-01T08:00Z', now)).toBe(Date.UTC(2026, 2, 1, 8));
  expect(pointInTime('2026-03-01', now)).toBe(new Date(2026, 2, 1).getTime());
  for (const text of ['', '24', '24 h', 'h', '-1h', '2026', 'yesterday', '2026-13-01']) {
    expect(pointInTime(text, now)).toBeNull();
  }
});
