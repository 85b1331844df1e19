import type { Outcome } from '../call/outcome.ts';
import type { CallBackSurge } from './level-state.ts';
import { RecentCalls } from './recent-calls.ts';
import type { UsualCalls } from './usual-calls.ts';
import { callBackKind, callBackKinds } from './watched-call.ts';

/** Victims call back for hours; half an hour of them tells. */
const windowMinutes = 30;
const holdMs = 2_700_000;
/** Before that, a number that has many callers each day cannot be told from one that never had any. */
const watchedMs = 86_400_000;
/** How often as many as usual. */
const unusual = 4;
/** At least this share of those who were asked pressed a key: robots that walk over numbers do not. */
const peopleShare = 0.6;
/** At most this share of all callers to the number are known, were dialed by us, or call again: a busy line has more. */
const otherShare = 0.25;
const maxNumbers = 2000;

type Counts = ReturnType<RecentCalls<(typeof callBackKinds)[number]>['counts']>;

/** Recognizes, for each called number of ours, that it was forged and that those who were called ring it back. */
export class CallBackSurges {
  readonly #recent = new Map<string, RecentCalls<(typeof callBackKinds)[number]>>();
  readonly #surges = new Map<string, CallBackSurge>();
  readonly #usual: UsualCalls;
  readonly #options: { readonly limit: () => number; readonly calmAfterMs: () => number };

  constructor(
    usual: UsualCalls,
    options: { readonly limit: () => number; readonly calmAfterMs: () => number },
  ) {
    this.#usual = usual;
    this.#options = options;
  }

  /** @param at arrival, epoch ms */
  see(outcome: Outcome, at: number): void {
    const called = outcome.facts.called.number;
    const kind = callBackKind(outcome);
    if (called === null || kind === null) return;
    let recent = this.#recent.get(called);
    if (recent === undefined) {
      if (this.#recent.size >= maxNumbers) return;
      recent = new RecentCalls(callBackKinds, windowMinutes);
      this.#recent.set(called, recent);
    }
    recent.add(kind, at);
    const surge = this.#surges.get(called);
    if (surge !== undefined && kind !== 'other')
      this.#surges.set(called, { ...surge, callers: surge.callers + 1 });
  }

  forget(): void {
    this.#recent.clear();
    this.#surges.clear();
  }

  resume(surges: readonly CallBackSurge[]): void {
    for (const surge of surges) this.#surges.set(surge.called, surge);
  }

  /** What holds at `now` (epoch ms); `slot`: its hour, as UsualCalls has it. */
  tick(now: number, slot: number): readonly CallBackSurge[] {
    for (const [called, recent] of this.#recent) if (recent.isOver(now)) this.#recent.delete(called);
    for (const called of new Set([...this.#recent.keys(), ...this.#surges.keys()])) {
      const counts = this.#recent.get(called)?.counts(now) ?? null;
      const fresh = counts === null ? 0 : counts.person + counts['no-key'] + counts.unasked;
      const key = `fresh:${called}`;
      const limit = Math.max(this.#options.limit(), unusual * (this.#usual.of(key, slot) ?? 0));
      this.#hold(called, fresh, limit, counts, now);
      this.#usual.saw(key, fresh, !this.#surges.has(called));
    }
    return [...this.#surges.values()];
  }

  #hold(called: string, fresh: number, limit: number, counts: Counts | null, now: number): void {
    const surge = this.#surges.get(called);
    if (surge === undefined) {
      const isOne =
        counts !== null &&
        fresh >= limit &&
        this.#usual.watchedMs(now) >= watchedMs &&
        behavesAsVictims(counts, fresh);
      if (isOne)
        this.#surges.set(called, {
          called,
          since: now,
          until: now + holdMs,
          callers: fresh,
          belowSince: null,
        });
      return;
    }
    // Whoever hears that we did not call hangs up, so that only the number of callers counts from here on.
    const belowSince = fresh >= limit / 2 ? null : (surge.belowSince ?? now);
    if (belowSince !== null && now - belowSince >= this.#options.calmAfterMs()) this.#surges.delete(called);
    else this.#surges.set(called, { ...surge, belowSince, until: now + holdMs });
  }
}

function behavesAsVictims(counts: Counts, fresh: number): boolean {
  const asked = counts.person + counts['no-key'];
  // Most must have been asked, or nothing tells people from robots.
  if (asked * 2 < fresh || counts.person < peopleShare * asked) return false;
  return counts.other <= otherShare * (fresh + counts.other);
}
