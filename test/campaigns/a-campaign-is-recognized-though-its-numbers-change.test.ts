import { expect, test } from 'vitest';
import { CampaignDetector } from '../../src/campaigns/campaign-detector.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { dayMs, factsOf, minuteMs, monday, see, seePeople } from './finished-calls.ts';

const gateway = ['gateway-telco', '9f1c'] as const;

test('robots under one origid that hang up at the same second are a campaign, with its reason in one sentence', () => {
  const detector = new CampaignDetector();
  const random = seeded(1);
  seePeople(detector, monday - 3 * dayMs, 600, random);
  for (let call = 0; call < 20; call++)
    see(detector, {
      at: monday + call * minuteMs,
      signed: gateway,
      does: 'hangs-up',
      afterMs: 2900 + random() * 300,
    });

  const [found, ...others] = detector.tick(monday + 20 * minuteMs);

  expect(others).toEqual([]);
  expect(found).toMatchObject({
    state: 'active',
    traits: { origid: '9f1c' },
    calls: 20,
    numbers: 20,
    startedAt: monday,
  });
  expect(found?.id).toMatch(/^c-2026-11-23-[0-9a-f]{4}$/);
  expect(found?.reason).toBe(
    '6 calls from 6 numbers in 5 minutes, all signed C by gateway-telco under one origid; 6 hung up 3 s into the prompt',
  );
  const next = factsOf({ at: monday + 21 * minuteMs, signed: gateway });
  expect(detector.matching(next)?.id).toBe(found?.id);
  expect(detector.matching(factsOf({ at: monday + 21 * minuteMs }))).toBeNull();
});

test.each([
  [
    'an exchange',
    { exchange: '+1202730', attestation: 'none' },
    (at: number) => ({ caller: `+1202730${1000 + at}` }),
  ],
  ['a claimed name', { claimedName: 'tax office' }, () => ({ name: 'Tax  Office' })],
])('%s is enough where nothing is signed', (_, traits, showing) => {
  const detector = new CampaignDetector();
  seePeople(detector, monday - 3 * dayMs, 600, seeded(2));
  for (let call = 0; call < 12; call++)
    see(detector, { at: monday + call * minuteMs, does: 'is-silent', ...showing(call) });
  expect(detector.tick(monday + 12 * minuteMs).map((one) => one.traits)).toEqual([traits]);
});

test('sellers who press 1 are recognized by short talks under one origid that no people show', () => {
  const detector = new CampaignDetector();
  const random = seeded(3);
  seePeople(detector, monday - 3 * dayMs, 600, random);
  for (let call = 0; call < 14; call++)
    see(detector, {
      ...{
        at: monday + call * 5 * minuteMs,
        signed: ['cloud-pbx', 'sales'],
        does: 'passes',
        afterMs: 4000 + random() * 4000,
      },
      ...{ called: `+1317555${String(1000 + call * 3)}`, talkMs: 5000 + random() * 25_000 },
    });
  const [found] = detector.tick(monday + 70 * minuteMs);
  expect(found).toMatchObject({ by: 'sellers', traits: { origid: 'sales' } });
  expect(found?.reason).toContain('talks ended within 40 s');
});

test('a machine that presses 1 blindly gives itself away by the moment', () => {
  const detector = new CampaignDetector();
  seePeople(detector, monday - 3 * dayMs, 600, seeded(4));
  for (let call = 0; call < 12; call++)
    see(detector, {
      at: monday + call * minuteMs,
      name: 'BUSINESS FUNDING',
      does: 'passes',
      afterMs: 8000,
      called: `+13175550${200 + call}`,
    });
  expect(detector.tick(monday + 12 * minuteMs)[0]?.reason).toContain('pressed the key 8 s into the prompt');
});

test('it ends when it is quiet, and its first call within 30 days brings it back under the same id', () => {
  const detector = new CampaignDetector();
  seePeople(detector, monday - 3 * dayMs, 600, seeded(5));
  const wave = (from: number, count: number) => {
    for (let call = 0; call < count; call++)
      see(detector, { at: from + call * minuteMs, signed: gateway, does: 'is-silent' });
  };
  wave(monday, 10);
  const [found] = detector.tick(monday + 10 * minuteMs);
  expect(detector.tick(monday + 3 * 60 * minuteMs)).toEqual([]);
  expect(detector.all()[0]).toMatchObject({ id: found?.id, state: 'over', returns: 0 });

  wave(monday + 9 * dayMs, 1);
  expect(detector.tick(monday + 9 * dayMs + minuteMs)).toMatchObject([
    { id: found?.id, returns: 1, calls: 11 },
  ]);
});

test('staff can dismiss, merge, name and pin one', () => {
  const detector = new CampaignDetector();
  seePeople(detector, monday - 3 * dayMs, 600, seeded(6));
  for (let call = 0; call < 10; call++) {
    see(detector, { at: monday + call * minuteMs, signed: gateway, does: 'is-silent' });
    see(detector, { at: monday + call * minuteMs, name: 'Police Fund', does: 'is-silent' });
  }
  const now = monday + 11 * minuteMs;
  const ids = detector.tick(now).map(({ id }) => id);
  const [one = '', other = ''] = ids;
  expect(ids).toHaveLength(2);

  detector.heed(one, { name: 'Fake police', pinned: true }, now);
  detector.heed(other, { mergedInto: one }, now);
  detector.heed(other, { mergedInto: one }, now);
  const [merged] = detector.tick(now + dayMs);
  expect(merged).toMatchObject({ id: one, name: 'Fake police', state: 'active', calls: 20 });
  for (const showing of [{ signed: gateway }, { name: 'police fund' }])
    expect(detector.matching(factsOf({ at: now, ...showing }))?.id).toBe(one);

  detector.heed(one, { pinned: false, dismissed: true }, now);
  expect(detector.matching(factsOf({ at: now, signed: gateway }))).toBeNull();
  for (let call = 0; call < 30; call++)
    see(detector, { at: now + call * minuteMs, signed: gateway, does: 'is-silent' });
  expect(detector.tick(now + 30 * minuteMs)).toEqual([]);
});

test('another process goes on where the one before ended, and counts no call twice', () => {
  const first = new CampaignDetector();
  seePeople(first, monday - 3 * dayMs, 600, seeded(7));
  const wave = (detector: CampaignDetector, from: number, count: number) => {
    for (let call = from; call < from + count; call++)
      see(detector, {
        at: monday + call * minuteMs,
        caller: `+120255501${10 + call}`,
        signed: gateway,
        does: 'is-silent',
      });
  };
  wave(first, 0, 12);
  first.tick(monday + 12 * minuteMs);

  const second = new CampaignDetector();
  second.restore(first.all(), first.learnt(monday + 12 * minuteMs));
  wave(second, 0, 15);
  expect(second.tick(monday + 15 * minuteMs)).toMatchObject([
    { id: first.all()[0]?.id, calls: 15, numbers: 15 },
  ]);
});
