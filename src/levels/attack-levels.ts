import type { LevelLimit, LevelLimits } from '../call/attack-levels.ts';
import type { AfterExit, Outcome } from '../call/outcome.ts';
import { attackLevels } from '../call/vocabulary.ts';
import { CallBackSurges } from './call-back-surges.ts';
import type { LevelScope, LevelState, ScopeLevel } from './level-state.ts';
import { RecentCalls } from './recent-calls.ts';
import { type SavedUsual, UsualCalls, usualSlots } from './usual-calls.ts';
import { type CallKind, callKinds, levelKind } from './watched-call.ts';

const windowMinutes = 10;
const windowMs = windowMinutes * 60_000;
/** A level outlives the node that found it by so long: the next one has read the last hour again by then. */
const holdMs = 1_800_000;
const unusual = 3;
/** More called numbers than that are not counted one by one. */
const maxScopes = 3000;
/** Clocks of nodes differ by less. */
const maxAheadMs = 60_000;
/** Calls whose talk is waited for. */
const maxTalks = 5000;
/** Nobody talks to a robot for so long. */
const longTalkMs = 30_000;
/** A clock that was set back further would keep levels for as long. */
const maxBackMs = 600_000;

/** What is asked of a campaign here. */
export interface ActiveCampaign {
  readonly id: string;
  readonly state: string;
  readonly lastAt: number;
  readonly callsPerMinute: number;
  readonly traits: { readonly calledNumber?: string | undefined };
}

export interface AttackLevelsOptions {
  /** Those of the rules in force. */
  readonly limits: () => LevelLimits;
  /** Ids of the lists of called numbers that this number (E.164) is on. */
  readonly departmentsOf: (called: string) => readonly string[];
  /** The hour of `at` (epoch ms) where we are, 0 to 23, and 24 to 47 at weekends. Left out: by UTC. */
  readonly slotOf?: (at: number) => number;
}

interface Talk {
  readonly called: string | null;
  /** Arrival, epoch ms. */
  readonly at: number;
  readonly wasAsked: boolean;
}

/**
 * How far the switchboard, its departments and its numbers are under attack: from unknown callers who do not pass, within ten minutes,
 * and from members of campaigns, against what is usual for the hour. Many unknown callers who pass are no attack. A level rises
 * at once and falls by one when there were few such calls for some time. Pure: no I/O, its clock is `tick`. Its memory is
 * bounded whatever numbers callers invent.
 */
export class AttackLevels {
  readonly #options: AttackLevelsOptions;
  readonly #recent = new Map<LevelScope, RecentCalls<CallKind>>();
  readonly #levels = new Map<LevelScope, ScopeLevel>();
  readonly #usual = new UsualCalls();
  readonly #surges: CallBackSurges;
  /** Call id → a call of an unknown caller who was connected. */
  readonly #talks = new Map<string, Talk>();
  #campaigns: readonly ActiveCampaign[] = [];
  #now = Number.NEGATIVE_INFINITY;
  #hasLearnt = false;

