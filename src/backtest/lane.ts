import { listedNumber } from '../call/facts.ts';
import type { Decision, Verdict } from '../call/verdict.ts';
import { ListLibrary } from '../lists/list-library.ts';
import { decide } from '../policy/decide.ts';
import type { CompiledRule, Policy } from '../policy/policy.ts';
import { formatProblem } from '../policy/problem.ts';
import { callerIsKept } from '../privacy/kept-caller.ts';
import { loadRules } from '../rules/read-rules.ts';
import { destinationOf, isWorse, sameVerdict } from './destination.ts';
import { KnownCallers, listThen, moreKnown } from './known-callers.ts';
import { missingFacts, rulesThatMayLackFacts } from './missing-facts.ts';
import { DecisionText, type RecordedCall, recordedCall } from './recorded-call.ts';
import {
  addFlip,
  addMissing,
  addMonitored,
  addUnreadable,
  emptyTally,
  type FlipGroup,
  type TallyData,
} from './tally.ts';

export interface LanePlan {
  /** Directory of the rules that are tried. */
  readonly rules: string;
  /** Directory of the rules they are compared with; null: with what was decided. */
  readonly against: string | null;
  /** Where the serving process keeps lists, so that large ones need not be read from text; null: nowhere. */
  readonly lists: string | null;
  /** Calls that arrived outside of these (epoch ms; until is excluded) are passed over; null: all. */
  readonly between: { readonly since: number; readonly until: number } | null;
}

/** `rules-refused`: a rule directory cannot be tried. */
export class BacktestError extends Error {
  readonly code: 'rules-refused' | 'unreadable' | 'rules-changed' | 'lane-failed';
  constructor(code: BacktestError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'BacktestError';
    this.code = code;
  }
}

interface TriedRules {
  readonly policy: Policy;
  readonly known: KnownCallers;
  readonly mayLack: ReadonlySet<CompiledRule>;
}

type Before = Pick<Decision, 'rule' | 'verdict'>;

/** Decides recorded calls again, on one thread. */
export class Lane {
  readonly #tried: TriedRules;
  readonly #against: TriedRules | null;
  readonly #between: LanePlan['between'];
  readonly #tally = emptyTally();
  readonly #texts = new DecisionText();

  private constructor(tried: TriedRules, against: TriedRules | null, between: LanePlan['between']) {
    this.#tried = tried;
    this.#against = against;
    this.#between = between;
  }

  /** @throws BacktestError `rules-refused` with every problem in its message */
  static async open(plan: LanePlan): Promise<Lane> {
    const tried = await open(plan.rules, plan.lists);
    const against = plan.against === null ? null : await open(plan.against, plan.lists);
    return new Lane(tried, against, plan.between);
  }

  /** Versions of the rules tried, and of those compared with. */
  get versions(): { readonly rules: string; readonly against: string | null } {
    return { rules: this.#tried.policy.version, against: this.#against?.policy.version ?? null };
  }

  get tally(): TallyData {
    return this.#tally;
  }

  /**
   * Whole lines of JSON, a call each. Returns how many lines they were.
   * @param number of the chunk, to find unreadable lines again
   */
  read(chunk: Buffer, number: number): number {
    let line = 0;
    for (let from = 0; from < chunk.length; ) {
      const end = chunk.indexOf(10, from);
      const to = end < 0 ? chunk.length : end;
      line++;
      const bytes = chunk.subarray(from, to);
      from = to + 1;
      if (bytes.length === 0 || (bytes.length === 1 && bytes[0] === 13)) continue;
      const call = recordedCall(bytes);
      if (call === null) addUnreadable(this.#tally, number, line);
      else this.#decideAgain(call);
    }
    return line;
  }

  #decideAgain(call: RecordedCall): void {
    const { facts } = call;
    const between = this.#between;
    if (between !== null && (facts.now < between.since || facts.now >= between.until)) return;
    const tally = this.#tally;
    if (!callerIsKept(facts.caller)) {
      tally.withoutCaller++;
      return;
    }
    const { policy, mayLack } = this.#tried;
    tally.calls++;
    const now = decide(facts, policy);
    tally.now[now.verdict.kind]++;
    for (const one of now.monitored) addMonitored(tally, one.rule, destinationOf(one.verdict));
    if (mayLack.size > 0) addMissing(tally, missingFacts(facts, policy, now.rule, mayLack));
    if (call.bypassed) {
      tally.bypassed++;
      return;
    }
    if (this.#against === null && call.wasDecided(now.rule, now.verdict, this.#texts)) {
      tally.compared++;
      tally.same++;
      tally.before[now.verdict.kind]++;
      return;
    }
    const before: Before | null = this.#against ? decide(facts, this.#against.policy) : call.decision();
    if (before === null) {
      tally.undecided++;
      return;
    }
    tally.compared++;
    tally.before[before.verdict.kind]++;
    this.#compare(call, before, now);
  }

  #compare(call: RecordedCall, before: Before, now: Decision): void {
    const tally = this.#tally;
    const isSame = sameVerdict(before.verdict, now.verdict);
    if (isSame && before.rule === now.rule) {
      tally.same++;
      return;
    }
    if (this.#against === null && call.decision()?.policyVersion === now.policyVersion) tally.mismatches++;
    const from = ending(before);
    const to = ending(now);
    if (from.fate === to.fate) {
      if (before.rule === now.rule) tally.otherDetails++;
      else tally.otherRule++;
      return;
    }
    const { facts } = call;
    const known = this.#knownAs(call);
    addFlip(
      tally,
      from,
      to,
      {
        callId: String(facts.callId),
        at: facts.now,
        caller: listedNumber(facts.caller) ?? facts.caller.reason ?? 'unavailable',
        called: String(facts.called.number ?? facts.called.raw),
        known,
      },
      this.#isHarmed(call, known.as, before.verdict, now.verdict),
    );
  }

  /** By the lists of both sides, and by what the decision said: whoever was on a list then, or is now, is known. */
  #knownAs({ facts, ...call }: RecordedCall): ReturnType<KnownCallers['find']> {
    const known = this.#tried.known.find(facts);
    if (this.#against) return moreKnown(this.#against.known.find(facts), known);
    const decision = call.decision();
    const list = decision?.verdict.kind === 'connect' ? listThen(decision) : null;
    return list === null ? known : moreKnown(known, { as: 'listed', list });
  }

  #isHarmed(call: RecordedCall, known: string, before: Verdict, now: Verdict): boolean {
    if (!isWorse(before, now)) return false;
    if (known === 'must-pass') return true;
    return known === 'listed' && (before.kind === 'connect' || call.connected());
  }
}

function ending({ rule, verdict }: Before): FlipGroup['from'] {
  return { rule, fate: destinationOf(verdict), kind: verdict.kind };
}

async function open(dir: string, lists: string | null): Promise<TriedRules> {
  const { policy, problems } = await loadRules(dir, new ListLibrary({ dir: lists, serving: false }));
  if (policy === null) {
    const told = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
    throw new BacktestError('rules-refused', [`the rules in ${dir} are refused`, ...told].join('\n'));
  }
  return { policy, known: new KnownCallers(policy), mayLack: rulesThatMayLackFacts(policy) };
}
