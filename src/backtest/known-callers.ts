import type { CallFacts } from '../call/facts.ts';
import { logicOf } from '../policy/logic/formula.ts';
import type { Logic } from '../policy/logic/logic.ts';
import type { Policy } from '../policy/policy.ts';
import type { RecordedDecision } from './recorded-call.ts';

/** How a caller is known, most known first. */
const acquaintances = ['must-pass', 'listed', 'passed', 'unknown'] as const;
export type Acquaintance = (typeof acquaintances)[number];

export interface Known {
  readonly as: Acquaintance;
  /** The list, when one has the caller. */
  readonly list: string | null;
}

/** Tells who is known by the lists of one policy. */
export class KnownCallers {
  readonly #policy: Policy;
  readonly #mustPass: readonly string[];
  /** Lists whose members an enforced rule connects. One that only turns away or asks makes nobody known. */
  readonly #trusted: readonly string[];

  constructor(policy: Policy) {
    this.#policy = policy;
    const said = policy.settings.mustPass.map(({ list }) => list);
    // Rule files that do not say it: the names of the shipped rules.
    this.#mustPass = said.length > 0 ? said : ['emergency', 'staff'].filter((name) => policy.lists.has(name));
    const connecting = policy.rules.filter(
      ({ mode, verdictKind }) => mode === 'enforce' && verdictKind === 'connect',
    );
    this.#trusted = [
      ...new Set(
        connecting.flatMap(({ formula }) => (formula === null ? [] : callerLists(logicOf(formula)))),
      ),
    ].filter((name) => !policy.blockLists.has(name));
  }

  /** `now` of the call counts: a row that has expired since made its caller known then. */
  find({ caller, history, now }: CallFacts): Known {
    if (caller.number === null) return stranger;
    const mustPass = this.#listWith(this.#mustPass, caller.number, now);
    if (mustPass !== null) return { as: 'must-pass', list: mustPass };
    const trusted = this.#listWith(this.#trusted, caller.number, now);
    if (trusted !== null) return { as: 'listed', list: trusted };
    const hasPass = typeof history?.passUntil === 'number' && history.passUntil > now;
    return hasPass ? passer : stranger;
  }

  #listWith(names: readonly string[], number: string, now: number): string | null {
    return names.find((name) => this.#policy.lists.get(name)?.find(number, now)) ?? null;
  }
}

/** Lists that a caller may be in when this holds. What stands under `not` names nobody who matches. */
function callerLists(logic: Logic): string[] {
  if (logic.kind === 'is') return logic.variable.about === 'caller-list' ? [logic.variable.list] : [];
  return logic.kind === 'not' ? [] : logic.parts.flatMap(callerLists);
}

const stranger: Known = { as: 'unknown', list: null };
const passer: Known = { as: 'passed', list: null };

/**
 * The list that had the caller when the call was decided, as the decision's own words tell: who was taken off a list since
 * is found by this alone.
 */
export function listThen({ reason, listedName }: RecordedDecision): string | null {
  const said = /(?:^|; )caller in ([a-z][a-z0-9-]*): yes\b/.exec(String(reason));
  return said?.[1] ?? (listedName === null || listedName === undefined ? null : 'a list');
}

/** The better known of two. */
export function moreKnown(a: Known, b: Known): Known {
  return acquaintances.indexOf(b.as) < acquaintances.indexOf(a.as) ? b : a;
}
