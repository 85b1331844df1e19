import { hash } from 'node:crypto';
import type { CallFacts } from '../call/facts.ts';
import type { AfterExit, Outcome } from '../call/outcome.ts';
import { type CallGroup, CallGroups } from './call-groups.ts';
import { kindOf, type TraitKey, traitKeys, traitsOfKey } from './call-traits.ts';
import { type Campaign, type CampaignWords, returnsWithinMs } from './campaign.ts';
import { isAwaited } from './campaign-index.ts';
import { firstName, reasonOf } from './campaign-text.ts';
import { type Finding, fewestCallers, judge } from './evidence.ts';
import { PeopleMemory } from './people-memory.ts';
import { mayReturnAtOnce, RunningCampaign, takesCalls } from './running-campaign.ts';
import { longTalkMs, type SeenCall, seenCall, talkOf } from './seen-call.ts';
import { UsualCalls } from './usual-calls.ts';

/** Active ones and others. When all are active, no further one is recognized. */
const maxCampaigns = 300;
const keptMs = 90 * 86_400_000;
/** Callers whom a list knows are never taken for a campaign's; that they show a trait still says who uses it. */
const knownWeight = 0.2;

/**
 * Recognizes campaigns among finished calls. Pure: no I/O, no clock but the calls' times and `tick`; bounded memory whatever
 * numbers are invented. How it judges: docs/decisions/0040-campaigns.md.
 */
export class CampaignDetector {
  readonly #groups = new CallGroups();
  readonly #people = new PeopleMemory();
  readonly #usual = new UsualCalls();
  readonly #campaigns = new Map<string, RunningCampaign>();
  readonly #byKey = new Map<TraitKey, RunningCampaign>();

  /** A finished call; in about the order of arrival. `afterExit` when it is known by now; else it may come by `seeAfterExit`. */
  see(outcome: Outcome, afterExit: AfterExit | null = null): void {
    const { decision, bypass, facts, timings } = outcome;
    // Of a call that bypassed screening nobody knows who called.
    if (decision === null || bypass !== null) return;
    const call = seenCall(outcome, afterExit);
    // Who has passed once is no stranger to the rules, yet may be a seller whom they let through.
    const hasPass = (facts.history?.passUntil ?? 0) > facts.now;
    const isKnown = decision.known === true && !hasPass;
    const running = this.#runningOf(call.keys);
    if (running?.campaign.state === 'dismissed') return;
    if (isKnown) {
      this.#people.add(call.keys, knownWeight, call.at);
      this.#usual.add(call.called);
      running?.weigh(call, true);
      return;
    }
    const isPerson = this.#looksLikePerson(call);
    if (running !== null && takesCalls(running.campaign, call.at)) {
      running.weigh(call, false);
      // One who passes does not begin a campaign again.
      if (running.campaign.state === 'active' || !isPerson) running.add(call);
      if (isPerson && running.campaign.by === 'unanswered') this.#notePerson(call);
      return;
    }
    if (isPerson) this.#notePerson(call);
    this.#groups.add(call);
    this.#judge(call, facts.now + timings.exitMs);
  }

  /** What became of a connected call later: how long people talked. Of calls that are not remembered any more nothing happens. */
  seeAfterExit(callId: string, afterExit: AfterExit): void {
    const call = this.#groups.call(callId);
    const talkMs = talkOf(afterExit);
    if (call === null || talkMs === null || call.talkMs !== null) return;
    call.talkMs = talkMs;
    if (call.campaign !== null) {
      this.#campaigns.get(call.campaign)?.weigh(call, false);
      return;
    }
    if (call.isPerson && talkMs < longTalkMs) {
      call.isPerson = false;
      this.#people.add(call.keys, -1, call.at);
    } else if (!call.isPerson && talkMs >= longTalkMs) this.#notePerson(call);
    this.#judge(call, call.at);
  }

  /** Ends what is quiet. The active campaigns at `now` (epoch ms), the latest recognized first. */
  tick(now: number): readonly Campaign[] {
    this.#groups.forget(now);
    for (const [id, running] of this.#campaigns) {
      running.tick(now);
      const { state, lastAt, endedAt } = running.campaign;
      const isForgiven = state === 'dismissed' && now - (endedAt ?? now) > returnsWithinMs;
      if (isForgiven || (state !== 'active' && now - lastAt > keptMs)) this.#drop(id);
    }
    return this.all().filter(({ state }) => state === 'active');
  }

