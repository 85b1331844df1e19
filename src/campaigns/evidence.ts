import { type TraitKind, traitKinds } from './call-traits.ts';
import { longTalkMs, type SeenCall, shortTalkMs } from './seen-call.ts';

/**
 * How much one caller says, as the logarithm of how much likelier it is of a campaign than of people. Of people who were
 * challenged at least 65 in 100 pass, of a campaign's callers at most 12.
 */
const notPassed = Math.log(0.88 / 0.35);
const passed = Math.log(0.12 / 0.65);

/** Of people who reach somebody 20 in 100 talk for less than 20 s, of sellers who are turned away 70; and so on. */
const shortTalk = Math.log(0.7 / 0.2);
const longTalk = Math.log(0.08 / 0.55);
const walkTerms = 6;

/** So much must add up. */
const enough = { telling: 7, exchange: 8, looseExchange: 12, broad: 13, people: 9, back: 2.5 };
/** Fewer calls are not worth judging. */
export const fewestCalls = { new: 8, people: 10, back: 3 };
/** Calls that came close together say more. */
const spanCost = (spanMs: number) => 0.7 * Math.log1p(spanMs / 3_600_000);

/** Of people who would be caught: at most so many of all people, and so many for each caller of the campaign. */
const maxPeopleShare = 0.004;
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
  const fewest = usual.isBack ? fewestCalls.back : fewestCalls.new;
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
  return best >= wanted(found, kind, usual) && isUnusual(found, kind, usual)
    ? { from, by: 'unanswered' }
    : null;
}

function wanted(calls: readonly SeenCall[], kind: TraitKind, { isBack }: Usual): number {
  if (isBack) return enough.back;
  const isAlike = alikeShare(calls) >= 0.75;
  if (traitKinds[kind].isBroad) return isAlike ? enough.broad : Number.POSITIVE_INFINITY;
  if (kind !== 'exchange' && kind !== 'signer-exchange') return enough.telling;
  // People of one town whom a forger of our number called, and who call back, all call that number.
  return isAlike || new Set(calls.map(({ called }) => called)).size >= 3
    ? enough.exchange
    : enough.looseExchange;
}

function sellers(calls: readonly SeenCall[], kind: TraitKind, usual: Usual): Finding | null {
  if (traitKinds[kind].isBroad && kind !== 'signer') return null;
  const newest = calls.at(-1)?.at ?? 0;
  const callers = new Set<string>();
  const called = new Map<string, number>();
  let counted = 0;
  let talks = 0;
  let shortTalks = 0;
  let same = 0;
  let steps = 0;
  let best = 0;
  let from = -1;
  for (let at = calls.length - 1; at >= 0; at--) {
    const call = calls[at] as SeenCall;
    counted++;
    const isNew = call.caller !== null && !callers.has(call.caller);
    if (call.caller !== null) callers.add(call.caller);
    const before = called.get(call.called) ?? 0;
    same += before;
    called.set(call.called, before + 1);
    const later = calls[at + 1];
    if (later !== undefined && isStep(call.called, later.called)) steps++;
    if (isNew && call.talkMs !== null) {
      if (call.talkMs < shortTalkMs) {
        talks += shortTalk;
        shortTalks++;
      } else if (call.talkMs >= longTalkMs) talks += longTalk;
    }
    if (callers.size < fewestCalls.people || callers.size < 0.8 * counted) continue;
    const walk = walkOf({ counted, same, steps }, usual);
    const score = talks + walk - spanCost(newest - call.at);
    // How a short talk is meant is not known: people who were connected to the wrong desk have one too.
    if (score <= best || (shortTalks < 5 && walk < walkTerms)) continue;
    best = score;
    from = at;
  }
  if (from < 0 || best < enough.people) return null;
  const found = calls.slice(from);
  const own = found.filter(({ isPerson }) => isPerson).length;
  const others = { ...usual, people: Math.max(0, usual.people - own) };
  return isUnusual(found, kind, others) ? { from, by: 'sellers' } : null;
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
function isUnusual(found: readonly SeenCall[], kind: TraitKind, usual: Usual): boolean {
  const callers = new Set(found.map(({ caller }) => caller)).size;
  const { people, allPeople, spanMs } = usual;
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
export function hangUpPeak(
  calls: readonly SeenCall[],
): { readonly second: number; readonly calls: number } | null {
  const moments = calls.flatMap(({ hungUpMs }) => hungUpMs ?? []).sort((a, b) => a - b);
  let peak: { second: number; calls: number } | null = null;
  let first = 0;
  for (const [at, moment] of moments.entries()) {
    while (moment - (moments[first] ?? moment) > 2000) first++;
    const calls = at - first + 1;
    if (calls > (peak?.calls ?? 0))
      peak = { second: Math.round((moments[Math.floor((first + at) / 2)] ?? moment) / 1000), calls };
  }
  return peak;
}
