import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BacktestReport } from '../src/backtest/backtest-report.ts';
import { loadRules } from '../src/rules/read-rules.ts';
import { writeRecordedCalls } from './recorded-calls.ts';

const root = join(import.meta.dirname, '..');
const program = join(root, 'src/cli/gatehouse.ts');
const rules = join(root, 'rules');

interface Measured {
  readonly ms: number;
  /** Of all threads and the start together. */
  readonly processorMs: number;
  /** Greatest resident memory of the whole process, threads included. */
  readonly peakMiB: number;
  readonly report: BacktestReport;
}

/**
 * `npm run bench -- backtest [--calls 1000000] [--json]`: records so many calls, then runs `gatehouse backtest` on them as
 * a process of its own: by the same rules (nothing may change), and by edited ones.
 */
export async function runBacktestBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { calls: { type: 'string', default: '1000000' }, json: { type: 'boolean', default: false } },
  });
  const dir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  try {
    const { policy } = await loadRules(rules);
    if (policy === null) throw new Error('the shipped rules are refused');
    const file = join(dir, 'calls.jsonl');
    process.stderr.write(`recording ${values.calls} calls …\n`);
    const bytes = await writeRecordedCalls(file, policy, Number(values.calls));
    const edited = join(dir, 'edited');
    await cp(rules, edited, { recursive: true });
    // Cases say what shall not change; this edit changes it.
    await rm(join(edited, 'cases'), { recursive: true, force: true });
    const policyFile = join(edited, 'policy.yaml');
    const text = await readFile(policyFile, 'utf8');
    await writeFile(
      policyFile,
      text.replace('challenge: { kind: press-1,', 'challenge: { kind: two-digits,'),
    );
    const same = await measured(file, rules);
    const changed = await measured(file, edited);
    const result = {
      calls: same.report.calls,
      bytes,
      backtestMs: same.ms,
      processorMs: same.processorMs,
      callsPerSecond: Math.round((same.report.calls * 1000) / same.ms),
      peakMiB: Math.max(same.peakMiB, changed.peakMiB),
      sameRules: { same: same.report.same, flips: same.report.flips, mismatches: same.report.mismatches },
      editedRules: { backtestMs: changed.ms, same: changed.report.same, flips: changed.report.flips },
    };
    process.stdout.write(
      values.json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`,
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function measured(file: string, dir: string): Promise<Measured> {
  const began = performance.now();
  const args = [program, 'backtest', '--rules', dir, '--calls', file, '--json'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let peakKiB = 0;
  let processorMs = 0;
  const watch = setInterval(() => {
    peakKiB = Math.max(peakKiB, highWaterKiB(child.pid));
    processorMs = Math.max(processorMs, processorMsOf(child.pid));
  }, 50);
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(watch);
  if (code !== 0 && code !== 1) throw new Error(`gatehouse backtest ended with ${code}`);
  const ms = Math.round(performance.now() - began);
  return { ms, processorMs, peakMiB: Math.round(peakKiB / 1024), report: JSON.parse(out) as BacktestReport };
}

/** utime and stime of proc(5), in its ticks of 10 ms; 0 where there is none. */
function processorMsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return 0;
  }
}

/** VmHWM of proc(5); 0 where there is none. */
function highWaterKiB(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
