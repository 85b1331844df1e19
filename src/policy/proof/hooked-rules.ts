import type { NumberPattern } from '../../numbers/number-pattern.ts';
import { commonDigits, NumberTrie } from '../../numbers/number-trie.ts';
import { yes } from './dimensions.ts';
import type { ProvenRule } from './rule-clauses.ts';
import type { Supposition } from './supposition.ts';
import type { Clause, Theory } from './theory.ts';

type Hook = {
  readonly about: 'caller-pattern' | 'called-pattern' | 'trunk';
  readonly ids: readonly number[];
};

/**
 * Finds the enforced rules that a quiet call may match, one that answers no wherever it can. A rule that cannot match
 * without a caller number, a called number or a trunk is left out unless the call is supposed to have it: of twenty
 * thousand rules for one number each, a call meets a handful.
 */
export class HookedRules {
  readonly #rules: readonly ProvenRule[];
  readonly #theory: Theory;
  readonly #callers = new NumberTrie();
  readonly #called = new NumberTrie();
  readonly #trunks = new Map<string, number[]>();
  readonly #unhooked: Int32Array;
  readonly #enforced: Int32Array;
  readonly #found: Int32Array;

  constructor(rules: readonly ProvenRule[], theory: Theory) {
    this.#rules = rules;
    this.#theory = theory;
    const words = Math.ceil(rules.length / 32);
    this.#unhooked = new Int32Array(words);
    this.#enforced = new Int32Array(words);
    this.#found = new Int32Array(words);
    for (const [at, { rule, takes }] of rules.entries()) {
      if (rule.mode !== 'enforce') continue;
      set(this.#enforced, at);
      const hook = hookOf(takes, theory);
      if (hook === null) set(this.#unhooked, at);
      else for (const id of hook.ids) this.#hang(at, id);
    }
  }

  /** What rules above `at` take, those left out that a quiet call of this supposition misses for certain. */
  above(at: number, supposition: Supposition): Clause[] {
    const found = this.#found;
    found.set(this.#unhooked);
    for (const { id, value } of supposition.supposed()) {
      if (value === yes && !this.#mark(id)) {
        found.set(this.#enforced);
        break;
      }
    }
    const clauses: Clause[] = [];
    for (let word = 0; word * 32 < at; word++) {
      for (let bits = found[word] as number; bits !== 0; bits &= bits - 1) {
        const rule = word * 32 + 31 - Math.clz32(bits & -bits);
        if (rule < at) clauses.push((this.#rules[rule] as ProvenRule).takes);
      }
    }
    return clauses;
  }

  /** False: nothing is known of the numbers that this is about. */
  #mark(id: number): boolean {
    const { variable } = this.#theory.known(id);
    switch (variable.about) {
      case 'trunk':
        for (const rule of this.#trunks.get(variable.name) ?? []) set(this.#found, rule);
        return true;
      case 'caller-country':
        return this.#callers.mark(`+${variable.callingCode}`, this.#found);
      case 'caller-pattern':
        return this.#callers.mark(beginning(variable.pattern), this.#found);
      case 'called-pattern':
        return this.#called.mark(beginning(variable.pattern), this.#found);
      default:
        return true;
    }
  }

  #hang(rule: number, id: number): void {
    const { variable } = this.#theory.known(id);
    if (variable.about === 'caller-pattern') this.#callers.add(variable.pattern, rule);
    else if (variable.about === 'called-pattern') this.#called.add(variable.pattern, rule);
    else if (variable.about === 'trunk') {
      const there = this.#trunks.get(variable.name);
      if (there) there.push(rule);
      else this.#trunks.set(variable.name, [rule]);
    }
  }
}

/** A question about numbers or trunks alone without which the rule cannot match, or null. */
function hookOf(takes: Clause, theory: Theory): Hook | null {
  const hooks = conjuncts(takes).flatMap((part): Hook[] => {
    const ids = (part.kind === 'any' ? part.parts : [part]).map((one) => (one.kind === 'is' ? one.id : null));
    const abouts = new Set(ids.map((id) => (id === null ? null : theory.known(id).variable.about)));
    const [about] = abouts;
    const isHook = about === 'caller-pattern' || about === 'called-pattern' || about === 'trunk';
    return isHook && abouts.size === 1 ? [{ about, ids: ids.filter((id) => id !== null) }] : [];
  });
  return hooks.find(({ about }) => about !== 'trunk') ?? hooks[0] ?? null;
}

function conjuncts(clause: Clause): readonly Clause[] {
  return clause.kind === 'all' ? clause.parts.flatMap(conjuncts) : [clause];
}

/** What every number of the pattern begins with. */
function beginning(pattern: NumberPattern): string {
  return `+${commonDigits(pattern)}`;
}

function set(bits: Int32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31));
}
