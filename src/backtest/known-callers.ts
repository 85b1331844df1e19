import type { CallFacts } from '../policy/facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { RuleFile } from '../policy/rule-file.ts';
import type { RecordedDecision } from './recorded-call.ts';

/** How a caller is known, most known first. */
export const acquaintances = ['must-pass', 'listed', 'passed', 'unknown'] as const;
export type Acquaintance = (typeof acquaintances)[number];

export interface Known {
  readonly as: Acquaintance;
  /** The list, when one has the caller. */
  readonly list: string | null;
}

/** The lists of a policy whose members are people we know, and those whose members must always get through. */
export interface KnownLists {
  /** An enforced rule connects their members. A list that only turns away or asks makes nobody known. */
  readonly trusted: readonly string[];
  readonly mustPass: readonly string[];
}

/** @param rules policy.yaml as written */
export function knownLists(rules: RuleFile): KnownLists {
  const trusted = new Set<string>();
  for (const rule of rules.rules) {
    const connects =
      rule.then === 'connect' || (typeof rule.then === 'object' && rule.then.connect !== undefined);
    if (!connects || rule.mode === 'monitor') continue;
    for (const list of callerLists(rule.when)) trusted.add(list);
  }
  const lists = Object.entries(rules.lists ?? {});
  const said = lists.filter(([, list]) => (list as Record<string, unknown>)['must-pass'] === true);
  // Rule files that do not say it: the names of the shipped rules.
  const mustPass = said.length > 0 ? said.map(([name]) => name) : ['emergency', 'staff'];
  return { trusted: [...trusted], mustPass: mustPass.filter((name) => rules.lists?.[name] !== undefined) };
}

/** Names under `caller: { in: … }`, also within all and any. What stands under `not` names nobody who matches. */
function callerLists(when: unknown): string[] {
  if (typeof when !== 'object' || when === null) return [];
  const { caller, all, any } = when as {
    caller?: { in?: string | string[] };
    all?: unknown[];
    any?: unknown[];
  };
  return [...[caller?.in ?? []].flat(), ...[...(all ?? []), ...(any ?? [])].flatMap(callerLists)];
}

/** Tells who is known by the lists of one policy. */
export class KnownCallers {
  readonly #policy: Policy;
  readonly #lists: KnownLists;

  constructor(policy: Policy, lists: KnownLists) {
    this.#policy = policy;
    this.#lists = lists;
  }

  /** `now` of the call counts: a row that has expired since made its caller known then. */
  find({ caller, history, now }: CallFacts): Known {
    if (caller.number === null) return stranger;
    const mustPass = this.#listWith(this.#lists.mustPass, caller.number, now);
    if (mustPass !== null) return { as: 'must-pass', list: mustPass };
    const trusted = this.#listWith(this.#lists.trusted, caller.number, now);
    if (trusted !== null) return { as: 'listed', list: trusted };
    const hasPass = typeof history?.passUntil === 'number' && history.passUntil > now;
    return hasPass ? passer : stranger;
  }

  #listWith(names: readonly string[], number: string, now: number): string | null {
    return names.find((name) => this.#policy.lists.get(name)?.find(number, now)) ?? null;
  }
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
