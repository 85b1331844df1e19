import { expect, test } from 'vitest';
import { sampleCampaign } from '../../campaigns/sample-campaign.ts';
import { hostileText, pageFixture } from './page-fixture.ts';

test('the list has those that go on apart from those of before, each with its reason', async () => {
  const fixture = pageFixture();
  expect((await fixture.get('/campaigns')).body).toContain('No campaign goes on.');
  fixture.campaigns = [
    sampleCampaign(),
    sampleCampaign({ id: 'c-2026-11-20-00aa', name: 'Car warranty', state: 'over', endedAt: 1 }),
  ];
  const { status, body } = await fixture.get('/campaigns');
  expect(status).toBe(200);
  expect(body).toContain('37 hung up 3 s into the prompt');
  expect(body.indexOf('gateway-telco 3f2a')).toBeLessThan(body.indexOf('Car warranty'));
  expect(body).toContain('href="/campaigns/c-2026-11-23-3f2a"');
});

test('the story of one: life, rules that answer it, its calls', async () => {
  const fixture = pageFixture();
  fixture.campaigns = [sampleCampaign({ returns: 2 })];
  const { status, body } = await fixture.get('/campaigns/c-2026-11-23-3f2a');
  expect(status).toBe(200);
  for (const words of [
    'First call',
    'Recognized',
    'Most calls',
    'campaign-during-attack',
    '2 times',
    'origid 9f1c',
  ])
    expect(body).toContain(words);
  expect(body).toMatch(/href="\/calls\?campaign=c-2026-11-23-3f2a&amp;since=/);
  expect((await fixture.get('/campaigns/c-none')).status).toBe(404);
});

test('what callers and signers wrote stays text, and no called number is whole on a masked page', async () => {
  const fixture = pageFixture();
  fixture.whole = false;
  fixture.campaigns = [
    sampleCampaign({
      ...{ name: hostileText, reason: hostileText },
      traits: { calledNumber: '+13175550100', signer: hostileText, attestation: 'none' },
    }),
  ];
  for (const path of ['/campaigns', '/campaigns/c-2026-11-23-3f2a']) {
    const { body } = await fixture.get(path);
    expect(body).not.toContain('<img src=x');
    expect(body).not.toContain('\u202E');
    expect(body).not.toContain('3175550100');
  }
});
