import { type NameOf, noNames } from '../call/called-name.ts';
import type { Known } from './known-callers.ts';
import type { BacktestOutcome } from './run-backtest.ts';
import type { Example, FlipGroup, KindCounts, MissingCount } from './tally.ts';

/** The result of a backtest, for programs; also what its words are made of. */
export interface BacktestReport {
  readonly rules: { readonly dir: string; readonly version: string };
  /** Null: compared with what was decided. */
  readonly against: { readonly dir: string; readonly version: string } | null;
  readonly calls: number;
  /** Not decided again: the caller was forgotten, or is kept by a pseudonym. */
  readonly withoutCaller: number;
  readonly compared: number;
  readonly same: number;
  readonly otherDetails: number;
  readonly otherRule: number;
  readonly flips: number;
  /** Must-pass numbers and formerly connected list members who are worse off: more than none fails the backtest. */
  readonly harmed: number;
  /** Decided again, but never counted as flips. */
  readonly notCompared: { readonly bypassed: number; readonly undecided: number };
  /** Recorded under the version that decided now, and yet not the same; more than none is a fault of Gatehouse. */
  readonly mismatches: number;
  readonly unreadable: { readonly lines: number; readonly first: readonly number[] };
  readonly before: KindCounts;
  readonly now: KindCounts;
  /** Harmed callers first, then known ones, then most calls. */
  readonly groups: readonly (Readonly<FlipGroup> & { readonly kind: string })[];
  readonly missing: { readonly calls: number; readonly facts: readonly MissingCount[] };
  /** What the monitor rules of the new policy would have done. */
  readonly monitored: readonly { readonly rule: string; readonly fate: string; readonly calls: number }[];
}

export interface ReportOptions {
  readonly rules: string;
  readonly against: string | null;
  /** Masks numbers of people, or does not. */
  readonly shown: (number: string) => string;
  /** What our own numbers are called, which are never masked. */
  readonly nameOf?: NameOf;
}

export function backtestReport(
  { versions, tally, unreadableLines }: BacktestOutcome,
  options: ReportOptions,
): BacktestReport {
  const { rules, against, shown, nameOf = noNames } = options;
  const { calls, withoutCaller, compared, same, otherDetails, otherRule, flips, harmed } = tally;
  const { mismatches, before, now } = tally;
  const groups = [...tally.groups.values()].sort(
    (a, b) => b.harmed - a.harmed || knownCalls(b) - knownCalls(a) || b.calls - a.calls,
  );
  return {
    rules: { dir: rules, version: versions.rules },
    against: against === null ? null : { dir: against, version: versions.against ?? '' },
    ...{ calls, withoutCaller, compared, same, otherDetails, otherRule, flips, harmed },
    notCompared: { bypassed: tally.bypassed, undecided: tally.undecided },
    mismatches,
    unreadable: { lines: tally.unreadable, first: unreadableLines },
    before,
    now,
    groups: groups.map((group) => ({
      kind: `${group.from.kind}→${group.to.kind}`,
      ...group,
      examples: group.examples.map((one) => withNumbers(one, shown, nameOf)),
    })),
    missing: { calls: tally.lacking, facts: mostFirst([...tally.missing.values()]) },
    monitored: mostFirst([...tally.monitored.values()]),
  };
}

/** Calls of people we know, in a group. */
export function knownCalls({ known }: Pick<FlipGroup, 'known'>): number {
  return known['must-pass'] + known.listed + known.passed;
}

export function knownWords({ as, list }: Known): string {
  if (as === 'must-pass') return `must pass (${list})`;
  if (as === 'listed') return `listed (${list})`;
  return as === 'passed' ? 'passed before' : 'not known';
}

/** The call id holds no number of a person; the linked and SIP ids, which may, are not shown. */
function withNumbers(example: Example, shown: (number: string) => string, nameOf: NameOf): Example {
  const caller = example.caller.startsWith('+') ? shown(example.caller) : example.caller;
  const calledName = nameOf(example.called);
  return { ...example, caller, ...(calledName !== null && { calledName }) };
}

/** Independent of which thread counted first. */
function mostFirst<Row extends { readonly calls: number; readonly rule: string }>(rows: Row[]): Row[] {
  return rows.sort((a, b) => b.calls - a.calls || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0));
}
