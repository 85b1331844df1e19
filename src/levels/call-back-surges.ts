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
/** So many times the usual callers come on top of the limit. */
const unusual = 2;
/** At least this share of those who were asked pressed a key: robots that walk over numbers do not. */
const peopleShare = 0.6;
/** At most this share of all callers to the number are known, were dialed by us, or call again: a busy line has more. */
const otherShare = 0.25;
const maxNumbers = 2000;
/** "Did you call me?" takes no longer; somebody who wants something does. */
const shortTalkMs = 60_000;
/** Of fewer talks nothing is concluded. */
const fewTalks = 5;
const shortShare = 0.6;
const longShare = 0.75;

const kinds = [...callBackKinds, 'short-talk', 'long-talk'] as const;
type Kind = (typeof kinds)[number];

type Counts = ReturnType<RecentCalls<Kind>['counts']>;

/** Callers of the busiest half hour at this time of day. */
interface Usual {
  readonly fresh: number;
  readonly other: number;
}

/** Recognizes, for each called number of ours, that it was forged and that those who were called ring it back. */
export class CallBackSurges {
  readonly #recent = new Map<string, RecentCalls<Kind>>();
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
      recent = new RecentCalls<Kind>(kinds, windowMinutes);
      this.#recent.set(called, recent);
    }
    recent.add(kind, at);
    const surge = this.#surges.get(called);
    if (surge !== undefined && kind !== 'other')
      this.#surges.set(called, { ...surge, callers: surge.callers + 1 });
  }

  /** A caller whom we did not know was connected, and talked so long. @param at arrival, epoch ms */
  seeTalk(called: string, at: number, talkMs: number): void {
    this.#recent.get(called)?.add(talkMs < shortTalkMs ? 'short-talk' : 'long-talk', at);
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
      const others = `other:${called}`;
      const usual = { fresh: this.#usual.of(key, slot) ?? 0, other: this.#usual.of(others, slot) ?? 0 };
      this.#hold(called, fresh, usual, counts, now);
      this.#usual.saw(key, fresh, !this.#surges.has(called));
      this.#usual.saw(others, counts?.other ?? 0, !this.#surges.has(called));
    }
    return [...this.#surges.values()];
  }

  #hold(called: string, fresh: number, usual: Usual, counts: Counts | null, now: number): void {
    const limit = this.#options.limit() + unusual * usual.fresh;
    const surge = this.#surges.get(called);
    if (surge === undefined) {
      const isOne =
        counts !== null &&
        fresh >= limit &&
        this.#usual.watchedMs(now) >= watchedMs &&
        behavesAsVictims(counts, fresh, usual);
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
    if (counts !== null && wantSomething(counts)) {
      this.#surges.delete(called);
      return;
    }
    const belowSince = fresh >= limit / 2 ? null : (surge.belowSince ?? now);
    if (belowSince !== null && now - belowSince >= this.#options.calmAfterMs()) this.#surges.delete(called);
    else this.#surges.set(called, { ...surge, belowSince, until: now + holdMs });
  }
}

/** Who was not called by anybody presses 1 whatever they hear, and talks: recognized too early. */
function wantSomething(counts: Counts): boolean {
  const talks = counts['short-talk'] + counts['long-talk'];
  const asked = counts.person + counts['no-key'];
  return (
    talks >= 2 * fewTalks && counts['long-talk'] >= longShare * talks && counts.person >= longShare * asked
  );
}

function behavesAsVictims(counts: Counts, fresh: number, usual: Usual): boolean {
  const asked = counts.person + counts['no-key'];
  // Most must have been asked, or nothing tells people from robots.
  if (asked * 2 < fresh || counts.person < peopleShare * asked) return false;
  const talks = counts['short-talk'] + counts['long-talk'];
  // A number that people call every day may be called for a good reason: then what they talk decides.
  if (usual.fresh > 0 && talks < fewTalks) return false;
  if (talks >= fewTalks && counts['short-talk'] < shortShare * talks) return false;
  const other = Math.max(0, counts.other - usual.other);
  return other <= otherShare * (fresh + other);
}
