import { keyOfTraits, kindOf, type TraitKey, traitKinds } from './call-traits.ts';
import { type Campaign, type CampaignWords, returnsWithinMs } from './campaign.ts';
import { DistinctCount } from './distinct-count.ts';
import { longTalkMs, type SeenCall, shortTalkMs } from './seen-call.ts';

const quietMs = 3_600_000;
const staleMs = 2 * quietMs;
const rateMinutes = 10;
const minuteMs = 60_000;
/** Doubt about a campaign: people among its callers take this away, other callers give it back. */
const mostTrust = 8;

/** A campaign that is remembered, with what it takes to count on. */
export class RunningCampaign {
  #campaign: Campaign;
  readonly #numbers = new DistinctCount();
  readonly #calledNumbers = new DistinctCount();
  /** The same of calls that were counted before; they are seen again, in any order. */
  readonly #oldNumbers = new DistinctCount();
  readonly #oldCalledNumbers = new DistinctCount();
  /** What was counted before this process. */
  #before = { numbers: 0, calledNumbers: 0 };
  /** Calls that came before are counted already. */
  readonly #countedUntil: number;
  /** Minute since the epoch → calls; the last ten. */
  readonly #minutes = new Map<number, number>();
  #peak = 0;
  #trust = mostTrust;

  /** @param isRestored its calls so far are counted in it */
  constructor(campaign: Campaign, isRestored: boolean) {
    this.#campaign = campaign;
    this.#countedUntil = isRestored ? campaign.lastAt : Number.NEGATIVE_INFINITY;
    if (isRestored) this.#before = { numbers: campaign.numbers, calledNumbers: campaign.calledNumbers };
  }

  get campaign(): Campaign {
    return this.#campaign;
  }

  /** Every trait set of its calls. */
  get keys(): readonly TraitKey[] {
    const { traits, also = [] } = this.#campaign;
    return [traits, ...also].flatMap((each) => keyOfTraits(each) ?? []);
  }

  /** Counts a call of it, and begins it again when it was over. */
  add(call: SeenCall): void {
    call.campaign = this.#campaign.id;
    if (call.caller !== null) this.#numbers.add(call.caller);
    this.#calledNumbers.add(call.called);
    if (call.at <= this.#countedUntil) {
      if (call.caller !== null) this.#oldNumbers.add(call.caller);
      this.#oldCalledNumbers.add(call.called);
      this.#campaign = { ...this.#campaign, ...this.#different() };
      return;
    }
    const { state, calls, returns, peakAt, startedAt, lastAt } = this.#campaign;
    const minute = Math.floor(call.at / minuteMs);
    const inMinute = (this.#minutes.get(minute) ?? 0) + 1;
    this.#minutes.set(minute, inMinute);
    for (const one of this.#minutes.keys()) if (one <= minute - 2 * rateMinutes) this.#minutes.delete(one);
    const isPeak = inMinute > this.#peak;
    if (isPeak) this.#peak = inMinute;
    const isBack = state === 'over';
    this.#campaign = {
      ...this.#campaign,
      calls: calls + 1,
      ...this.#different(),
      // Calls are seen in the order in which they end.
      startedAt: Math.min(startedAt, call.at),
      lastAt: Math.max(lastAt, call.at),
      peakAt: isPeak ? minute * minuteMs : peakAt,
      ...(isBack && { state: 'active', endedAt: null, returns: returns + 1 }),
    };
    if (isBack) this.#trust = mostTrust;
  }

  #different(): Pick<Campaign, 'numbers' | 'calledNumbers'> {
    const { numbers, calledNumbers } = this.#before;
    return {
      numbers: numbers + this.#numbers.count - this.#oldNumbers.count,
      calledNumbers: calledNumbers + this.#calledNumbers.count - this.#oldCalledNumbers.count,
    };
  }

  /** What a caller with its traits did; people end it. */
  weigh(call: SeenCall, isKnown: boolean): void {
    const isSellers = this.#campaign.by === 'sellers';
    if (isKnown) this.#trust -= 1.5;
    else if (isSellers && call.talkMs !== null) {
      if (call.talkMs >= longTalkMs) this.#trust -= 1.5;
      else if (call.talkMs < shortTalkMs) this.#trust += 0.5;
    } else if (!isSellers && call.result !== null) this.#trust += call.result === 'passed' ? -1.5 : 0.5;
    this.#trust = Math.min(mostTrust, this.#trust);
    if (this.#campaign.state !== 'active' && this.#trust < mostTrust - 1)
      this.#campaign = { ...this.#campaign, returnsAtOnce: false };
  }

  /** Ends it when it is quiet or its callers are people. */
  tick(now: number): void {
    const minute = Math.floor(now / minuteMs);
    let calls = 0;
    for (const [one, many] of this.#minutes) if (one > minute - rateMinutes) calls += many;
    const { state, pinned, lastAt, returnsAtOnce } = this.#campaign;
    const isDoubtful = this.#trust <= 0;
    const isOver = state === 'active' && !pinned && (isDoubtful || now - lastAt > quietMs);
    const callsPerMinute = calls / rateMinutes;
    if (!isOver && callsPerMinute === this.#campaign.callsPerMinute) return;
    this.#campaign = {
      ...this.#campaign,
      callsPerMinute,
      ...(isOver && { state: 'over', endedAt: now, returnsAtOnce: returnsAtOnce && !isDoubtful }),
    };
  }

  heed({ name, pinned, dismissed, mergedInto }: CampaignWords, now: number): void {
    const { state, endedAt } = this.#campaign;
    const isEnded = dismissed === true || mergedInto !== undefined;
    const isUndone = dismissed === false && state === 'dismissed';
    this.#campaign = {
      ...this.#campaign,
      ...(name !== undefined && { name }),
      ...(pinned !== undefined && { pinned }),
      ...(pinned === true && state === 'over' && !isEnded && { state: 'active', endedAt: null }),
      ...(isEnded && { state: 'dismissed', endedAt: endedAt ?? now }),
      ...(isUndone && { state: 'over' }),
      ...(mergedInto !== undefined && { mergedInto }),
    };
  }

  /** Takes over the calls and traits of another one; once, however often it is asked. */
  absorb({ traits, also = [], calls, numbers, calledNumbers, startedAt, lastAt }: Campaign): void {
    const known = new Set(this.keys);
    const more = [traits, ...also].filter((each) => !known.has(keyOfTraits(each) ?? ''));
    if (more.length === 0) return;
    const own = this.#campaign;
    this.#before = {
      numbers: this.#before.numbers + numbers,
      calledNumbers: this.#before.calledNumbers + calledNumbers,
    };
    this.#campaign = {
      ...own,
      also: [...(own.also ?? []), ...more],
      calls: own.calls + calls,
      numbers: own.numbers + numbers,
      calledNumbers: own.calledNumbers + calledNumbers,
      startedAt: Math.min(own.startedAt, startedAt),
      lastAt: Math.max(own.lastAt, lastAt),
    };
  }
}

/** Whether a call with its traits, arriving at `now`, belongs to it. */
export function takesCalls({ state, returnsAtOnce, lastAt, pinned }: Campaign, now: number): boolean {
  // One whose end no watching node could note is over all the same.
  const isStale = !pinned && now - lastAt > staleMs;
  const isBack = state !== 'dismissed' && returnsAtOnce && now - lastAt < returnsWithinMs;
  return (state === 'active' && !isStale) || isBack;
}

export function mayReturnAtOnce(key: TraitKey): boolean {
  return traitKinds[kindOf(key)].recognizesFirst;
}
