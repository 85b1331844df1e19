import type { Campaign } from '../../src/campaigns/campaign.ts';
import { monday } from './finished-calls.ts';

export function sampleCampaign(changes: Partial<Campaign> = {}): Campaign {
  return {
    id: 'c-2026-11-23-3f2a',
    name: 'gateway-telco 3f2a',
    reason:
      '41 calls from 38 numbers in 20 minutes, all signed C by gateway-telco under one origid; 37 hung up 3 s into the prompt',
    traits: { origid: '9f1c' },
    ...{ by: 'unanswered', state: 'active', startedAt: monday, recognizedAt: monday + 300_000 },
    ...{ peakAt: monday + 600_000, lastAt: monday + 1_200_000, endedAt: null, returns: 0 },
    ...{ calls: 41, numbers: 38, calledNumbers: 12, callsPerMinute: 2.1, pinned: false, returnsAtOnce: true },
    ...changes,
  };
}
