import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CampaignDetector } from '../../src/campaigns/campaign-detector.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { dayMs, factsOf, minuteMs, monday, see, seePeople } from './finished-calls.ts';

/** The callers of a morning, of whom so many pass. */
function opening(detector: CampaignDetector, random: () => number, passing: number, count = 600): void {
  for (let call = 0; call < count; call++) {
    const dice = random();
    see(detector, {
      ...{
        at: monday + (call * 180 * minuteMs) / count,
        caller: `+1${random() < 0.7 ? '317' : '765'}${String(2_000_000 + Math.floor(random() * 7_999_999))}`,
      },
      ...(random() < 0.7 && {
        signed: [`mobile-${Math.floor(random() * 3)}.example`, `o${Math.floor(random() * 30)}`],
      }),
      ...{ name: 'WIRELESS CALLER', called: '+13175550125', afterMs: 700 + random() * 8000 },
      does: dice < passing ? 'passes' : dice < passing + (1 - passing) / 2 ? 'is-silent' : 'hangs-up',
    });
  }
}

test('a clinic opening floods one number with unknown callers who pass: no campaign, with or without days before', () => {
  fc.assert(
    fc.property(fc.integer(), fc.boolean(), (seed, isCold) => {
      const detector = new CampaignDetector();
      const random = seeded(seed);
      if (!isCold) seePeople(detector, monday - 3 * dayMs, 400, random);
      opening(detector, random, 0.8);
      expect(detector.tick(monday + 180 * minuteMs)).toEqual([]);
    }),
    { numRuns: 15 },
  );
});

test('people who are called back after a forgery and hang up are none either', () => {
  const detector = new CampaignDetector();
  const random = seeded(11);
  seePeople(detector, monday - 3 * dayMs, 600, random);
  opening(detector, random, 0.35);
  expect(detector.tick(monday + 180 * minuteMs)).toEqual([]);
});

test('one robot with one number is none, however often it calls', () => {
  const detector = new CampaignDetector();
  seePeople(detector, monday - 3 * dayMs, 600, seeded(12));
  for (let call = 0; call < 200; call++)
    see(detector, {
      at: monday + call * minuteMs,
      caller: `+1844555010${call % 3}`,
      name: 'PHARMACY',
      signed: ['trunks', 'p'],
      does: 'is-silent',
    });
  expect(detector.tick(monday + 200 * minuteMs)).toEqual([]);
});

test('a big carrier under which people call is never a campaign by its signer or origid alone', () => {
  const detector = new CampaignDetector();
  const random = seeded(13);
  seePeople(detector, monday - 3 * dayMs, 600, random);
  for (let call = 0; call < 60; call++)
    see(detector, { at: monday + call * minuteMs, signed: ['mobile-1.example', 'o7'], does: 'is-silent' });
  for (const { traits } of detector.tick(monday + 60 * minuteMs)) {
    expect(traits).not.toHaveProperty('origid');
    expect(traits).not.toEqual({ signer: 'https://mobile-1.example/a.pem', attestation: 'C' });
  }
});

test('callers who pass end a campaign', () => {
  const detector = new CampaignDetector();
  seePeople(detector, monday - 3 * dayMs, 600, seeded(14));
  for (let call = 0; call < 10; call++)
    see(detector, { at: monday + call * minuteMs, signed: ['small', 's'], does: 'is-silent' });
  expect(detector.tick(monday + 10 * minuteMs)).toHaveLength(1);
  for (let call = 10; call < 20; call++)
    see(detector, { at: monday + call * minuteMs, signed: ['small', 's'], does: 'passes' });
  expect(detector.tick(monday + 20 * minuteMs)).toEqual([]);
  expect(detector.matching(factsOf({ at: monday + 21 * minuteMs, signed: ['small', 's'] }))).toBeNull();
});

test('whom we dialed or expect belongs to none', () => {
  const detector = new CampaignDetector();
  seePeople(detector, monday - 3 * dayMs, 600, seeded(15));
  for (let call = 0; call < 10; call++)
    see(detector, { at: monday + call * minuteMs, signed: ['small', 's'], does: 'is-silent' });
  const facts = factsOf({ at: monday + 11 * minuteMs, signed: ['small', 's'] });
  expect(detector.matching(facts)).not.toBeNull();
  const dialed = { passUntil: null, dialedUntil: facts.now + dayMs };
  expect(detector.matching({ ...facts, history: dialed })).toBeNull();
});

test('invented numbers fill no memory', () => {
  const detector = new CampaignDetector();
  const random = seeded(16);
  for (let call = 0; call < 25_000; call++)
    see(detector, {
      ...{ at: monday + call, caller: `+1${2_000_000_000 + Math.floor(random() * 7_999_999_999)}` },
      ...{
        name: `N${Math.floor(random() * 1e9).toString(36)}`,
        signed: [`s${call}`, `o${call}`],
        does: 'is-silent',
      },
    });
  const { calls, groups, campaigns } = detector.sizes;
  expect(calls).toBeLessThanOrEqual(20_000);
  expect(groups).toBeLessThanOrEqual(140_000);
  expect(campaigns).toBeLessThanOrEqual(300);
});
