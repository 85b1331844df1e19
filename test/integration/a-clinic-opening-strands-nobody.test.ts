import { beforeAll, describe, expect, it } from 'vitest';
import { days } from '../../bench/month/calendar.ts';
import { type MonthFigures, wrongCampaigns } from '../../bench/month/figures.ts';
import { runMonth } from '../../bench/month/run.ts';

describe('the day on which a clinic opens, of the simulated month, through the shipped rules and a real Redis', () => {
  let month: MonthFigures;

  beforeAll(async () => {
    month = await runMonth({ seed: 1, without: [], days: { from: days.clinic, to: days.clinic + 1 } });
  });

  it('floods one number with genuine calls', () => {
    const { calls, person, mailbox, hungUp } = month.groups['clinic-opening'];
    expect(calls).toBeGreaterThan(900);
    expect(person + mailbox + hungUp).toBe(calls);
    expect(person).toBeGreaterThan(0.85 * calls);
  });

  it('strands nobody: every genuine caller reaches a person or a mailbox, or hangs up', () => {
    expect(month.genuineStranded).toBe(0);
  });

  it('raises no campaign of the new patients', () => {
    expect(wrongCampaigns(month)).toEqual([]);
    expect(month.genuineInCampaignShare).toBeLessThan(0.01);
  });

  it('connects everybody on a list without a question', () => {
    for (const id of ['staff', 'customers', 'emergency'] as const) {
      const { calls, asked, person } = month.groups[id];
      expect(person).toBe(calls);
      expect(asked).toBeLessThan(0.02 * calls);
    }
  });
});
