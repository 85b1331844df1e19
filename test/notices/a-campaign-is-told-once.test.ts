import { expect, test } from 'vitest';
import type { Campaign } from '../../src/campaigns/campaign.ts';
import { sampleCampaign } from '../campaigns/sample-campaign.ts';
import { hourMs, minuteMs, quietStart } from './recording-channel.ts';

function watching(isOurs = true) {
  const state: { campaigns: readonly Campaign[] } = { campaigns: [] };
  const claims: string[] = [];
  const started = quietStart({
    sources: {
      policyRefused: () => null,
      backlog: () => 0,
      digest: { counts: async () => [] },
      campaigns: {
        campaigns: () => state.campaigns,
        rules: () => ['campaign-during-attack'],
        link: 'https://report.example',
      },
      isOurs: async (name) => {
        claims.push(name);
        return isOurs;
      },
    },
  });
  return { ...started, state, claims };
}

test('one notice when it begins and one with the totals when it is over, though it comes and goes all day', async () => {
  const { clock, channel, state } = watching();
  state.campaigns = [sampleCampaign()];
  await clock.advance(minuteMs);
  expect(channel.told).toEqual([['Campaign: gateway-telco 3f2a']]);
  const lines = channel.messages[0]?.notices[0]?.lines.join('\n') ?? '';
  for (const words of [
    '37 hung up 3 s into the prompt',
    '41 calls from 38 numbers to 12 numbers of ours, since 2026-11-23 14:00',
    'campaign-during-attack',
    'https://report.example/campaigns/c-2026-11-23-3f2a',
  ])
    expect(lines).toContain(words);

  state.campaigns = [sampleCampaign({ calls: 90 })];
  await clock.advance(5 * hourMs);
  expect(channel.messages).toHaveLength(1);
  state.campaigns = [sampleCampaign({ calls: 90, state: 'over' })];
  await clock.advance(10 * minuteMs);
  expect(channel.messages).toHaveLength(2);
  expect(channel.messages[1]?.notices[0]).toMatchObject({ phase: 'over' });
  expect(channel.messages[1]?.notices[0]?.lines.join()).toContain('90 calls');

  for (let bout = 0; bout < 3; bout++) {
    state.campaigns = [sampleCampaign()];
    await clock.advance(hourMs);
    state.campaigns = [];
    await clock.advance(hourMs);
  }
  expect(channel.messages).toHaveLength(2);
  await clock.advance(24 * hourMs);
  state.campaigns = [sampleCampaign({ returns: 4 })];
  await clock.advance(minuteMs);
  expect(channel.messages).toHaveLength(3);
});

test('of several nodes one tells it', async () => {
  const { clock, channel, state, claims } = watching(false);
  state.campaigns = [sampleCampaign()];
  await clock.advance(hourMs);
  expect(channel.messages).toEqual([]);
  expect(claims).toEqual([expect.stringMatching(/^campaign:c-2026-11-23-3f2a:\d+:/)]);
});
