import type { Verdict } from '../call/verdict.ts';
import { verdictKinds, zeroFor } from '../call/vocabulary.ts';
import type { Acquaintance, Known } from './known-callers.ts';
import type { MissingFact } from './missing-facts.ts';

export type VerdictKind = Verdict['kind'];
export type KindCounts = { [K in VerdictKind]: number };

/** A call whose destination changes; numbers as recorded, masked when shown. */
export interface Example {
  readonly callId: string;
  /** Epoch ms. */
  readonly at: number;
  /** E.164, or why there is none. */
  readonly caller: string;
  readonly called: string;
  /** What lists call it; left out: nothing. */
  readonly calledName?: string;
  readonly known: Known;
}

/** Calls that moved from one rule and destination to another. */
export interface FlipGroup {
  readonly from: { readonly rule: string; readonly fate: string; readonly kind: VerdictKind };
  readonly to: { readonly rule: string; readonly fate: string; readonly kind: VerdictKind };
  calls: number;
  known: { [A in Acquaintance]: number };
  /** Of them: must-pass numbers, or formerly connected list members, who are worse off. */
  harmed: number;
  /** The best known callers, then the earliest calls. */
  examples: Example[];
}

export interface MissingCount extends MissingFact {
  calls: number;
}

/** What one lane counted; plain data, so that it travels between threads. */
export interface TallyData {
  calls: number;
  /** Not decided again and not among `calls`: the caller was forgotten, or is kept by a pseudonym. */
  withoutCaller: number;
  /** Decided before and now: the calls that could flip. */
  compared: number;
  same: number;
  /** Same destination by the same rule, with another label or other times. */
  otherDetails: number;
  /** Same destination by another rule. */
  otherRule: number;
  flips: number;
  harmed: number;
  bypassed: number;
  /** Facts without a decision. */
  undecided: number;
  /** Recorded under the very version that decided now, and yet not the same. */
  mismatches: number;
  unreadable: number;
  /** Where the first unreadable lines are. */
  unreadableAt: { readonly chunk: number; readonly line: number }[];
  before: KindCounts;
  now: KindCounts;
  groups: Map<string, FlipGroup>;
  missing: Map<string, MissingCount>;
  /** Calls that lacked any fact. */
  lacking: number;
  /** What monitor rules of the new policy would have done: rule and destination to calls. */
  monitored: Map<string, { rule: string; fate: string; calls: number }>;
}

const maxExamples = 5;
/** Above this only totals are kept. */
const maxGroups = 5000;
const maxUnreadable = 5;

export function emptyTally(): TallyData {
  const kinds = (): KindCounts => zeroFor(verdictKinds.words);
  return {
    calls: 0,
    withoutCaller: 0,
    compared: 0,
    same: 0,
    otherDetails: 0,
    otherRule: 0,
    flips: 0,
    harmed: 0,
    bypassed: 0,
    undecided: 0,
    mismatches: 0,
    unreadable: 0,
    unreadableAt: [],
    before: kinds(),
    now: kinds(),
    groups: new Map(),
    missing: new Map(),
    lacking: 0,
    monitored: new Map(),
  };
}

export function addFlip(
  tally: TallyData,
  from: FlipGroup['from'],
  to: FlipGroup['to'],
  example: Example,
  isHarmed: boolean,
): void {
  tally.flips++;
  if (isHarmed) tally.harmed++;
  const group = groupOf(tally, from, to);
  group.calls++;
  group.known[example.known.as]++;
  if (isHarmed) group.harmed++;
  addExamples(group, [example]);
}

export function addMissing(tally: TallyData, missing: readonly MissingFact[]): void {
  if (missing.length > 0) tally.lacking++;
  for (const one of missing) count(tally.missing, `${one.rule} ${one.question} ${one.why}`, one);
}

export function addMonitored(tally: TallyData, rule: string, fate: string): void {
  count(tally.monitored, `${rule} ${fate}`, { rule, fate });
}

export function addUnreadable(tally: TallyData, chunk: number, line: number): void {
  tally.unreadable++;
  if (tally.unreadableAt.length < maxUnreadable) tally.unreadableAt.push({ chunk, line });
}

/** Adds what another lane counted. */
export function mergeTally(into: TallyData, other: TallyData): void {
  const sums = [
    ...(['calls', 'compared', 'same', 'otherDetails', 'otherRule', 'flips', 'harmed', 'bypassed'] as const),
    ...(['undecided', 'mismatches', 'unreadable', 'lacking', 'withoutCaller'] as const),
  ];
  for (const key of sums) into[key] += other[key];
  for (const kind of verdictKinds.words) {
    into.before[kind] += other.before[kind];
    into.now[kind] += other.now[kind];
  }
  into.unreadableAt = [...into.unreadableAt, ...other.unreadableAt]
    .sort((a, b) => a.chunk - b.chunk || a.line - b.line)
    .slice(0, maxUnreadable);
  for (const theirs of other.groups.values()) {
    const group = groupOf(into, theirs.from, theirs.to);
    group.calls += theirs.calls;
    group.harmed += theirs.harmed;
    for (const as of ['must-pass', 'listed', 'passed', 'unknown'] as const)
      group.known[as] += theirs.known[as];
    addExamples(group, theirs.examples);
  }
  for (const [key, { calls, ...one }] of other.missing) count(into.missing, key, one, calls);
  for (const [key, { calls, ...one }] of other.monitored) count(into.monitored, key, one, calls);
}

function groupOf(tally: TallyData, from: FlipGroup['from'], to: FlipGroup['to']): FlipGroup {
  const key = `${from.rule} ${from.fate} > ${to.rule} ${to.fate}`;
  const found = tally.groups.get(key);
  if (found) return found;
  const known = { 'must-pass': 0, listed: 0, passed: 0, unknown: 0 };
  const group: FlipGroup = { from, to, calls: 0, known, harmed: 0, examples: [] };
  if (tally.groups.size < maxGroups) tally.groups.set(key, group);
  return group;
}

const order: readonly Acquaintance[] = ['must-pass', 'listed', 'passed', 'unknown'];

function addExamples(group: FlipGroup, more: readonly Example[]): void {
  const last = group.examples.at(-1);
  const isFull = group.examples.length >= maxExamples;
  const wanted = more.filter((one) => !isFull || last === undefined || before(one, last) < 0);
  if (wanted.length === 0) return;
  group.examples = [...group.examples, ...wanted].sort(before).slice(0, maxExamples);
}

/** Independent of which lane found it first. */
function before(a: Example, b: Example): number {
  return (
    order.indexOf(a.known.as) - order.indexOf(b.known.as) || a.at - b.at || (a.callId < b.callId ? -1 : 1)
  );
}

function count<T extends object>(
  counts: Map<string, T & { calls: number }>,
  key: string,
  one: T,
  calls = 1,
): void {
  const found = counts.get(key);
  if (found) found.calls += calls;
  else counts.set(key, { ...one, calls });
}
