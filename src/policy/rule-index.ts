import { type CallFacts, listedNumber } from '../call/facts.ts';
import { NumberTrie } from '../numbers/number-trie.ts';
import { compileHolds, type Formula, type Holds, join, logicOf } from './logic/formula.ts';
import { logicKey, type Variable } from './logic/logic.ts';

/** What the index needs to know of a rule. */
interface IndexedRule {
  readonly formula: Formula | null;
}

type Holder = (facts: CallFacts) => Holds;
type Hooked = Extract<Variable, { about: 'trunk' | 'caller-pattern' | 'called-pattern' }>;

interface Hook {
  readonly part: Formula;
  readonly variables: readonly Hooked[];
  /** A call that hangs here answers yes to the part: only of ranges the index is not sure. */
  readonly settles: boolean;
}

/** A question that several rules cannot match without: asked once, it rules all of them out. */
interface Gate {
  readonly holds: Holder;
  readonly rules: Int32Array;
}

/** Questions that rules cannot match without, by their logic. */
type SharedQuestions = Map<string, { readonly formula: Formula; readonly rules: number[] }>;

/**
 * Finds the rules that a call may match, in their order, without asking the others. Rules hang on what they cannot match
 * without: a trunk, a caller or called number; or on a question that they share. It leaves out only rules that do not
 * match, so that the first match is the same as without it.
 */
export class RuleIndex {
  readonly #words: number;
  /** Rules that hang on no trunk and no number. */
  readonly #unhooked: Int32Array;
  readonly #all: Int32Array;
  readonly #trunks = new Map<string, number[]>();
  readonly #callers = new NumberTrie();
  readonly #called = new NumberTrie();
  readonly #gates: Gate[] = [];
  /** Place in `#gates` by rule, or -1. */
  readonly #gateOf: Int32Array;
  /** By rule: what is left to ask of a call that hangs on it, and the whole. */
  readonly #rest: Holder[] = [];
  readonly #whole: Holder[] = [];
  /** Decisions are made one after the other, so that one set of bits serves all. */
  readonly #candidates: Int32Array;
  #open: Uint8Array = new Uint8Array(0);
  #facts: CallFacts | null = null;
  #word = 0;
  /** False for numbers that are not E.164, such as short codes: then everything is asked. */
  #isHooked = true;

  private constructor(rules: readonly IndexedRule[]) {
    this.#words = Math.ceil(rules.length / 32);
    this.#unhooked = new Int32Array(this.#words);
    this.#all = new Int32Array(this.#words);
    this.#candidates = new Int32Array(this.#words);
    this.#gateOf = new Int32Array(rules.length).fill(-1);
  }

  /** Made rule by rule, so that calls may go between two steps. */
  static *gradually(rules: readonly IndexedRule[]): Generator<void, RuleIndex> {
    const index = new RuleIndex(rules);
    const shared: SharedQuestions = new Map();
    for (const [rule, { formula }] of rules.entries()) {
      index.#add(rule, formula, shared);
      yield;
    }
    // The question that most rules share rules out the most.
    const several = [...shared.values()].filter((one) => one.rules.length > 1);
    for (const { formula, rules: all } of several.sort((a, b) => b.rules.length - a.rules.length)) {
      index.#addGate(formula, all);
      yield;
    }
    index.#open = new Uint8Array(index.#gates.length);
    return index;
  }