  constructor(options: AttackLevelsOptions) {
    this.#options = options;
    this.#surges = new CallBackSurges(this.#usual, {
      limit: () => options.limits().callBackSurge,
      calmAfterMs: () => options.limits().calmAfterMs,
    });
  }

  /** Counts a call that is over, in the minute in which it came. */
  see(outcome: Outcome): void {
    const ahead = this.#now + maxAheadMs;
    const at = outcome.facts.now > ahead && Number.isFinite(ahead) ? this.#now : outcome.facts.now;
    this.#surges.see(outcome, at);
    const kind = levelKind(outcome);
    if (kind === null) return;
    const called = outcome.facts.called.number;
    this.#count(called, kind, at);
    if (kind !== 'unasked' && kind !== 'passed') return;
    const [first] = this.#talks.keys();
    if (this.#talks.size >= maxTalks && first !== undefined) this.#talks.delete(first);
    this.#talks.set(outcome.callId, { called, at, wasAsked: kind === 'passed' });
  }

  /** What became known of a call later: who talks with us for some time is a person, asked or not. */
  seeLater(callId: string, { talkMs }: AfterExit): void {
    const talk = this.#talks.get(callId);
    if (talk === undefined || talkMs === null) return;
    this.#talks.delete(callId);
    const { called, at, wasAsked } = talk;
    if (called !== null) this.#surges.seeTalk(called, at, talkMs);
    if (!wasAsked && talkMs >= longTalkMs) this.#count(called, 'passed', at);
  }

  /** Campaigns that are on now, in place of those before. */
  campaigns(active: readonly ActiveCampaign[]): void {
    this.#campaigns = active.filter(({ state }) => state === 'active');
  }

  /** What is not calm at `now` (epoch ms). Call it every second or so; fewer times do no harm. */
  tick(now: number): LevelState {
    if (now < this.#now - maxBackMs) this.#forget();
    this.#now = now;
    const slot = (this.#options.slotOf ?? utcSlot)(now);
    if (this.#usual.enter(slot, now)) this.#hasLearnt = true;
    for (const [scope, recent] of this.#recent) if (recent.isOver(now)) this.#recent.delete(scope);
    const scopes = new Set<LevelScope>(['board', ...this.#recent.keys(), ...this.#levels.keys()]);
    for (const { traits, lastAt } of this.#campaigns)
      if (traits.calledNumber !== undefined && now - lastAt < windowMs)
        scopes.add(traits.calledNumber as LevelScope);
    for (const scope of scopes) this.#hold(scope, slot, now);
    return { at: now, levels: [...this.#levels.values()], surges: this.#surges.tick(now, slot) };
  }

  /** Goes on from what another node found. */
  resume({ levels, surges }: LevelState): void {
    for (const level of levels) this.#levels.set(level.scope, level);
    this.#surges.resume(surges);
  }

  /** What is usual, when something was learnt since the last time; else null. */
  learnt(): SavedUsual | null {
    if (!this.#hasLearnt) return null;
    this.#hasLearnt = false;
    return this.#usual.save();
  }

  restore(usual: SavedUsual): void {
    this.#usual.restore(usual);
  }

  #forget(): void {
    this.#recent.clear();
    this.#talks.clear();
    this.#levels.clear();
    this.#surges.forget();
  }

  #count(called: string | null, kind: CallKind, at: number): void {
    this.#add('board', kind, at);
    if (called === null) return;
    this.#add(called as LevelScope, kind, at);
    for (const list of this.#options.departmentsOf(called)) this.#add(`list:${list}`, kind, at);
  }

  #add(scope: LevelScope, kind: CallKind, at: number): void {
    let recent = this.#recent.get(scope);
    if (recent === undefined) {
      if (this.#recent.size >= maxScopes) return;
      recent = new RecentCalls(callKinds, windowMinutes);
      this.#recent.set(scope, recent);
    }
    recent.add(kind, at);
  }

  #hold(scope: LevelScope, slot: number, now: number): void {
    const counts = this.#recent.get(scope)?.counts(now);
    const { passed = 0, member = 0, unasked = 0 } = counts ?? {};
    const notPassed = counts?.['not-passed'] ?? 0;
    const campaigns = this.#campaignsOf(scope, now);
    const told = campaigns.reduce((sum, { callsPerMinute }) => sum + callsPerMinute * windowMinutes, 0);
    const members = Math.max(member, told);
    // Members of a campaign count twice: what they are is known. Among many who pass, some hang up too.
    const balance = 2 * members + notPassed - passed / 2;
    const pressure = Math.max(0, balance);
    // Who was not asked has not shown what they are: enough to ask, never an attack.
    const suspected = Math.max(0, balance + unasked / 4);
    const { elevated, attack } = this.#limit(scope, slot);
    const level = this.#levels.get(scope);
    this.#usual.saw(scope, pressure, level === undefined);
    const found = pressure >= attack ? 'attack' : suspected >= elevated ? 'elevated' : 'calm';
    const rank = level === undefined ? 0 : attackLevels.all[level.level].rank;
    const figures = {
      until: now + holdMs,
      calls: Math.round(notPassed + members),
      passed,
      campaigns: campaigns.map(({ id }) => id).slice(0, 5),
    };
    if (found !== 'calm' && attackLevels.all[found].rank > rank) {
      const since = level?.since ?? now;
      this.#levels.set(scope, { scope, level: found, since, changedAt: now, belowSince: null, ...figures });
      return;
    }
    if (level === undefined) return;
    const isBelow = level.level === 'attack' ? pressure < attack / 2 : suspected < elevated / 2;
    const belowSince = isBelow ? (level.belowSince ?? now) : null;
    if (belowSince === null || now - belowSince < this.#options.limits().calmAfterMs)
      this.#levels.set(scope, { ...level, ...figures, belowSince });
    else if (level.level === 'attack')
      this.#levels.set(scope, { ...level, ...figures, level: 'elevated', changedAt: now, belowSince: null });
    else this.#levels.delete(scope);
  }

  #limit(scope: LevelScope, slot: number): LevelLimit {
    const { board, department, calledNumber } = this.#options.limits();
    const { elevated, attack } =
      scope === 'board' ? board : scope.startsWith('list:') ? department : calledNumber;
    const usual = this.#usual.of(scope, slot) ?? 0;
    return {
      elevated: Math.max(elevated, unusual * usual),
      attack: Math.max(attack, 2 * unusual * usual),
    };
  }

  #campaignsOf(scope: LevelScope, now: number): readonly ActiveCampaign[] {
    return this.#campaigns.filter(
      ({ lastAt, traits }) => now - lastAt < windowMs && (scope === 'board' || traits.calledNumber === scope),
    );
  }
}

function utcSlot(at: number): number {
  const date = new Date(at);
  const hour = date.getUTCHours();
  return date.getUTCDay() % 6 === 0 ? hour + usualSlots / 2 : hour;
}
