import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bar, bars } from './bars.ts';
import { customerCount, customerDigits } from './policy-calls.ts';
import { writeListCsv } from './policy-numbers.ts';
import { benchRules, policyYaml } from './policy-rules.ts';

const listed = 10_000_000;
const phaseLimitMs = 120_000;
const here = import.meta.dirname;

interface Loaded {
  readonly ms: number;
  readonly fromCache: boolean;
  readonly numbers: number;
  readonly bytes: number;
  readonly memory: number;
  readonly maxDelayMs: number;
}

interface Decided {
  readonly decisionsPerSecond: number;
  readonly tracedPerSecond: number;
  readonly wallPerSecond: number;
  readonly slowest: number;
  readonly fastest: number;
  readonly findsPerSecond: number;
  readonly shares: Record<string, number>;
  readonly rules: number;
}

interface Engine {
  readonly perSecond: number;
  readonly calls: number;
  readonly different: number;
}

interface SetResult {
  readonly bytesPerNumber: number;
  readonly ms: number;
  readonly findsPerSecond: number;
}

/** Decisions with a thousand rules and ten million numbers, beside json-rules-engine and a JS Set. */
export const policyBenchmark = {
  about: 'decisions a second, memory and loading of lists with 1,000 rules and 10 million numbers',
  async run(args: readonly string[]): Promise<void> {
    const json = args.includes('--json');
    const dir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
    const clean = () => rmSync(dir, { recursive: true, force: true });
    process.once('exit', clean);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
    const tell = (text: string) => process.stderr.write(`${text}\n`);
    tell('writing 10 million numbers …');
    writeRules(join(dir, 'rules'));
    const phase = <T>(name: string, more = '') => {
      tell(`${name} ${more}…`);
      return runPhase<T>(name, dir, more);
    };
    const csv = await phase<Loaded>('load');
    const cache = await phase<Loaded>('load');
    if (csv.fromCache || !cache.fromCache) throw new Error('the cache was not where it should be');
    const decided = await phase<Decided>('decide');
    const inOrder = await phase<Engine>('engine', 'by-priority');
    const together = await phase<Engine>('engine', 'all-at-once');
    const engine = inOrder.perSecond > together.perSecond ? inOrder : together;
    const set = await phase<SetResult>('set');
    clean();

    const result = {
      decisionsPerSecond: Math.round(decided.decisionsPerSecond),
      jsonRulesEnginePerSecond: round(engine.perSecond, 1),
      ratio: round(decided.decisionsPerSecond / engine.perSecond, 1),
      numbers: cache.numbers,
      bytesPerNumber: round(cache.memory / cache.numbers, 2),
      setBytesPerNumber: round(set.bytesPerNumber, 2),
      loadCsvMs: Math.round(csv.ms),
      loadCacheMs: Math.round(cache.ms),
    };
    const text = inWords(result, { csv, cache, decided, inOrder, together, set });
    console.log(text);
    mkdirSync(join(here, 'results'), { recursive: true });
    writeFileSync(join(here, 'results', 'policy.md'), `# Policy benchmark\n\n\`\`\`\n${text}\n\`\`\`\n`);
    if (json) console.log(JSON.stringify(result));
  },
};

type Result = Record<
  | 'decisionsPerSecond'
  | 'jsonRulesEnginePerSecond'
  | 'ratio'
  | 'numbers'
  | 'bytesPerNumber'
  | 'setBytesPerNumber'
  | 'loadCsvMs'
  | 'loadCacheMs',
  number
>;

interface Measured {
  readonly csv: Loaded;
  readonly cache: Loaded;
  readonly decided: Decided;
  readonly inOrder: Engine;
  readonly together: Engine;
  readonly set: SetResult;
}

function inWords(result: Result, { csv, cache, decided, inOrder, together, set }: Measured): string {
  const rate = (label: string, value: number): Bar => ({ label, value, shown: `${grouped(value)}/s` });
  const seconds = (label: string, ms: number): Bar => ({
    label,
    value: ms,
    shown: `${(ms / 1000).toFixed(2)} s`,
  });
  const bytes = (label: string, value: number): Bar => ({ label, value, shown: `${value.toFixed(2)} B` });
  const goal = (text: string, met: boolean) => `  ${met ? 'met   ' : 'MISSED'}  ${text}`;
  const different = inOrder.different + together.different;
  return [
    `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}; rates are for a second of one core`,
    '',
    bars(
      `Decisions a second, ${grouped(decided.rules)} rules, ${grouped(result.numbers)} numbers`,
      [
        rate('Gatehouse', decided.decisionsPerSecond),
        rate('Gatehouse, trace written out', decided.tracedPerSecond),
        rate('json-rules-engine, by priority', inOrder.perSecond),
        rate('json-rules-engine, all at once', together.perSecond),
      ],
      'log',
    ),
    `  median of nine rounds, which were between ${grouped(decided.slowest)} and ${grouped(decided.fastest)}; by the clock on the wall ${grouped(decided.wallPerSecond)}/s`,
    `  ${inOrder.calls + together.calls} calls decided by both, ${different} differently`,
    '',
    bars('Memory a number', [
      bytes('list', result.bytesPerNumber),
      bytes('JS Set', result.setBytesPerNumber),
    ]),
    '',
    bars('Look-ups a second, half of them in the list', [
      rate('list', decided.findsPerSecond),
      rate('JS Set', set.findsPerSecond),
    ]),
    '',
    bars('Loading', [
      seconds('csv', csv.ms),
      seconds('cached image', cache.ms),
      seconds('JS Set, numbers made in memory', set.ms),
    ]),
    `  the event loop of the loading process stood still for at most ${csv.maxDelayMs.toFixed(0)} ms (csv), ${cache.maxDelayMs.toFixed(0)} ms (image)`,
    '',
    'Goals',
    goal('1,000,000 decisions a second', result.decisionsPerSecond >= 1e6),
    goal('50 times json-rules-engine', result.ratio >= 50),
    goal('at most 9 bytes a number', result.bytesPerNumber <= 9),
    goal('10 million from csv in 60 s', result.loadCsvMs <= 60_000),
    goal('10 million from the cache in 1 s', result.loadCacheMs <= 1000),
  ].join('\n');
}

function writeRules(dir: string): void {
  mkdirSync(join(dir, 'lists'), { recursive: true });
  writeFileSync(join(dir, 'policy.yaml'), policyYaml(benchRules()));
  writeFileSync(join(dir, 'prompts.yaml'), readFileSync(join(here, '..', 'rules', 'prompts.yaml')));
  writeFileSync(join(dir, 'lists', 'emergency.csv'), 'number,name\n+13175550190,County dispatch\n');
  const customers = Array.from({ length: customerCount }, (_, i) => `+1${customerDigits(i)},Customer ${i}\n`);
  writeFileSync(join(dir, 'lists', 'customers.csv'), `number,name\n${customers.join('')}`);
  writeListCsv(join(dir, 'lists', 'blocked.csv'), listed);
}

/** The last line that the phase prints. */
function runPhase<T>(name: string, dir: string, more: string): Promise<T> {
  const program = fileURLToPath(new URL('./policy-phases.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const args = ['--expose-gc', program, name, dir, String(listed), more];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: phaseLimitMs,
      killSignal: 'SIGKILL',
    });
    let out = '';
    child.stdout.on('data', (piece) => {
      out += piece;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code !== 0) reject(new Error(`the phase ${name} ended with ${signal ?? code}`));
      else resolve(JSON.parse(out.trim().split('\n').at(-1) ?? '') as T);
    });
  });
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
