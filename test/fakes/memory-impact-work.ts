import type { FollowUp, FollowUps, MissedCall } from '../../src/call/staff/follow-ups.ts';
import type { ImpactWork } from '../../src/report/web/impact/impact-work.ts';

/** What staff did for callers, in memory. `away` makes every method reject. */
export class MemoryImpactWork implements ImpactWork {
  away = false;
  readonly done = new Map<string, FollowUp>();
  /** Those that are expected. */
  calls: Awaited<ReturnType<ImpactWork['expected']>> = [];

  readonly followUps: FollowUps = {
    read: async (calls) => {
      this.#reach();
      return new Map(
        calls.flatMap(({ callId }) => {
          const found = this.done.get(callId);
          return found === undefined ? [] : [[callId, found] as const];
        }),
      );
    },
    count: async () => {
      this.#reach();
      return this.done.size;
    },
    done: async ({ callId }: MissedCall, followUp: FollowUp) => {
      this.#reach();
      if (this.done.has(callId)) return false;
      this.done.set(callId, followUp);
      return true;
    },
    undo: async ({ callId }: MissedCall) => {
      this.#reach();
      return this.done.delete(callId);
    },
  };

  expected: ImpactWork['expected'] = async (now) => {
    this.#reach();
    return this.calls.filter(({ until }) => until > now);
  };

  #reach(): void {
    if (this.away) throw new Error('Redis is away');
  }
}
