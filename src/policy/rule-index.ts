import type { Formula, Holds } from './conditions/formula.ts';
import { compileHolds, logicOf } from './conditions/formula.ts';
import { type Logic, logicKey, type Variable } from './conditions/logic.ts';
import type { CallFacts } from './facts.ts';
import { NumberTrie } from './number-trie.ts';

/** What the index needs to know of a rule. */
export interface IndexedRule {
  readonly formula: Formula | null;
}

type Holder = (facts: CallFacts) => Holds;
type Hook = 'trunk' | 'caller-pattern' | 'called-pattern';
type Hooked = Extract<Variable, { about: Hook }>;

/** A question that several rules cannot match without: asked once, it rules all of them out. */
interface Gate {
  readonly holds: Holder;
  readonly rules: Uint32Array;
}

/**
 * Finds the rules that a call may match, in their order, without asking the others. Rules hang on what they cannot match
 * without: a trunk, a caller or called number; or on a question that they share. It leaves out only rules that do not
 * match, so that the first match is the same as without it.
 */
export class RuleIndex {
  readonly #words: number;
  /** Rules that hang on no trunk and no number. */
  readonly #unhooked: Uint32Array;
  readonly #all: Uint32Array;
  readonly #trunks = new Map<string, number[]>();
  readonly #callers = new NumberTrie();
  readonly #called = new NumberTrie();
  #hooks = 0;
  readonly #gates: Gate[] = [];
  /** Place in `#gates` by rule, or -1. */
  readonly #gateOf: Int32Array;
  /** Decisions are made one after the other, so that one set of bits serves all. */
  readonly #candidates: Uint32Array;
  readonly #open: Uint8Array;

  constructor(rules: readonly IndexedRule[]) {
    this.#words = Math.ceil(rules.length / 32);
    this.#unhooked = new Uint32Array(this.#words);
    this.#all = new Uint32Array(this.#words);
    this.#candidates = new Uint32Array(this.#words);
    this.#gateOf = new Int32Array(rules.length).fill(-1);
    const shared = new Map<string, { formula: Formula; rules: number[] }>();
    for (const [rule, { formula }] of rules.entries()) {
      set(this.#all, rule);
      const needed = formula === null ? [] : conjunctsOf(formula);
      const hooks = needed.flatMap((part) =>
        [hooksOf(logicOf(part)) ?? []].filter(({ length }) => length > 0),
      );
      // A number tells more rules apart than a trunk does.
      const best = hooks.find(([first]) => first?.about !== 'trunk') ?? hooks[0] ?? null;
      if (this.#hook(rule, best)) continue;
      set(this.#unhooked, rule);
      for (const part of needed) {
        const key = logicKey(logicOf(part));
        const there = shared.get(key);
        if (there) there.rules.push(rule);
        else shared.set(key, { formula: part, rules: [rule] });
      }
    }
    // The question that most rules share rules out the most.
    for (const { formula, rules: all } of [...shared.values()].sort(
      (a, b) => b.rules.length - a.rules.length,
    )) {
      const free = all.filter((rule) => this.#gateOf[rule] === -1);
      if (free.length < 2) continue;
      const bits = new Uint32Array(this.#words);
      for (const rule of free) {
        this.#gateOf[rule] = this.#gates.length;
        set(bits, rule);
      }
      this.#gates.push({ holds: compileHolds(formula), rules: bits });
    }
    this.#open = new Uint8Array(this.#gates.length);
  }

  /** Offers each rule that the call may match, in order, until `take` answers true. */
  visit(facts: CallFacts, take: (rule: number) => boolean): void {
    const candidates = this.#candidatesOf(facts);
    this.#open.fill(0);
    for (let word = 0; word < candidates.length; word++) {
      for (;;) {
        const bits = candidates[word] as number;
        if (bits === 0) break;
        const bit = 31 - Math.clz32(bits & -bits);
        candidates[word] = bits & (bits - 1);
        const rule = word * 32 + bit;
        const gate = this.#gateOf[rule] as number;
        if (gate >= 0 && this.#open[gate] === 0 && !this.#passes(gate, facts, word)) continue;
        if (take(rule)) return;
      }
    }
  }

  /** A gate that does not hold takes its rules, from this word on, out of the candidates. */
  #passes(gate: number, facts: CallFacts, from: number): boolean {
    const { holds, rules } = this.#gates[gate] as Gate;
    if (holds(facts) === 'yes') {
      this.#open[gate] = 1;
      return true;
    }
    for (let word = from; word < this.#words; word++) {
      this.#candidates[word] = (this.#candidates[word] as number) & ~(rules[word] as number);
    }
    return false;
  }

  #candidatesOf(facts: CallFacts): Uint32Array {
    const candidates = this.#candidates;
    candidates.set(this.#unhooked);
    if (this.#hooks === 0) return candidates;
    const trunk = this.#trunks.get(facts.trunk);
    if (trunk !== undefined) for (const rule of trunk) set(candidates, rule);
    const { number: caller } = facts.caller;
    const { number: called } = facts.called;
    const known =
      (caller === null || this.#callers.mark(caller, candidates)) &&
      (called === null || this.#called.mark(called, candidates));
    if (!known) candidates.set(this.#all);
    return candidates;
  }

  #hook(rule: number, hooks: readonly Hooked[] | null): boolean {
    if (hooks === null) return false;
    this.#hooks++;
    for (const hook of hooks) {
      if (hook.about === 'caller-pattern') this.#callers.add(hook.pattern, rule);
      else if (hook.about === 'called-pattern') this.#called.add(hook.pattern, rule);
      else {
        const there = this.#trunks.get(hook.name);
        if (there) there.push(rule);
        else this.#trunks.set(hook.name, [rule]);
      }
    }
    return true;
  }
}

/** Parts without each of which the formula cannot hold. */
function conjunctsOf(formula: Formula): readonly Formula[] {
  return formula.kind === 'all' ? formula.parts.flatMap(conjunctsOf) : [formula];
}

/** The trunks or numbers of a question that is about nothing else, or null. */
function hooksOf(logic: Logic): readonly Hooked[] | null {
  const parts = logic.kind === 'any' ? logic.parts : [logic];
  const hooks = parts.flatMap((part) => (part.kind === 'is' && isHook(part.variable) ? [part.variable] : []));
  const [first] = hooks;
  if (!first || hooks.length !== parts.length) return null;
  return hooks.every(({ about }) => about === first.about) ? hooks : null;
}

function isHook(variable: Variable): variable is Hooked {
  return (
    variable.about === 'trunk' || variable.about === 'caller-pattern' || variable.about === 'called-pattern'
  );
}

function set(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31));
}
