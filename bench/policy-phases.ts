import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { CallFacts } from '../src/call/facts.ts';
import { ListLibrary } from '../src/lists/list-library.ts';
import { declaredLists } from '../src/policy/compile/declared-lists.ts';
import { decide } from '../src/policy/decide.ts';
import type { Policy } from '../src/policy/policy.ts';
import { formatProblem } from '../src/policy/problem.ts';
import { loadRules } from '../src/rules/read-rules.ts';
import { type FirstWins, jsonRulesEngine } from './json-rules.ts';
import { benchCalls, customerCount, customerDigits } from './policy-calls.ts';
import { listedDigits } from './policy-numbers.ts';
import { benchRules } from './policy-rules.ts';

const batchSize = 1000;
const batches = 150;

/** Each phase runs in a process of its own, so that none warms or fills the memory of the next. */
const [phase, dir = '', count = '0', more = ''] = process.argv.slice(2);
const listed = Number(count);
const rulesDir = join(dir, 'rules');
const cacheDir = join(dir, 'cache');

const phases: Record<string, () => Promise<unknown> | unknown> = { load, decide: decideAll, engine, set };
console.log(JSON.stringify(await phases[phase ?? '']?.()));

/** The big list as the serving process reads it: from csv when there is no image yet, else from its image. */
async function load() {
  mkdirSync(cacheDir, { recursive: true });
  const text = readFileSync(join(rulesDir, 'policy.yaml'), 'utf8');
  const declared = declaredLists(text).lists.filter(({ id }) => id === 'blocked');
  const library = new ListLibrary({ dir: cacheDir, serving: true });
  const before = settledMemory();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const begun = performance.now();
  await library.open(declared, 'US', rulesDir, rulesDir);
  const ms = performance.now() - begun;
  delay.disable();
  const [status] = library.status();
  const list = library.list('blocked');
  const after = settledMemory();
  return {
    ms,
    fromCache: status?.fromCache,
    numbers: list?.size ?? 0,
    bytes: list?.bytes ?? 0,
    // Node counts shared memory nowhere, and the list's image is that.
    memory: after - before + (list?.bytes ?? 0),
    maxDelayMs: delay.max / 1e6,
  };
}

async function decideAll() {
  const lists = new ListLibrary({ dir: cacheDir, serving: true });
  const { policy, problems } = await loadRules(rulesDir, lists);
  if (!policy) throw new Error(problems.map(formatProblem).join('\n'));
  const rules = benchRules();
  const plain: number[] = [];
  const wall: number[] = [];
  const traced: number[] = [];
  const shares = new Map<string, number>();
  let seed = 1000;
  for (let round = 0; round < 12; round++) {
    let ms = 0;
    let wallMs = 0;
    for (let batch = 0; batch < batches; batch++) {
      // Facts are made just before, as a call's are, with numbers that no batch before has asked about.
      const calls = benchCalls(batchSize, seed++, listed, rules);
      const begun = performance.now();
      const coreBegun = coreMs();
      let made = 0;
      for (const facts of calls) if (decide(facts, policy).rule !== '') made++;
      ms += coreMs() - coreBegun;
      wallMs += performance.now() - begun;
      if (made !== batchSize) throw new Error('not every call was decided');
      if (round === 0)
        for (const facts of calls) add(shares, decide(facts, policy).rule.replace(/-\d+$/, ''));
    }
    // The first rounds let the compiler see what is asked.
    if (round >= 3) {
      plain.push(((batches * batchSize) / ms) * 1000);
      wall.push(((batches * batchSize) / wallMs) * 1000);
    }
    if (round >= 9) traced.push(tracedPerSecond(benchCalls(5000, seed++, listed, rules), policy));
  }
  await lists.close();
  const list = lists.list('blocked');
  return {
    decisionsPerSecond: median(plain),
    wallPerSecond: median(wall),
    tracedPerSecond: median(traced),
    slowest: Math.min(...plain),
    fastest: Math.max(...plain),
    findsPerSecond: list ? findsPerSecond((number, now) => list.find(number, now) !== null) : 0,
    shares: Object.fromEntries([...shares].sort((a, b) => b[1] - a[1])),
    rules: rules.length,
  };
}

/** With the whole trace written out, as the outcome of each call stores it. */
function tracedPerSecond(calls: readonly CallFacts[], policy: Policy): number {
  const begun = coreMs();
  let length = 0;
  for (const facts of calls) length += decide(facts, policy).trace.length;
  if (length === 0) throw new Error('no trace');
  return (calls.length / (coreMs() - begun)) * 1000;
}

/** json-rules-engine with the same rules and calls; its answers must be those of decide. */
async function engine() {
  const rules = benchRules();
  const blocked = numberSet(listed, listedDigits);
  const sets = {
    blocked,
    customers: numberSet(customerCount, customerDigits),
    emergency: new Set<number>([1]),
  };
  const run = jsonRulesEngine(rules, sets, more as FirstWins);
  const { policy } = await loadRules(rulesDir, new ListLibrary({ dir: cacheDir, serving: false }));
  const warm = benchCalls(20, 3000, listed, rules);
  for (const facts of warm) await run(facts);
  const limitMs = 8000;
  const rounds: number[] = [];
  let calls = 0;
  let different = 0;
  const begun = performance.now();
  for (let round = 0; performance.now() - begun < limitMs; round++) {
    const sample = benchCalls(50, 4000 + round, listed, rules);
    const at = coreMs();
    const answers: string[] = [];
    for (const facts of sample) answers.push(await run(facts));
    rounds.push((sample.length / (coreMs() - at)) * 1000);
    calls += sample.length;
    for (const [i, facts] of sample.entries())
      if (policy && decide(facts, policy).rule !== answers[i]) different++;
  }
  return { perSecond: median(rounds), calls, different };
}

/** A JS Set of the same numbers as numbers, which is the leanest a Set can be. */
function set() {
  const before = settledMemory();
  const begun = performance.now();
  const numbers = numberSet(listed, listedDigits);
  const ms = performance.now() - begun;
  const memory = settledMemory() - before;
  return {
    bytesPerNumber: memory / numbers.size,
    ms,
    findsPerSecond: findsPerSecond((e164) => numbers.has(Number(e164))),
  };
}

function numberSet(size: number, digits: (i: number) => string): Set<number> {
  const numbers = new Set<number>();
  for (let i = 0; i < size; i++) numbers.add(Number(`1${digits(i)}`));
  return numbers;
}

/**
 * What this process has taken of its processors, all its threads together: one core's time, that of the garbage collector
 * included, whatever else the machine does.
 */
function coreMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Look-ups of texts, half of them in the list. */
function findsPerSecond(has: (e164: string, now: number) => boolean): number {
  const rates: number[] = [];
  for (let round = 0; round < 5; round++) {
    const texts = benchCalls(200_000, 5000 + round, listed, [
      { id: 'x', callerPrefix: '+1317555', verdict: '' },
    ]).map(({ caller }, i) =>
      i % 2 === 0 ? `+1${listedDigits((i * 7919 + round) % listed)}` : (caller.number ?? '+12'),
    );
    const begun = coreMs();
    let found = 0;
    for (const text of texts) if (has(text, 1)) found++;
    rates.push((texts.length / (coreMs() - begun)) * 1000);
    if (found < texts.length / 2) throw new Error('listed numbers were not found');
  }
  return median(rates);
}

/** All that this process holds, after what is garbage is gone. */
function settledMemory(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
