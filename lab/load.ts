import type { CallerOptions, NotedMessage } from './caller.ts';
import type { CallerScript } from './caller-scenario.ts';
import type { Lab } from './lab.ts';

export interface LoadOptions extends Pick<CallerOptions, 'localAddress' | 'numbers'> {
  readonly callsPerSecond: number;
  readonly seconds: number;
  /** What SIPp has after the last call began until every call must be over; 40,000. Calls that are not have failed. */
  readonly graceMs?: number;
}

export interface LoadResult {
  readonly calls: number;
  /** Calls that did not go as the script wants: not answered, or ended by the other side. */
  readonly failed: number;
  /** Of the answered calls, from INVITE to 200, ms, to the microsecond. Null when there is none. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** Calls in the order in which they began. */
  readonly setUps: readonly SetUp[];
}

export interface SetUp {
  /** Epoch ms of the first INVITE. */
  readonly at: number;
  /** Until its 200; null: none came. */
  readonly ms: number | null;
}

/**
 * Many calls of one script at a steady rate, on a lab that is up; resolves when all are over. The times are those at which
 * SIPp itself sent and received (its statistics are as coarse as the kernel's ticks, 4 ms).
 */
export async function runLoad(
  lab: Pick<Lab, 'ring'>,
  script: CallerScript,
  { callsPerSecond, seconds, graceMs = 40_000, ...options }: LoadOptions,
): Promise<LoadResult> {
  const calls = Math.round(callsPerSecond * seconds);
  const timeoutMs = seconds * 1000 + graceMs;
  const caller = await lab.ring(script, {
    ...options,
    ...{ calls, rate: callsPerSecond, timeoutMs, noteMessages: true },
  });
  const ended = await caller.finished();
  const setUps = setUpsOf(await caller.messages());
  const times = setUps.flatMap(({ ms }) => ms ?? []).sort((a, b) => a - b);
  const wellDone = [...ended.calls.values()].filter((how) => how.join(' ') === 'answered hung-up').length;
  return {
    calls,
    failed: calls - wellDone,
    p50Ms: percentile(times, 50),
    p99Ms: percentile(times, 99),
    maxMs: percentile(times, 100),
    setUps,
  };
}

function setUpsOf(messages: readonly NotedMessage[]): SetUp[] {
  const calls = new Map<string, { at: number; ms: number | null }>();
  for (const { at, sent, callId, sequence, firstLine } of messages) {
    if (sequence !== '1 INVITE') continue;
    const call = calls.get(callId);
    if (sent && call === undefined) calls.set(callId, { at, ms: null });
    else if (call?.ms === null && firstLine.startsWith('SIP/2.0 200')) call.ms = at - call.at;
  }
  return [...calls.values()];
}

/** Of sorted values: the least that so many percent do not exceed. */
function percentile(sorted: readonly number[], percent: number): number | null {
  const value = sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
  return value === undefined ? null : Number(value.toFixed(3));
}
