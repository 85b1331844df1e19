import { expect, test } from 'vitest';
import type { Verdict } from '../../src/call/verdict.ts';
import { plainScreen } from '../../src/terminal/screen.ts';
import { summaryText } from '../../src/terminal/summary-text.ts';
import { sampleArrival, sampleOutcome } from '../fakes/sample-outcome.ts';
import { scannedSummary as summary } from '../fakes/scanned-summary.ts';

const range = { since: sampleArrival, until: sampleArrival + 3_600_000 };
const voicemail: Verdict = { kind: 'voicemail', box: 'main' };
const reject: Verdict = { kind: 'reject', sip: 607, announcement: null, language: 'en' };

function source(...monitored: (readonly { rule: string; verdict: Verdict }[])[]) {
  return {
    async *between() {
      for (const [at, rules] of monitored.entries()) {
        const sample = sampleOutcome(`n1/${at}`);
        yield { ...sample, decision: sample.decision && { ...sample.decision, monitored: rules } };
      }
    },
  };
}

test('by rule and verdict, most calls first, though nobody carried it out', async () => {
  const calls = source(
    [{ rule: 'war-dialing', verdict: voicemail }],
    [
      { rule: 'war-dialing', verdict: reject },
      { rule: 'night', verdict: voicemail },
    ],
    [],
  );
  const report = await summary(calls, range);
  expect(report.monitored).toEqual([
    { rule: 'war-dialing', calls: 2, connect: 0, challenge: 0, voicemail: 1, reject: 1 },
    { rule: 'night', calls: 1, connect: 0, challenge: 0, voicemail: 1, reject: 0 },
  ]);
  expect(report.totals).toMatchObject({ calls: 3, connected: 3, voicemail: 0, rejected: 0 });
  const text = summaryText(report, { rows: 20, screen: plainScreen });
  expect(text).toMatch(
    /monitored only: would have {2}calls {2}connect {2}challenge {2}voicemail {2}reject\n-+\nwar-dialing +2 +0 +0 +1 +1\n/,
  );
});

test('without monitor rules the report says nothing of them', async () => {
  const report = await summary(source([]), range);
  expect(report.monitored).toEqual([]);
  expect(summaryText(report, { rows: 20, screen: plainScreen })).not.toContain('monitored');
});
