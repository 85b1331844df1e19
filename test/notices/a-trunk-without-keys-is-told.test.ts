import { expect, it } from 'vitest';
import type { ChallengeAttempt, ChallengeOutcome, Outcome } from '../../src/call/outcome.ts';
import { KeylessTrunks } from '../../src/notices/keyless-trunks.ts';
import { Metrics } from '../../src/report/api/metrics.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { calmHealth } from '../report/api/calm-sources.ts';
import { minuteMs, quietStart } from './recording-channel.ts';

let calls = 0;

function asked(trunk: string, result: ChallengeOutcome['result'], heard = ''): Outcome {
  const id = `n1/${++calls}`;
  const attempt: ChallengeAttempt = {
    ...{ wanted: '1', heard, result: heard === '' ? 'silent' : 'wrong' },
    ...{ promptAtMs: 10, firstHeardAtMs: null, endedAtMs: 9_000 },
  };
  const challenge = { kind: 'press-1', language: 'en', attempts: [attempt], result } as const;
  return sampleOutcome(id, { challenge, facts: sampleFacts(id, { trunk, now: sampleArrival + calls }) });
}

function seen(...outcomes: readonly Outcome[]): KeylessTrunks {
  const trunks = new KeylessTrunks();
  for (const outcome of outcomes) trunks.saw(outcome);
  return trunks;
}
const times = (count: number, make: () => Outcome) => Array.from({ length: count }, make);
const silent = (trunk = 'carrier') => asked(trunk, 'silent');

it('twenty callers who stayed and of whom no key came: found, with the trunk, since when, and the remedy', () => {
  expect(seen(...times(19, () => silent())).found()).toEqual([]);
  const first = silent();
  expect(seen(first, ...times(19, () => silent())).found()).toEqual([
    {
      trunk: 'carrier',
      callers: 20,
      since: first.facts.now,
      remedy: expect.stringMatching(/dtmf_mode.*early-media/),
    },
  ]);
});

it.each<[string, () => Outcome]>([
  ['a key, right', () => asked('carrier', 'passed', '1')],
  ['a key, wrong', () => asked('carrier', 'failed', '9')],
  ['a key of somebody who was silent afterwards', () => asked('carrier', 'silent', '4')],
])('%s: keys do arrive, and only sixty in a row are odd from then on', (_, make) => {
  expect(seen(...times(19, silent), make(), ...times(59, silent)).found()).toEqual([]);
  expect(seen(make(), ...times(60, silent)).found()).toMatchObject([{ callers: 60 }]);
  expect(seen(...times(30, silent), make()).found()).toEqual([]);
});

it('who hangs up, was not asked, or calls over another trunk says nothing of this one', () => {
  const left = times(40, () => asked('carrier', 'gave-up'));
  const known = times(40, () => sampleOutcome(`n1/${++calls}`, { challenge: null }));
  const elsewhere = times(25, () => silent('other'));
  expect(seen(...left, ...known, ...elsewhere, ...times(19, silent)).found()).toMatchObject([
    { trunk: 'other', callers: 25 },
  ]);
});

it('trunks are bounded', () => {
  const many = Array.from({ length: 300 }, (_, n) => times(20, () => silent(`trunk-${n}`))).flat();
  expect(seen(...many).found()).toHaveLength(100);
});

it('is in a notice, which ends when a key arrives, and in a metric', async () => {
  const trunks = seen(...times(25, silent));
  const sources = { policyRefused: () => null, backlog: () => 0, digest: { counts: async () => [] } };
  const { clock, channel } = quietStart({ sources: { ...sources, keylessTrunks: () => trunks.found() } });
  await clock.advance(minuteMs);
  expect(channel.told).toEqual([['No keys arrive over a trunk; its callers count as silent']]);
  expect(channel.messages[0]?.notices[0]?.lines).toEqual([
    'carrier: 25 callers asked, no key',
    expect.stringContaining('dtmf_mode'),
  ]);
  const health = () => ({ ...calmHealth, keylessTrunks: trunks.found() });
  const metrics = new Metrics({ health, lists: () => [] });
  expect(await metrics.text()).toContain('gatehouse_trunk_callers_without_key{trunk="carrier"} 25');
  trunks.saw(asked('carrier', 'passed', '1'));
  await clock.advance(5 * minuteMs);
  expect(channel.told[1]).toEqual(['Resolved: No keys arrive over a trunk; its callers count as silent']);
  expect(await metrics.text()).not.toContain('trunk="carrier"');
});
