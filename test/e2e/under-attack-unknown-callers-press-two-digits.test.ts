import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab, shippedRules } from '../../lab/lab.ts';
import type { Health } from '../../src/report/api/health.ts';
import { runCli } from '../cli/run-cli.ts';
import { knownCall } from './known-call.ts';
import { outcomesOf } from './outcomes.ts';

describe('an attack on a real switchboard', () => {
  let lab: Lab;
  let rules: string;

  const health = async () => (await (await fetch(`${lab.gatehouse.url}/healthz`)).json()) as Health;
  const page = async (path: string) => (await fetch(lab.gatehouse.url + path)).text();
  const gatehouse = (...args: string[]) => runCli(args, { env: lab.gatehouse.environment });
  /** A call that hangs up in the prompt; `from` in E.164. */
  const ring = (from: string) =>
    knownCall(lab, async () => {
      const phone = await lab.ring({ from, to: switchboard, steps: [{ hold: 1500 }] });
      await phone.finished();
      return phone.callId();
    });

  beforeAll(async () => {
    rules = await mkdtemp(join(tmpdir(), 'gatehouse-rules-'));
    await cp(shippedRules, rules, { recursive: true });
    const file = join(rules, 'policy.yaml');
    const text = await readFile(file, 'utf8');
    const limits = '  attack-levels: { called-number: { elevated: 5, attack: 8 } }\n';
    await writeFile(
      file,
      text.replace(/^settings:\n/m, (settings) => settings + limits),
    );
    lab = await Lab.up({ rules });
  });
  afterAll(async () => {
    await lab?.down();
    await rm(rules, { recursive: true, force: true });
  });

  it('eight robots that press nothing: unknown callers press two digits, a customer notices nothing', async () => {
    expect((await ring('+12125550199')).decision?.rule).toBe('everyone-else');
    const robots = 8;
    const phone = await lab.ring(
      { from: '[field0]', to: switchboard, steps: [{ hold: 1000 }] },
      // Of one exchange they would be a campaign, which has rules of its own.
      { calls: robots, rate: 4, numbers: Array.from({ length: robots }, (_, n) => `+120${n + 1}5550100`) },
    );
    await phone.finished();
    await outcomesOf(lab, phone.callIds(robots), 60_000);
    const { above } = await until('the attack to be seen', 40_000, async () => {
      const { levels } = await health();
      return levels.above[0]?.level === 'attack' ? levels : null;
    });
    expect(above[0]).toMatchObject({ of: switchboard, by: null });
    const unknown = await ring('+12125550161');
    expect(unknown.decision).toMatchObject({
      rule: 'under-attack',
      verdict: { kind: 'challenge', challenge: 'two-digits' },
    });
    expect(unknown.facts.site?.levels).toEqual({ called: 'attack' });
    expect(await ring(numbers.customer)).toMatchObject({ decision: { rule: 'customers' } });
  });

  it('every page, status, report and metrics say it', async () => {
    // The headline of Now says it, and nothing else above.
    const now = await page('/');
    expect(now).toMatch(/<div class="headline unusual">.*attack on the number .*get two digits/s);
    expect(now).toContain('<div id="levels" aria-live="polite"></div>');
    expect(now).not.toContain('class="levels');
    for (const path of ['/calls', '/history', '/rules', '/lists'])
      expect(await page(path)).toMatch(
        /id="levels" aria-live="polite"><div class="levels attack">\s*<p><strong>.*Attack on the number .*under-attack/s,
      );
    expect((await gatehouse('status')).stdout).toMatch(/^Attack on the number \S+ since .*\n/);
    expect((await gatehouse('report', '--since', '1h')).stdout).toMatch(/^Attack on the number /);
    expect(await page('/metrics')).toContain('gatehouse_attack_level{of="called-number"} 2');
  });

  it('a number of ours was forged: staff say so, and whoever calls back hears it', async () => {
    await gatehouse('level', 'calm', '--for', '1h', '--rules', rules);
    const set = await gatehouse(
      'level',
      'call-back-surge',
      '--for',
      '1h',
      '--of',
      switchboard,
      '--rules',
      rules,
    );
    expect(set).toMatchObject({ exitCode: 0, stderr: '' });
    await until('both to be seen', 20_000, async () => {
      const { levels } = await health();
      return levels.above.length === 0 && levels.surges.length === 1 ? levels : null;
    });
    const phone = await lab.ring({
      from: '+12125550162',
      to: switchboard,
      steps: [{ hold: 2500 }, { press: '1' }, { hold: 2000 }],
    });
    await phone.finished();
    expect(await lab.arrived([phone.callId()], 20_000)).toMatchObject([{ exit: 'operators' }]);
    const [[outcome] = []] = [...(await outcomesOf(lab, [phone.callId()], 20_000)).values()];
    expect(outcome?.facts.site).toMatchObject({ callBackSurge: true });
    expect(outcome?.decision).toMatchObject({
      rule: 'call-back-surge',
      verdict: { prompt: 'forged-number' },
    });
    expect(outcome?.challenge?.result).toBe('passed');
    expect(await page('/metrics')).toMatch(/gatehouse_call_back_surge_calls_total [1-9]/);
  });
});