  #add(rule: number, formula: Formula | null, shared: SharedQuestions): void {
    set(this.#all, rule);
    const whole = formula === null ? everyCall : compileHolds(formula);
    this.#whole.push(whole);
    const needed = formula === null ? [] : conjunctsOf(formula);
    const hook = bestHook(needed);
    if (hook !== null) {
      this.#hang(rule, hook);
      const rest = hook.settles ? needed.filter((part) => part !== hook.part) : needed;
      this.#rest.push(rest.length === 0 ? everyCall : compileHolds(join('all', rest)));
      return;
    }
    this.#rest.push(whole);
    set(this.#unhooked, rule);
    for (const part of needed) {
      const key = logicKey(logicOf(part));
      const there = shared.get(key);
      if (there) there.rules.push(rule);
      else shared.set(key, { formula: part, rules: [rule] });
    }
  }

  #addGate(formula: Formula, all: readonly number[]): void {
    const free = all.filter((rule) => this.#gateOf[rule] === -1);
    if (free.length < 2) return;
    const bits = new Int32Array(this.#words);
    for (const rule of free) {
      this.#gateOf[rule] = this.#gates.length;
      set(bits, rule);
    }
    this.#gates.push({ holds: compileHolds(formula), rules: bits });
  }

  /** Begins with a call; `next` then gives its rules. */
  begin(facts: CallFacts): void {
    this.#facts = facts;
    this.#word = 0;
    const open = this.#open;
    for (let gate = 0; gate < open.length; gate++) open[gate] = 0;
    this.#findCandidates(facts);
  }

  /** The next rule whose conditions hold, in order, or -1. */
  next(): number {
    const facts = this.#facts as CallFacts;
    const candidates = this.#candidates;
    const gateOf = this.#gateOf;
    const open = this.#open;
    const tests = this.#isHooked ? this.#rest : this.#whole;
    for (let word = this.#word; word < candidates.length; word++) {
      let bits = candidates[word] as number;
      while (bits !== 0) {
        const rule = word * 32 + 31 - Math.clz32(bits & -bits);
        bits &= bits - 1;
        const gate = gateOf[rule] as number;
        if (gate >= 0 && open[gate] === 0) {
          candidates[word] = bits;
          if (!this.#passes(gate, facts, word)) {
            bits = candidates[word] as number;
            continue;
          }
        }
        if ((tests[rule] as Holder)(facts) === 'yes') {
          candidates[word] = bits;
          this.#word = word;
          return rule;
        }
      }
    }
    // Facts of a call are not kept longer than it is decided.
    this.#facts = null;
    return -1;
  }

  /** A gate that does not hold takes its rules out of the candidates that are left. */
  #passes(gate: number, facts: CallFacts, from: number): boolean {
    const { holds, rules } = this.#gates[gate] as Gate;
    if (holds(facts) === 'yes') {
      this.#open[gate] = 1;
      return true;
    }
    const candidates = this.#candidates;
    for (let word = from; word < this.#words; word++) {
      candidates[word] = (candidates[word] as number) & ~(rules[word] as number);
    }
    return false;
  }

  #findCandidates(facts: CallFacts): void {
    const candidates = this.#candidates;
    const unhooked = this.#unhooked;
    // Some thirty words: quicker one by one than by a call.
    for (let word = 0; word < unhooked.length; word++) candidates[word] = unhooked[word] as number;
    this.#isHooked = true;
    const caller = listedNumber(facts.caller);
    const { number: called } = facts.called;
    if (
      (caller !== null && !this.#callers.mark(caller, candidates)) ||
      (called !== null && !this.#called.mark(called, candidates))
    ) {
      candidates.set(this.#all);
      this.#isHooked = false;
      return;
    }
    const trunk = this.#trunks.size === 0 ? undefined : this.#trunks.get(facts.trunk);
    if (trunk !== undefined) for (const rule of trunk) set(candidates, rule);
  }

  #hang(rule: number, { variables }: Hook): void {
    for (const variable of variables) {
      if (variable.about === 'caller-pattern') this.#callers.add(variable.pattern, rule);
      else if (variable.about === 'called-pattern') this.#called.add(variable.pattern, rule);
      else {
        const there = this.#trunks.get(variable.name);
        if (there) there.push(rule);
        else this.#trunks.set(variable.name, [rule]);
      }
    }
  }
}

const everyCall: Holder = () => 'yes';

/** Parts without each of which the formula cannot hold. */
function conjunctsOf(formula: Formula): readonly Formula[] {
  return formula.kind === 'all' ? formula.parts.flatMap(conjunctsOf) : [formula];
}

/** A rule hangs on what the fewest calls have: numbers rather than prefixes, prefixes rather than a trunk. */
function bestHook(needed: readonly Formula[]): Hook | null {
  const weight = (hook: Hook) => Math.max(...hook.variables.map(commonness));
  const hooks = needed.flatMap((part) => hookOf(part) ?? []);
  return hooks.reduce<Hook | null>(
    (best, hook) => (best === null || weight(hook) < weight(best) ? hook : best),
    null,
  );
}

function commonness(variable: Hooked): number {
  if (variable.about === 'trunk') return 100;
  const { pattern } = variable;
  if (pattern.kind === 'exact') return 0;
  return pattern.kind === 'prefix' ? 20 - pattern.prefix.length : 20;
}

/** The trunks or numbers of a question that is about nothing else, or null. */
function hookOf(part: Formula): Hook | null {
  const logic = logicOf(part);
  const parts = logic.kind === 'any' ? logic.parts : [logic];
  const variables = parts.flatMap((one) =>
    one.kind === 'is' && isHooked(one.variable) ? [one.variable] : [],
  );
  const [first] = variables;
  if (!first || variables.length !== parts.length) return null;
  if (variables.some(({ about }) => about !== first.about)) return null;
  const settles = variables.every((one) => one.about === 'trunk' || one.pattern.kind !== 'range');
  return { part, variables, settles };
}

function isHooked(variable: Variable): variable is Hooked {
  return (
    variable.about === 'trunk' || variable.about === 'caller-pattern' || variable.about === 'called-pattern'
  );
}

function set(bits: Int32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31));
}
