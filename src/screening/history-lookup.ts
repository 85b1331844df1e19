import type { CallFacts, CallHistory } from '../call/facts.ts';
import type { NoHistoryReason } from '../call/vocabulary.ts';
import type { Clock } from '../process/clock.ts';
import { withDeadline } from '../process/deadline.ts';
import { CallControlError, type CallerHistory } from './ports.ts';

interface HistoryLookup {
  readonly history: CallHistory | null;
  readonly reason: NoHistoryReason | null;
  /** Why it failed, for the log. */
  readonly error: unknown;
}

/** One look at what is known of a call, its caller's number withheld or not; never longer than `deadlineMs`. Never rejects. */
export async function lookUpHistory(
  source: CallerHistory,
  clock: Clock,
  facts: CallFacts,
  deadlineMs: number,
): Promise<HistoryLookup> {
  const startedAt = clock.now();
  try {
    const history = await withDeadline(
      () => source.read(facts, deadlineMs),
      deadlineMs,
      CallControlError.late,
      clock,
    );
    const isForged = facts.verification.result === 'failed';
    return { history: isForged ? withoutAdmissions(history) : history, reason: null, error: null };
  } catch (error) {
    const late = (error as { code?: unknown } | null)?.code === 'deadline';
    const reason = late || clock.now() - startedAt >= deadlineMs ? 'deadline' : 'unavailable';
    return { history: null, reason, error };
  }
}

/** A pass, a call back and an expected call are for the person whose number it is: a forged one has none of them. */
function withoutAdmissions(history: CallHistory | null): CallHistory | null {
  return history === null ? null : { ...history, passUntil: null, dialedUntil: null, expected: null };
}
