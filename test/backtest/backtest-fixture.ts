import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BacktestReport, backtestReport } from '../../src/backtest/backtest-report.ts';
import { type CallSource, joined } from '../../src/backtest/call-source.ts';
import { runBacktest } from '../../src/backtest/run-backtest.ts';
import type { CallFacts } from '../../src/call/facts.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { outcomeOf } from '../../src/screening/call-record.ts';
import { sampleFacts } from '../fakes/sample-outcome.ts';

/** A copy of rules that can be edited, and calls recorded under it. */
export class BacktestFixture {
  readonly dir = mkdtempSync(join(tmpdir(), 'gatehouse-backtest-'));
  readonly rules = join(this.dir, 'rules');

  constructor() {
    cpSync('test/backtest/rules', this.rules, { recursive: true });
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** A copy of the rules with a file changed. */
  edited(name: string, path: string, change: (text: string) => string): string {
    const copy = join(this.dir, name);
    cpSync(this.rules, copy, { recursive: true });
    const file = join(copy, path);
    const before = readFileSync(file, 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${path} changed nothing`);
    writeFileSync(file, after);
    return copy;
  }

  async policy(dir = this.rules): Promise<Policy> {
    const { policy, problems } = await loadRules(dir);
    if (policy === null) throw new Error(problems.map(({ message }) => message).join('\n'));
    return policy;
  }

  file(name: string, content: string | Uint8Array): string {
    const path = join(this.dir, name);
    writeFileSync(path, content);
    return path;
  }
}

export function callFrom(id: string, number: string | null, changes: Partial<CallFacts> = {}): CallFacts {
  const facts = sampleFacts(`n1/${id}`);
  const reason = number === null ? 'withheld' : null;
  return { ...facts, caller: { number, reason, raw: number ?? '', displayName: 'Jo' }, ...changes };
}

/** The outcome as a Gatehouse with this policy records it; a challenge is passed. */
export function recorded(facts: CallFacts, policy: Policy, changes: Partial<Outcome> = {}): Outcome {
  const decision = decide(facts, policy);
  const { verdict } = decision;
  const timings = { historyMs: 3, decidedMs: 4, answeredMs: null, exitMs: 50 };
  const exit = verdict.kind === 'challenge' ? verdict.passed : verdict;
  const outcome = outcomeOf({ facts, decision, challenge: null, adopted: false, timings }, { exit });
  return { ...outcome, ...changes };
}

export function lines(rows: readonly unknown[]): string {
  return rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('');
}

/** In as many chunks as wanted, so that threads come into play. */
export function sourceOf(rows: readonly unknown[], perChunk = rows.length): CallSource {
  return {
    total: rows.length,
    async *chunks(progress) {
      for (let at = 0; at < rows.length; at += perChunk) {
        yield joined([Buffer.from(lines(rows.slice(at, at + perChunk)))]);
        progress(Math.min(at + perChunk, rows.length));
      }
    },
  };
}

export async function backtest(
  rows: readonly unknown[],
  rules: string,
  {
    against = null,
    threads = 0,
    perChunk,
  }: { against?: string | null; threads?: number; perChunk?: number } = {},
): Promise<BacktestReport> {
  const outcome = await runBacktest({
    ...{ rules, against, threads, lists: null, between: null },
    source: sourceOf(rows, perChunk),
  });
  return backtestReport(outcome, { rules, against, shown: (number) => number });
}
