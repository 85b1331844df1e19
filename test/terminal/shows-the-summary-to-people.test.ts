import { expect, test } from 'vitest';
import { plainScreen } from '../../src/terminal/screen.ts';
import { summaryText } from '../../src/terminal/summary-text.ts';
import { sampleArrival, sampleOutcome } from '../fakes/sample-outcome.ts';
import { scannedSummary as summary } from '../fakes/scanned-summary.ts';

const range = { since: sampleArrival, until: sampleArrival + 3_600_000 };

async function textOf(...outcomes: ReturnType<typeof sampleOutcome>[]): Promise<string> {
  const source = {
    async *between() {
      yield* outcomes;
    },
  };
  return summaryText(await summary(source, range), { rows: 20, screen: plainScreen });
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
  expect(text).toMatch(/\+13175550000 +2 +1/);
  expect(text).toMatch(/ 1 {2}watchdog\n/);
  const lines = text.split('\n');
  const head = lines.findIndex((line) => line.startsWith('rule'));
  expect(lines[head + 2]?.length).toBe(lines[head]?.length);
});

test('numbers are written in one way, and of ten thousand called numbers those with the most calls are told', async () => {
  const all = await summary({ async *between() {} }, range);
  const row = (calls: number) => ({ ...all.totals, calls, connected: calls });
  const report = {
    ...all,
    totals: row(1_234_567),
    byCalledNumber: Array.from({ length: 10_000 }, (_, n) => ({
      called: `+1317555${n}`,
      ...row(20_000 - n),
    })),
  };
  const text = summaryText(report, { rows: 20, screen: plainScreen });
  expect(text).toContain('1,234,567');
  expect(text).toMatch(/\nand 9,980 more \(--limit, or --csv for all\)\n/);
  expect(text.split('\n').length).toBeLessThan(40);
});

test('on a narrow screen no line wraps; what there is no room for is named', async () => {
  const all = await textOf(sampleOutcome('n1/1'));
  const report = await summary({ async *between() {} }, range);
  const many = Object.fromEntries(Object.keys(report.totals).map((key) => [key, 123_456]));
  const totals = many as unknown as typeof report.totals;
  const rule = 'a-rule-with-a-name-as-long-as-rules-may-have';
  const wide = { ...report, totals, byRule: [{ rule, ...totals }] };
  for (const width of [60, 80, 120]) {
    const text = summaryText(wide, { rows: 20, screen: { ...plainScreen, width } });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(text).toMatch(/calls {2}connected/);
    if (width < 120) expect(text).toMatch(/\(no room for: [\s\S]*gave\s+up/);
  }
  expect(all).not.toContain('no room for');
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
