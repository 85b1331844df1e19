import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ListLibrary } from '../../src/lists/list-library.ts';
import { decide } from '../../src/policy/decide.ts';
import { LivePolicy } from '../../src/rules/live-policy.ts';
import { PolicyLoader } from '../../src/rules/policy-loader.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { callFrom } from '../policy/policy-fixture.ts';
import { longestTurnMs } from '../processor-time.ts';

let dir: string;
let loader: PolicyLoader | null = null;
let live: LivePolicy | null = null;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-rules-'));
  cpSync('rules', dir, { recursive: true });
});
afterEach(() => {
  loader?.close();
  live?.close();
  loader = null;
  live = null;
  rmSync(dir, { recursive: true, force: true });
});

function addRules(count: number, when: (i: number) => string): void {
  const path = join(dir, 'policy.yaml');
  const [head = '', rules = ''] = readFileSync('rules/policy.yaml', 'utf8').split('\nrules:\n');
  const added = Array.from(
    { length: count },
    (_, i) => `  - { id: n-${i}, when: ${when(i)}, then: voicemail }\n`,
  );
  writeFileSync(path, `${head}\nrules:\n${added.join('')}${rules}`);
}

const number = (i: number) => `{ caller: { number: "+1317${2_000_000 + i * 7}" } }`;

function open(limits = {}): PolicyLoader {
  loader = new PolicyLoader(new ListLibrary({ dir: null, serving: false }), limits);
  return loader;
}

it('the policy that crosses over decides as the one that was proven', async () => {
  addRules(300, number);
  const crossed = await open().load(dir);
  const own = await loadRules(dir);
  expect(crossed.problems).toEqual(own.problems);
  expect(crossed.cases).toEqual(own.cases);
  if (!crossed.policy || !own.policy) throw new Error('refused');
  expect(crossed.policy.version).toBe(own.policy.version);
  const callers = ['+13172000000', '+13172000007', '+13175550123', '+13175550101', '+442079460123'];
  for (const caller of callers)
    expect(decide(callFrom(caller), crossed.policy)).toEqual(decide(callFrom(caller), own.policy));
});

it('four thousand rules hold up no call: no step of the calls’ process is long', async () => {
  live = await LivePolicy.open(dir);
  // Its own processor time; but what else runs shares its caches, so the best of three loads counts.
  let longest = Number.POSITIVE_INFINITY;
  for (let load = 1; load <= 3 && longest >= 40; load++) {
    addRules(4000, (i) => number(load * 4000 + i));
    const turnMs = await longestTurnMs(async () =>
      expect(await live?.reload()).toMatchObject({ ok: true, problems: [] }),
    );
    longest = Math.min(longest, turnMs);
    expect(live.current().rules.length).toBeGreaterThan(4000);
  }
  expect(longest).toBeLessThan(40);
});

it('rules that take too long leave the policy in force, and say what to do', async () => {
  addRules(3000, (i) => `{ caller-name: { contains: "word ${i}" } }`);
  const begun = performance.now();
  const { policy, problems } = await open({ deadlineMs: 300 }).load(dir);
  expect(policy).toBeNull();
  expect(problems).toMatchObject([{ severity: 'error', code: 'rules-too-slow', file: dir }]);
  expect(problems[0]?.remedy).toContain('list files');
  expect(performance.now() - begun).toBeLessThan(20_000);
});

it('rules that need too much memory are refused, and the next load goes on with a new process', async () => {
  const small = join(dir, 'small');
  cpSync('rules', small, { recursive: true });
  addRules(15_000, number);
  const { policy, problems } = await open({ memoryMb: 64 }).load(dir);
  expect(policy).toBeNull();
  expect(problems).toMatchObject([{ severity: 'error', code: 'rules-too-large' }]);
  const next = await (loader as PolicyLoader).load(small);
  expect(next.policy).not.toBeNull();
}, 60_000);
