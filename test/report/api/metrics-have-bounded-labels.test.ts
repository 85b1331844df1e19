import { expect, it } from 'vitest';
import { Metrics } from '../../../src/report/api/metrics.ts';
import { sampleFacts, sampleOutcome } from '../../fakes/sample-outcome.ts';
import { calmSources } from './calm-sources.ts';

const hostile = 'evil"} 1\n# TYPE x counter\u202e<img src=x>';

it('counts each call by where it went, the rule, the challenge and the way round', async () => {
  const metrics = new Metrics(calmSources());
  metrics.count(sampleOutcome('n1/1'));
  metrics.count(sampleOutcome('n1/2', { challenge: null, exit: { kind: 'voicemail', box: 'main' } }));
  metrics.count(
    sampleOutcome('n1/3', {
      bypass: { reason: 'watchdog', detail: hostile },
      decision: null,
      challenge: null,
    }),
  );
  const text = await metrics.text();
  expect(text).toContain('gatehouse_calls_total{where="connected",exit="operators"} 1');
  expect(text).toContain('gatehouse_calls_total{where="voicemail",exit="voicemail"} 1');
  expect(text).toContain('gatehouse_calls_total{where="bypassed",exit="operators"} 1');
  expect(text).toContain('gatehouse_rule_calls_total{rule="everyone-else",verdict="challenge"} 2');
  expect(text).toContain('gatehouse_challenges_total{kind="press-1",result="passed"} 1');
  expect(text).toContain('gatehouse_bypassed_total{reason="watchdog"} 1');
  expect(text).toContain('gatehouse_decision_seconds_bucket{le="0.005"} 3');
});

it('nothing that a caller chooses is in a label', async () => {
  const metrics = new Metrics(calmSources());
  const facts = sampleFacts('n1/1', {
    caller: { number: null, reason: 'malformed', raw: hostile, displayName: hostile },
    called: { number: null, raw: hostile },
    trunk: hostile,
    sipCallId: hostile,
    verification: { result: 'passed', attestation: 'A', signer: hostile, origid: hostile, source: 'header' },
  });
  metrics.count(sampleOutcome('n1/1', { facts, bypass: { reason: 'exception', detail: hostile } }));
  expect(await metrics.text()).not.toMatch(/evil|img/);
});

it('a policy that changes its rules for ever makes no more than 500 series', async () => {
  const metrics = new Metrics(calmSources());
  const { decision } = sampleOutcome('x');
  if (decision === null) throw new Error('the sample has a decision');
  for (let n = 0; n < 2000; n++)
    metrics.count(
      sampleOutcome(`n1/${n}`, {
        decision: { ...decision, rule: `rule-${n}` },
        exit: { kind: 'connect', exit: `exit-${n}`, label: null },
      }),
    );
  const text = await metrics.text();
  expect(text.match(/^gatehouse_rule_calls_total\{/gm)).toHaveLength(501);
  expect(text).toContain('gatehouse_rule_calls_total{rule="other",verdict="challenge"} 1500');
  expect(text.match(/^gatehouse_calls_total\{/gm)).toHaveLength(51);
});

it('tells how the parts are at the moment it is asked', async () => {
  const sources = calmSources();
  const metrics = new Metrics(sources);
  sources.state.ari = 'connecting';
  sources.state.redis = 'reconnecting';
  sources.state.refused = { at: 1, problems: [] };
  sources.state.backlog = 17;
  sources.state.closures = [{ calendar: 'office', until: 2, since: 1, reason: hostile }];
  const text = await metrics.text();
  for (const line of [
    'gatehouse_ari_state{state="connecting"} 1',
    'gatehouse_ari_state{state="connected"} 0',
    'gatehouse_redis_up 0',
    'gatehouse_policy_refused 1',
    'gatehouse_policy_age_seconds 60',
    'gatehouse_backlog_outcomes 17',
    'gatehouse_live_calls 2',
    'gatehouse_list_numbers{list="customers"} 1200',
    'gatehouse_list_age_seconds{list="customers"} 300',
    'gatehouse_list_refused{list="blocked"} 1',
    'gatehouse_closed_by_hand{calendar="office"} 1',
  ])
    expect(text).toContain(line);
  // A list that was never read has no age and no size.
  expect(text).not.toMatch(/gatehouse_list_(numbers|age_seconds)\{list="blocked"\}/);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
});
