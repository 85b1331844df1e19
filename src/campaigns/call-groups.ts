import type { TraitKey } from './call-traits.ts';
import type { SeenCall } from './seen-call.ts';

/** How many calls are remembered, and how long: some 40 MB when each shows other traits. */
const maxCalls = 20_000;
const keptMs = 3 * 86_400_000;
/** The latest calls of a trait set by which it is judged. */
const mostOfGroup = 256;
/** Smaller groups are judged with each call, larger ones with every sixteenth part. */
const judgedPart = 16;

export interface CallGroup {
  readonly key: TraitKey;
  /** In about the order of arrival. */
  readonly calls: SeenCall[];
  /** Calls since it was judged. */
  unjudged: number;
}

/** The latest calls of unknown callers, grouped by each trait set that they show. */
export class CallGroups {
  readonly #groups = new Map<TraitKey, CallGroup>();
  /** In the order in which they were seen; the first `#gone` are forgotten. */
  #calls: SeenCall[] = [];
  #gone = 0;
  readonly #byId = new Map<string, SeenCall>();

  /** The call and its groups that are to be judged again. */
  add(call: SeenCall): void {
    this.forget(call.at);
    this.#calls.push(call);
    this.#byId.set(call.callId, call);
    for (const key of call.keys) {
      const group = this.#groups.get(key);
      if (group === undefined) this.#groups.set(key, { key, calls: [call], unjudged: 1 });
      else {
        group.calls.push(call);
        group.unjudged++;
        if (group.calls.length > mostOfGroup) group.calls.shift();
      }
    }
  }

  call(callId: string): SeenCall | null {
    return this.#byId.get(callId) ?? null;
  }

  /** The group of that trait set when enough came to judge it again. */
  due(key: TraitKey, fewest: number): CallGroup | null {
    const group = this.#groups.get(key);
    if (group === undefined || group.calls.length < fewest) return null;
    if (group.unjudged < Math.max(1, group.calls.length / judgedPart)) return null;
    group.unjudged = 0;
    return group;
  }

  /** Takes calls out of all groups: they belong to a campaign now. */
  take(calls: readonly SeenCall[]): void {
    const taken = new Set(calls);
    for (const key of new Set(calls.flatMap(({ keys }) => keys))) {
      const group = this.#groups.get(key);
      if (group === undefined) continue;
      const rest = group.calls.filter((call) => !taken.has(call));
      if (rest.length === 0) this.#groups.delete(key);
      else group.calls.splice(0, group.calls.length, ...rest);
    }
  }

  /** What is too old, and what is too many. */
  forget(now: number): void {
    for (;;) {
      const oldest = this.#calls[this.#gone];
      if (oldest === undefined) break;
      if (this.#calls.length - this.#gone < maxCalls && now - oldest.at <= keptMs) break;
      this.#gone++;
      this.#byId.delete(oldest.callId);
      for (const key of oldest.keys) {
        const group = this.#groups.get(key);
        if (group?.calls[0] !== oldest) continue;
        group.calls.shift();
        if (group.calls.length === 0) this.#groups.delete(key);
      }
    }
    if (this.#gone > 1024 && this.#gone * 2 > this.#calls.length) {
      this.#calls = this.#calls.slice(this.#gone);
      this.#gone = 0;
    }
  }

  /** For figures. */
  get sizes(): { readonly calls: number; readonly groups: number } {
    return { calls: this.#calls.length - this.#gone, groups: this.#groups.size };
  }
}
