import { cp, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as yieldNow } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CallFacts } from '../../src/call/facts.ts';
import type { Decision } from '../../src/call/verdict.ts';
import { decide } from '../../src/policy/decide.ts';
import { LivePolicy } from '../../src/rules/live-policy.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { sampleFacts } from '../fakes/sample-outcome.ts';

const runForMs = 2500;
const atMostMs = 120_000;
const enoughReloads = 8;
let base: string;
let live: LivePolicy | null = null;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'gatehouse-flip-'));
  for (const side of ['red', 'blue']) {
    const dir = join(base, side);
    await cp('test/backtest/rules', dir, { recursive: true });
    const policy = await readFile(join(dir, 'policy.yaml'), 'utf8');
    // Rule ids, labels and list rows all say which side they are of.
    await writeFile(
      join(dir, 'policy.yaml'),
      policy
        .replace('- id: customers', `- id: customers-${side}`)
        .replace('- id: everyone-else', `- id: everyone-${side}`)
        .replace("label: 'Customer {name}'", `label: '${side} {name}'`)
        .replace("label: 'Passed: {caller-name}'", `label: '${side} {caller-name}'`),
    );
    await writeFile(join(dir, 'lists/customers.csv'), `number,name\n+1 317 555 0140,of ${side}\n`);
  }
  await symlink(join(base, 'red'), join(base, 'rules'));
});

afterEach(async () => {
  live?.close();
  live = null;
  await rm(base, { recursive: true, force: true });
});

const calls: readonly CallFacts[] = ['+13175550140', '+12125550160'].map((number) => {
  const facts = sampleFacts(`n1/${number}`);
  return { ...facts, caller: { ...facts.caller, number, displayName: 'Jo' } };
});

it('while both the rules and a list change at over 100 calls a second', async () => {
  const versions = new Map<string, string>();
  for (const side of ['red', 'blue']) {
    const { policy, problems } = await loadRules(join(base, side));
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    versions.set(policy?.version ?? '', side);
  }
  expect(versions.size).toBe(2);
  live = await LivePolicy.open(join(base, 'rules'));

  const startedAt = performance.now();
  const isOver = () => {
    const ms = performance.now() - startedAt;
    const reloads = live?.status().reloads.filter(({ ok }) => ok).length ?? 0;
    return ms > atMostMs || (ms > runForMs && reloads >= enoughReloads);
  };
  let flips = 0;
  const flipping = (async () => {
    while (!isOver()) {
      // The directory changes as a whole, at any moment of a reload that is running.
      await symlink(join(base, flips % 2 === 0 ? 'blue' : 'red'), join(base, 'next'));
      await rename(join(base, 'next'), join(base, 'rules'));
      flips++;
      void live?.reload();
      await new Promise((resolve) => setTimeout(resolve, 20 + ((flips * 37) % 90)));
    }
  })();

  const decided = { red: 0, blue: 0 };
  while (!isOver()) {
    for (const facts of calls) {
      const side = sideOf(decide(facts, live.current()), versions);
      decided[side]++;
    }
    await yieldNow();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await flipping;
  await live.reload();
  expect(decided.red + decided.blue).toBeGreaterThan(100 * seconds);
  expect(Math.min(decided.red, decided.blue)).toBeGreaterThan(50);
  expect(flips).toBeGreaterThan(15);
  expect(live.status().reloads.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(enoughReloads);
}, 40_000);

/** The one side that everything in the decision is of. */
function sideOf(decision: Decision, versions: ReadonlyMap<string, string>): 'red' | 'blue' {
  const side = versions.get(decision.policyVersion);
  const { verdict } = decision;
  const label =
    verdict.kind === 'connect' ? verdict.label : verdict.kind === 'challenge' ? verdict.passed.label : '';
  const said = [
    decision.rule.split('-').at(-1),
    label?.split(' ')[0],
    ...(decision.listedName?.split(' ').slice(1) ?? []),
  ];
  expect(said).toEqual(said.map(() => side));
  if (side !== 'red' && side !== 'blue') throw new Error(`a policy nobody wrote: ${decision.policyVersion}`);
  return side;
}
