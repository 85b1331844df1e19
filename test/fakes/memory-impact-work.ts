import type { FollowUp, FollowUps, MissedCall } from '../../src/call/staff/follow-ups.ts';
import type { Expectation, ImpactWork } from '../../src/report/web/impact/impact-work.ts';

/** What staff did for callers, in memory. `away` makes every method reject. */
export class MemoryImpactWork implements ImpactWork {
  away = false;
  readonly done = new Map<string, FollowUp>();
  readonly calls = new Map<string, Expectation>();

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

  readonly expected: ImpactWork['expected'] = {
    list: async (now) => {
      this.#reach();
      return [...this.calls.values()].filter(({ until }) => until > now);
    },
    add: async (call) => {
      this.#reach();
      this.calls.set(`${call.caller} ${call.called}`, call);
    },
    remove: async (caller, called) => {
      this.#reach();
      return this.calls.delete(`${caller} ${called}`);
    },
  };

  #reach(): void {
    if (this.away) throw new Error('Redis is away');
  }
}
