import { type TraitKind, traitKinds } from './call-traits.ts';
import type { SeenCall } from './seen-call.ts';

/**
 * How much one caller says, as the logarithm of how much likelier it is of a campaign than of people. Of people who were
 * challenged at least 65 in 100 pass, of a campaign's callers at most 12.
 */
const notPassed = Math.log(0.88 / 0.35);
const passed = Math.log(0.12 / 0.65);

/** How much a talk says, by its length in ms: sellers are turned away, people have something to talk about. */
function talkSays(talkMs: number): number {
  if (talkMs < 20_000) return Math.log(0.45 / 0.12);
  if (talkMs < 40_000) return Math.log(0.35 / 0.15);
  return talkMs < 60_000 ? Math.log(0.08 / 0.12) : Math.log(0.12 / 0.61);
}
/** That the key comes at the same moment as those of the others. */
const samePressSays = Math.log(0.8 / 0.2);
/** A walk alone is not enough. */
const walkTerms = 2.5;

/** So much must add up. `alike`: callers who did not pass did the same, which people do not. */
const enough = { telling: 6.5, exchange: 8, looseExchange: 12, broad: 13, sellers: 7, back: 2.5 };
const alikeSays = 1.5;
const alikeFrom = 0.75;
/** Fewer callers are not worth judging. */
export const fewestCallers = { new: 6, exchange: 8, sellers: 7, back: 3 };
/** Calls that came close together say more. */
const spanCost = (spanMs: number) => 0.7 * Math.log1p(spanMs / 3_600_000);

/** Of people who would be caught: at most so many of all people, and so many for each caller of the campaign. */
const maxPeopleShare = 0.008;
const maxPeoplePerCaller = 0.1;
/** Fewer people say nothing about how many show a trait. */
const enoughPeople = 200;
const shortestSpanMs = 600_000;

/** What is usual here, for one trait set. */
export interface Usual {
  /** People who show the traits, as people-memory.ts weighs them; of all people; and over which time. */
  readonly people: number;
  readonly allPeople: number;
  readonly spanMs: number;
  /** Chance that two calls of people go to the same number of ours. */
  readonly sameCalled: number;
  /** Chance that a call of people goes to a number right after that of the call before. */
  readonly nextCalled: number;
  /** A campaign with these traits is over, or pinned. */
  readonly isBack: boolean;
}

export interface Finding {
  /** Since when; all later calls of the group belong to it. */
  readonly from: number;
  /** `unanswered`: few of its callers passed; `sellers`: they passed, and talk shortly or walk over our numbers. */
  readonly by: 'unanswered' | 'sellers';
}

/**
 * Whether the latest of these calls (of one trait set, in order of arrival) are a campaign. Each caller counts once, so that one
 * who calls often is none.
 */
export function judge(calls: readonly SeenCall[], kind: TraitKind, usual: Usual): Finding | null {
  return unanswered(calls, kind, usual) ?? sellers(calls, kind, usual);
}

function unanswered(calls: readonly SeenCall[], kind: TraitKind, usual: Usual): Finding | null {
  const newest = calls.at(-1)?.at ?? 0;
  const hasPassed = new Map<string, boolean>();
  const fewest = usual.isBack
    ? fewestCallers.back
    : isExchange(kind)
      ? fewestCallers.exchange
      : fewestCallers.new;
  let sum = 0;
  let best = 0;
  let from = -1;
  for (let at = calls.length - 1; at >= 0; at--) {
    const call = calls[at] as SeenCall;
    if (call.result === null) continue;
    const caller = call.caller ?? '';
    const before = hasPassed.get(caller);
    const isPass = call.result === 'passed';
    if (before === undefined) sum += isPass ? passed : notPassed;
    else if (isPass && !before) sum += passed - notPassed;
    hasPassed.set(caller, isPass || before === true);
    const score = sum - spanCost(newest - call.at);
    if (hasPassed.size < fewest || score <= best) continue;
    best = score;
    from = at;
  }
  if (from < 0) return null;
  const found = calls.slice(from);
  return best >= wanted(found, kind, usual) && isUnusual(found, kind, usual.people, usual)
    ? { from, by: 'unanswered' }
    : null;
}

function wanted(calls: readonly SeenCall[], kind: TraitKind, { isBack }: Usual): number {
  if (isBack) return enough.back;
  const isAlike = alikeShare(calls) >= alikeFrom;
  if (traitKinds[kind].isBroad) return isAlike ? enough.broad : Number.POSITIVE_INFINITY;
  if (!isExchange(kind)) return enough.telling - (isAlike ? alikeSays : 0);
  // People of one town whom a forger of our number called, and who call back, all call that number.
  return isAlike || new Set(calls.map(({ called }) => called)).size >= 3
    ? enough.exchange
    : enough.looseExchange;
}

function isExchange(kind: TraitKind): boolean {
  return kind === 'exchange' || kind === 'signer-exchange';
}

