import type { CallRecord } from '../../../../call/call-records.ts';
import type { CallHistory } from '../../../../call/facts.ts';
import type { CallerAction } from '../../../../call/staff/caller-actions.ts';
import type { CallFlags } from '../../../../call/staff/caller-flags.ts';
import { answered, NotAnswered } from '../../answered.ts';
import type { Expectation } from '../../callers/about-callers.ts';
import type { PageDeps } from '../../page-deps.ts';

/** After this the page is shown without it. */
const deadlineMs = 1000;

/** What Redis has of a caller beside the calls. */
export interface KeptOfCaller {
  readonly flags: CallFlags | null;
  /** What rules would be told of the next call. */
  readonly history: CallHistory | null;
  /** Epoch ms; null: the caller did not opt out. */
  readonly optedOutAt: number | null;
  /** Calls since then; null: not opted out. */
  readonly callsSince: number | null;
  readonly expected: readonly Expectation[];
  /** Newest first. */
  readonly actions: readonly CallerAction[];
}

export async function keptOfCaller(
  { outcome: { facts, callId } }: CallRecord,
  { flagging, callers, records, now }: PageDeps,
): Promise<KeptOfCaller | 'not-answered' | null> {
  const { number } = facts.caller;
  if (number === null || flagging === undefined) return null;
  const at = now();
  const read = Promise.all([
    flagging.flags.read(number, callId),
    flagging.actions.of(number),
    callers?.history({ ...facts, now: at }) ?? null,
    callers?.optedOutAt(number) ?? null,
    callers?.expected.ofCaller(number, at) ?? [],
  ]);
  try {
    const [flags, actions, history, optedOutAt, expected] = await answered(read, deadlineMs);
    const callsSince =
      optedOutAt === null
        ? null
        : (
            await answered(records.counts('where', { since: optedOutAt, until: at + 60_000, caller: number }))
          ).reduce((sum, { calls }) => sum + calls, 0);
    return { flags, actions, history, optedOutAt, callsSince, expected };
  } catch (error) {
    if (error instanceof NotAnswered) return 'not-answered';
    throw error;
  }
}
