import { bypassOf } from '../../src/call/disposition.ts';
import type { Judgment } from './compare.ts';
import { type Fault, longestWaitMs } from './compare.ts';

/** Known callers wait so long at most, at the 99th percentile. */
const knownP99Ms = 8000;

export interface ChaosSummary {
  readonly calls: number;
  readonly lost: number;
  readonly missing: number;
  readonly doubled: number;
  readonly contradicted: number;
  /** Records that say that they do not know; most of them are of calls that ended with Asterisk. */
  readonly unknown: number;
  /** Those of calls that did not end with Asterisk. */
  readonly unknownWithoutCause: number;
  /** Decided by the policy, and carried out. */
  readonly screened: number;
  readonly endedWithAsterisk: number;
  /** Pressed the 1 that was asked, and got to a mailbox. */
  readonly lostTheirPress: number;
  readonly waitSecondsMax: number;
  /** By kind of caller; `known` are all who are on a list. */
  readonly waitSecondsP99: Readonly<Record<string, number>>;
  readonly bypassed: Readonly<Record<string, number>>;
}

export function summarize(judgments: readonly Judgment[]): ChaosSummary {
  const count = (fault: Fault): number =>
    judgments.filter(({ findings }) => findings.some((one) => one.fault === fault)).length;
  const waits = judgments.flatMap(({ story, waitMs }) =>
    waitMs === null ? [] : [{ kind: story.kind, waitMs }],
  );
  const kinds = [...new Set(waits.map(({ kind }) => kind.id))].sort();
  const p99 = (of: typeof waits): number =>
    seconds(
      percentile(
        of.map(({ waitMs }) => waitMs),
        0.99,
      ),
    );
  const bypassed: Record<string, number> = {};
  for (const { outcome, realExit } of judgments.flatMap(({ records }) => records)) {
    const reason = bypassOf(outcome, realExit);
    if (reason !== null) bypassed[reason] = (bypassed[reason] ?? 0) + 1;
  }
  return {
    calls: judgments.length,
    lost: count('lost'),
    missing: count('missing'),
    doubled: count('doubled'),
    contradicted: count('contradicted'),
    unknown: judgments.filter(({ isUnknown }) => isUnknown).length,
    unknownWithoutCause: judgments.filter(isUnknownWithoutCause).length,
    screened: judgments.filter(isScreened).length,
    endedWithAsterisk: judgments.filter((one) => one.endedWithAsterisk).length,
    lostTheirPress: judgments.filter((one) => one.lostItsPress).length,
    waitSecondsMax: seconds(Math.max(0, ...waits.map(({ waitMs }) => waitMs))),
    waitSecondsP99: {
      known: p99(waits.filter(({ kind }) => kind.isKnown)),
      ...Object.fromEntries(kinds.map((id) => [id, p99(waits.filter(({ kind }) => kind.id === id))])),
    },
    bypassed,
  };
}

export function isScreened({ records }: Judgment): boolean {
  return records.some(
    ({ outcome, realExit }) => bypassOf(outcome, realExit) === null && outcome.decision !== null,
  );
}

/** What is not as it must be, in words; empty when all is well. */
export function complaints(summary: ChaosSummary): string[] {
  const { lost, missing, doubled, contradicted, waitSecondsMax, waitSecondsP99 } = summary;
  const counted = Object.entries({ lost, missing, doubled, contradicted })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  if (waitSecondsMax * 1000 > longestWaitMs) counted.push(`a caller waited ${waitSecondsMax} s`);
  const known = waitSecondsP99.known ?? 0;
  if (known * 1000 > knownP99Ms) counted.push(`known callers waited ${known} s at p99`);
  return counted;
}

function isUnknownWithoutCause({ isUnknown, endedWithAsterisk }: Judgment): boolean {
  return isUnknown && !endedWithAsterisk;
}

/** Allowed, and worth a look. */
export function notable(judgments: readonly Judgment[]): Judgment[] {
  return judgments.filter((one) => one.lostItsPress || isUnknownWithoutCause(one));
}

/** Calls to print in full: each with a finding, and each that waited too long. */
export function offending(judgments: readonly Judgment[]): Judgment[] {
  return judgments.filter(
    ({ findings, waitMs, story }) =>
      findings.length > 0 || (waitMs ?? 0) > (story.kind.isKnown ? knownP99Ms : longestWaitMs),
  );
}

/** Nearest rank; 0 of nothing. */
function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(2));
}
