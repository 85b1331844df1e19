import { expect, it } from 'vitest';
import { Metrics } from '../../src/report/api/metrics.ts';
import { calmHealth } from '../report/api/calm-sources.ts';
import { minuteMs, quietStart } from './recording-channel.ts';

const gone = {
  where: 'mailbox general',
  message: 'calls for the mailbox general do not get there: no such mailbox',
  remedy: 'voicemail reload',
};

it('in a notice, which ends when it is over, and in metrics', async () => {
  let faults = [gone];
  const sources = { policyRefused: () => null, backlog: () => 0, digest: { counts: async () => [] } };
  const { clock, channel } = quietStart({ sources: { ...sources, canaryFaults: () => faults } });
  await clock.advance(minuteMs);
  const title = 'A call of Gatehouse itself did not get where callers are sent';
  expect(channel.told).toEqual([[title]]);
  expect(channel.messages[0]?.notices[0]?.lines).toEqual([`${gone.message}. ${gone.remedy}`]);
  const health = () => ({ ...calmHealth, canary: { ...calmHealth.canary, faults } });
  const metrics = new Metrics({ health, lists: () => [] });
  expect(await metrics.text()).toContain('gatehouse_canary_faults 1');
  faults = [];
  await clock.advance(5 * minuteMs);
  expect(channel.told[1]).toEqual([`Resolved: ${title}`]);
  expect(await metrics.text()).toContain('gatehouse_canary_faults 0');
});
