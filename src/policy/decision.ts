import { type CallFacts, listedNumber } from '../call/facts.ts';
import type { Decision, TraceEntry, Verdict } from '../call/verdict.ts';
import type { CompiledRule, Policy } from './policy.ts';

const everyCall = 'every call';

/** Each call is stored with its trace: of twenty thousand rules it would be two megabytes. Of more rules, both ends. */
const mostTraced = 2000;
const tracedAtEnds = 50;

/** Rule id of a decision that no rule made. */
export const noRule = 'none';

/**
 * A decision whose trace is made when somebody reads it: it takes as long as all rules above the deciding one. Facts and
 * policy never change, so that it says what was true when it was decided.
 */
export class TracedDecision implements Decision {
  readonly verdict: Verdict;
  readonly rule: string;
  readonly reason: string;
  readonly policyVersion: string;
  readonly monitored: Decision['monitored'];
  readonly listedName: string | null;
  readonly #facts: CallFacts;
  readonly #policy: Policy;
  readonly #count: number;
  #trace: readonly TraceEntry[] | null = null;

  /** @param count rules that were looked at */
  constructor(
    verdict: Verdict,
    rule: string,
    reason: string,
    monitored: Decision['monitored'],
    listedName: string | null,
    facts: CallFacts,
    policy: Policy,
    count: number,
  ) {
    this.verdict = verdict;
    this.rule = rule;
    this.reason = reason;
    this.policyVersion = policy.version;
    this.monitored = monitored;
    this.listedName = listedName;
    this.#facts = facts;
    this.#policy = policy;
    this.#count = count;
  }

  get trace(): readonly TraceEntry[] {
    this.#trace ??= this.#made();
    return this.#trace;
  }

  #made(): readonly TraceEntry[] {
    const { rules } = this.#policy;
    const count = this.#count;
    if (count <= mostTraced) return traceOf(this.#facts, rules.slice(0, count));
    const monitored = new Set(this.monitored.slice(0, tracedAtEnds).map(({ rule }) => rule));
    const between = monitored.size === 0 ? [] : rules.slice(tracedAtEnds, count - tracedAtEnds);
    const matched = between.filter(({ id }) => monitored.has(id));
    const leftOut = count - 2 * tracedAtEnds - matched.length;
    return [
      ...traceOf(this.#facts, rules.slice(0, tracedAtEnds)),
      { rule: 'more-rules', mode: 'enforce', matched: false, because: `${leftOut} more rules did not match` },
      ...traceOf(this.#facts, matched),
      ...traceOf(this.#facts, rules.slice(count - tracedAtEnds, count)),
    ];
  }

  /** The caller as known by lists and history, made when it is asked for: it looks into every list. */
  get known(): true | undefined {
    return isKnown(this.#facts, this.#policy) ? true : undefined;
  }

  get mode(): 'monitor' | undefined {
    return this.#policy.settings.mode === 'monitor' ? 'monitor' : undefined;
  }

  /** All of it: records are JSON, and getters are not. */
  toJSON(): Decision {
    const { verdict, rule, reason, policyVersion, trace, monitored, listedName, known, mode } = this;
    const whole = { verdict, rule, reason, policyVersion, trace, monitored, listedName };
    return { ...whole, ...(known && { known }), ...(mode && { mode }) };
  }
}

function isKnown({ caller, verification, history, now }: CallFacts, policy: Policy): boolean {
  const number = listedNumber(caller);
  if (number === null || verification.result === 'failed') return false;
  if ((history?.passUntil ?? 0) > now || (history?.dialedUntil ?? 0) > now) return true;
  if ((history?.expected?.until ?? 0) > now) return true;
  return isListed(number, policy, now);
}

/** Whether a list that makes callers known has the number (as `listedNumber` gives it) at `now`, epoch ms. */
export function isListed(number: string, { callerLists, lists }: Policy, now: number): boolean {
  return callerLists.some((id) => (lists.get(id)?.find(number, now) ?? null) !== null);
}

/** Why each of these rules matched or did not. Never throws. */
function traceOf(facts: CallFacts, rules: readonly CompiledRule[]): readonly TraceEntry[] {
  return rules.map((rule) => {
    const { id, mode } = rule;
    try {
      if (isOver(rule, facts.now)) {
        return { rule: id, mode, matched: false, because: 'the rule has expired' };
      }
      const answer = rule.test === null ? null : rule.test(facts);
      const matched = answer === null || answer.holds === 'yes';
      return { rule: id, mode, matched, because: answer === null ? everyCall : answer.because };
    } catch (error) {
      const because = `the rule failed: ${error instanceof Error ? error.message : 'unknown error'}`;
      return { rule: id, mode, matched: false, because };
    }
  });
}

/** @param now epoch ms */
export function isOver({ expiresAt }: CompiledRule, now: number): boolean {
  return expiresAt !== null && now >= expiresAt;
}

export function reasonOf(rule: CompiledRule, because: string | null): string {
  return rule.reason ?? because ?? everyCall;
}