  /** Every campaign that is remembered, those over and dismissed too; the latest recognized first. */
  all(): readonly Campaign[] {
    const all = [...this.#campaigns.values()].map(({ campaign }) => campaign);
    return all.sort((a, b) => b.recognizedAt - a.recognizedAt);
  }

  /** The campaign that a call belongs to by what it shows on arrival; null: none. */
  matching(facts: CallFacts): Campaign | null {
    if (this.#byKey.size === 0 || isAwaited(facts)) return null;
    const running = this.#runningOf(traitKeys(facts));
    return running !== null && takesCalls(running.campaign, facts.now) ? running.campaign : null;
  }

  /** Campaigns that another process recognized, with the calls that it counted; before any call is seen. */
  restore(
    campaigns: readonly Campaign[],
    people: Parameters<PeopleMemory['restore']>[0] | null = null,
  ): void {
    if (people !== null) this.#people.restore(people);
    for (const campaign of campaigns)
      if (!this.#campaigns.has(campaign.id)) this.#keep(new RunningCampaign(campaign, true));
  }

  /** How many people show which traits, for `restore`. */
  learnt(now: number): ReturnType<PeopleMemory['learnt']> {
    return this.#people.learnt(now);
  }

  /** What staff said of a campaign; of one that is not remembered nothing happens. `now` in epoch ms. */
  heed(id: string, words: CampaignWords, now: number): void {
    const running = this.#campaigns.get(id);
    if (running === undefined) return;
    running.heed(words, now);
    const into = words.mergedInto === undefined ? undefined : this.#campaigns.get(words.mergedInto);
    if (into === undefined || into === running) return;
    into.absorb(running.campaign);
    for (const key of into.keys) this.#byKey.set(key, into);
  }

  /** For figures and tests of its bounds. */
  get sizes(): { readonly calls: number; readonly groups: number; readonly campaigns: number } {
    return { ...this.#groups.sizes, campaigns: this.#campaigns.size };
  }

  #judge(call: SeenCall, now: number): void {
    for (const key of call.keys) {
      const past = this.#byKey.get(key)?.campaign;
      const isBack = past !== undefined && call.at - past.lastAt < returnsWithinMs;
      const group = this.#groups.due(key, isBack ? fewestCallers.back : fewestCallers.new);
      if (group === null) continue;
      const finding = judge(group.calls, kindOf(key), {
        people: this.#people.weightOf(key, call.at),
        allPeople: this.#people.total(call.at),
        spanMs: this.#people.spanMs(call.at),
        ...this.#usual.shares(),
        isBack,
      });
      if (finding === null) continue;
      this.#recognize(group, finding, now);
      return;
    }
  }

  #recognize({ key, calls }: CallGroup, { from, by }: Finding, now: number): void {
    const own = calls.slice(from);
    const known = this.#byKey.get(key);
    const first = own[0];
    if (first === undefined) return;
    const isBack = known !== undefined && first.at - known.campaign.lastAt < returnsWithinMs;
    const running = isBack ? known : this.#begin(key, own, by, now);
    if (running === null) return;
    for (const call of own) {
      if (call.isPerson && by === 'sellers') this.#people.add(call.keys, -1, call.at);
      running.add(call);
    }
    running.tick(now);
    this.#groups.take(own);
  }

  /** Null: there are too many. */
  #begin(key: TraitKey, calls: readonly SeenCall[], by: Finding['by'], now: number): RunningCampaign | null {
    if (!this.#hasRoom()) return null;
    const startedAt = Math.min(now, ...calls.map(({ at }) => at));
    const digest = hash('sha256', key, 'hex');
    const day = new Date(startedAt).toISOString().slice(0, 10);
    const short = `c-${day}-${digest.slice(0, 4)}`;
    const id = this.#campaigns.has(short) ? `c-${day}-${digest.slice(0, 12)}` : short;
    const running = new RunningCampaign(
      {
        id,
        name: firstName(key, calls, digest.slice(0, 4)),
        reason: reasonOf(calls, key, by),
        traits: traitsOfKey(key),
        ...{ by, state: 'active', startedAt, recognizedAt: now, peakAt: startedAt, lastAt: startedAt },
        ...{ endedAt: null, returns: 0, calls: 0, numbers: 0, calledNumbers: 0, callsPerMinute: 0 },
        ...{ pinned: false, returnsAtOnce: mayReturnAtOnce(key) },
      },
      false,
    );
    this.#keep(running);
    return running;
  }

  #hasRoom(): boolean {
    if (this.#campaigns.size < maxCampaigns) return true;
    const past = this.all().filter(({ state, pinned }) => state !== 'active' && !pinned);
    const oldest = past.sort((a, b) => a.lastAt - b.lastAt)[0];
    if (oldest === undefined) return false;
    this.#drop(oldest.id);
    return true;
  }

  #keep(running: RunningCampaign): void {
    this.#campaigns.set(running.campaign.id, running);
    if (running.campaign.mergedInto === undefined)
      for (const key of running.keys) this.#byKey.set(key, running);
  }

  #drop(id: string): void {
    const running = this.#campaigns.get(id);
    this.#campaigns.delete(id);
    for (const key of running?.keys ?? []) if (this.#byKey.get(key) === running) this.#byKey.delete(key);
  }

  /** One that takes calls goes before one that is over. */
  #runningOf(keys: readonly TraitKey[]): RunningCampaign | null {
    let past: RunningCampaign | null = null;
    for (const key of keys) {
      const running = this.#byKey.get(key);
      if (running?.campaign.state === 'active') return running;
      past ??= running ?? null;
    }
    return past;
  }

  #looksLikePerson({ result, talkMs }: SeenCall): boolean {
    if (talkMs !== null) return talkMs >= longTalkMs;
    return result === 'passed';
  }

  #notePerson(call: SeenCall): void {
    call.isPerson = true;
    this.#people.add(call.keys, 1, call.at);
    this.#usual.add(call.called);
  }
}