function sellers(calls: readonly SeenCall[], kind: TraitKind, usual: Usual): Finding | null {
  if (traitKinds[kind].isBroad) return null;
  const newest = calls.at(-1)?.at ?? 0;
  const fewest = usual.isBack ? fewestCallers.back : fewestCallers.sellers;
  const callers = new Map<string, { sum: number; talks: number }>();
  const called = new Map<string, number>();
  // A machine that presses 1 whatever it hears does so at one moment of each call.
  const press = pressPeak(calls);
  let talks = 0;
  let same = 0;
  let steps = 0;
  let best = 0;
  let from = -1;
  for (let at = calls.length - 1; at >= 0; at--) {
    const call = calls[at] as SeenCall;
    const caller = callers.get(call.caller ?? '') ?? { sum: 0, talks: 0 };
    callers.set(call.caller ?? '', caller);
    const isMachine =
      press !== null &&
      call.pressedMs !== null &&
      call.pressedMs >= press.fromMs &&
      call.pressedMs <= press.toMs;
    if (call.talkMs !== null || isMachine) {
      // A caller counts once, as the mean of what was talked.
      talks -= caller.talks === 0 ? 0 : caller.sum / caller.talks;
      caller.sum += Math.max(
        isMachine ? samePressSays : -9,
        call.talkMs === null ? -9 : talkSays(call.talkMs),
      );
      caller.talks++;
      talks += caller.sum / caller.talks;
    }
    const before = called.get(call.called) ?? 0;
    same += before;
    called.set(call.called, before + 1);
    if (isStep(call.called, calls[at + 1]?.called ?? '')) steps++;
    if (callers.size < fewest) continue;
    const walk = walkOf({ counted: calls.length - at, same, steps }, usual);
    const score = talks + walk - spanCost(newest - call.at);
    if (score <= best) continue;
    best = score;
    from = at;
  }
  if (from < 0 || best < (usual.isBack ? enough.back : enough.sellers)) return null;
  const found = calls.slice(from);
  const own = found.filter(({ isPerson }) => isPerson).length;
  return isUnusual(found, kind, Math.max(0, usual.people - own), usual) ? { from, by: 'sellers' } : null;
}

/** Whoever walks over our numbers calls each once, one after the other; people call a few numbers over and over. */
function walkOf(
  { counted, same, steps }: { readonly counted: number; readonly same: number; readonly steps: number },
  { sameCalled, nextCalled }: Usual,
): number {
  const usualSame = (sameCalled * counted * (counted - 1)) / 2;
  const spread = Math.max(-walkTerms, Math.min(walkTerms, 0.8 * usualSame - 1.6 * same));
  const stepping = steps * Math.log(0.5 / Math.max(0.05, nextCalled)) - (counted - 1 - steps) * 0.6;
  return spread + Math.max(0, Math.min(walkTerms, stepping));
}

/** One of our numbers, then one of the next five. */
export function isStep(from: string, to: string): boolean {
  if (from.length !== to.length || from.length < 8 || from.slice(0, -4) !== to.slice(0, -4)) return false;
  const by = Number(to.slice(-4)) - Number(from.slice(-4));
  return by >= 1 && by <= 5;
}

/** Whether hardly any people show these traits, so that hardly any would be caught. */
function isUnusual(
  found: readonly SeenCall[],
  kind: TraitKind,
  people: number,
  { allPeople, spanMs }: Usual,
): boolean {
  const callers = new Set(found.map(({ caller }) => caller)).size;
  const lastedMs = Math.max(shortestSpanMs, (found.at(-1)?.at ?? 0) - (found[0]?.at ?? 0));
  if ((people * lastedMs) / spanMs > maxPeoplePerCaller * callers && people > 1) return false;
  if (allPeople < enoughPeople) return people <= 1 && !traitKinds[kind].isBroad;
  return people <= Math.max(1.5, maxPeopleShare * allPeople);
}

/** Share of those who did not pass that did the same: kept silent, pressed wrong keys, or hung up within the same two seconds. */
export function alikeShare(calls: readonly SeenCall[]): number {
  const lost = calls.filter(({ result }) => result !== null && result !== 'passed');
  if (lost.length === 0) return 0;
  const most = (result: SeenCall['result']) => lost.filter((call) => call.result === result).length;
  return Math.max(most('silent'), most('failed'), hangUpPeak(lost)?.calls ?? 0) / lost.length;
}

/** The two seconds of the prompt in which most callers hung up; null: none did. */
export function hangUpPeak(calls: readonly SeenCall[]): Peak | null {
  return peakOf(
    calls.flatMap(({ hungUpMs }) => hungUpMs ?? []),
    2000,
  );
}

/** When those who press keys press them all at one moment: no two people do. Null: they do not. */
export function pressPeak(calls: readonly SeenCall[]): Peak | null {
  const moments = new Map(
    calls.flatMap(({ caller, pressedMs }) => (pressedMs === null ? [] : [[caller, pressedMs] as const])),
  );
  if (moments.size < fewestPresses) return null;
  const peak = peakOf([...moments.values()], sameMomentMs);
  return peak !== null && peak.calls >= fewestPresses && peak.calls >= samePressShare * moments.size
    ? peak
    : null;
}
const fewestPresses = 5;
const sameMomentMs = 300;
const samePressShare = 0.7;

export interface Peak {
  readonly fromMs: number;
  readonly toMs: number;
  readonly calls: number;
}

/** The stretch of that length in which most moments are. */
function peakOf(all: readonly number[], lengthMs: number): Peak | null {
  const moments = [...all].sort((a, b) => a - b);
  let peak: Peak | null = null;
  let first = 0;
  for (const [at, toMs] of moments.entries()) {
    while (toMs - (moments[first] ?? toMs) > lengthMs) first++;
    const calls = at - first + 1;
    if (calls > (peak?.calls ?? 0)) peak = { fromMs: moments[first] ?? toMs, toMs, calls };
  }
  return peak;
}
