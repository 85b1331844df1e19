import { NumberMap } from '../../numbers/number-map.ts';
import { areApart, type NumberPattern } from '../../numbers/number-pattern.ts';
import { NumberTrie } from '../../numbers/number-trie.ts';
import { logicOf } from '../logic/formula.ts';
import { type Variable, verificationStates } from '../logic/logic.ts';
import type { MustPass, Policy } from '../policy.ts';
import type { Problem } from '../problem.ts';
import { callerPoints, no, yes } from './dimensions.ts';
import { exampleCall } from './example-call.ts';
import { ListedNumbers } from './listed-numbers.ts';
import { numberAnswers, numberQuestions } from './number-answers.ts';
import { anyCall, type ProvenRule, type RuleClauses, reaches } from './rule-clauses.ts';
import { search } from './search.ts';
import type { Supposition } from './supposition.ts';
import { type Theory, variablesOf } from './theory.ts';

const mostSteps = 20_000;
/** Beyond this many rows, numbers are not looked at one by one, and everything is thought possible of them. */
const mostNumbers = 20_000;
const mostOfRange = 256;
/** To see whether a prefix of one list has numbers of another. */
const mostLookedThrough = 200_000;

/** One number, or a block of them of which less is known. */
type Caller = { readonly words: string; readonly pattern: NumberPattern };

/** Variables that the proof below speaks of, whether or not a rule asks them. */
export function mustPassVariables({ settings }: Policy): Variable[] {
  return settings.mustPass.map(({ list }) => ({ about: 'caller-list', list }) as const);
}

/**
 * Proves that every number of the must-pass lists is connected, in every variation of the other facts. Each number is
 * looked up in the lists and patterns of the rules; numbers of which the same is true are proven once.
 */
export function findHeldUp(clauses: RuleClauses, now: number): Problem[] {
  const numbers = new NumberQuestions(clauses.theory);
  return clauses.policy.settings.mustPass.flatMap((mustPass) => {
    const proven = new Set<string>();
    const blamed = new Set<string>();
    const problems: Problem[] = [];
    for (const caller of callersOf(mustPass, clauses.policy, now)) {
      const known = answersOf(caller, mustPass, clauses, numbers, now);
      const what = `${known.isShortCode} ${known.yes.join()}`;
      if (caller.pattern.kind === 'exact' && proven.has(what)) continue;
      proven.add(what);
      const held = heldUpBy(clauses, () => callOf(known, mustPass, clauses));
      if (held === null || blamed.has(held.rule.rule.id)) continue;
      blamed.add(held.rule.rule.id);
      problems.push(problemOf(caller, mustPass, held, clauses, now));
    }
    return problems;
  });
}

interface HeldUp {
  readonly rule: ProvenRule;
  /** Null: it could not be proven that the rule lets the caller through. */
  readonly call: Supposition | null;
}

/** The first rule that takes such a call and does not connect it. */
function heldUpBy(clauses: RuleClauses, begin: () => Supposition): HeldUp | null {
  const start = begin();
  for (const [at, proven] of clauses.rules.entries()) {
    const { rule, takes } = proven;
    if (rule.mode !== 'enforce') continue;
    const possible = start.answers(takes);
    if (rule.verdictKind !== 'connect' && (possible & yes) !== 0) {
      const call = begin();
      const result = search(call, reaches(clauses, at), mostSteps);
      if (result !== 'none') return { rule: proven, call: result === 'found' ? call : null };
    }
    if (possible === yes) return null;
  }
  return null;
}

function* callersOf({ list }: MustPass, { lists }: Policy, now: number): Generator<Caller> {
  const found = lists.get(list);
  if (!found) return;
  const rows = new ListedNumbers(found);
  const one = (number: string): Caller => ({ words: number, pattern: { kind: 'exact', number } });
  if (rows.count > mostNumbers)
    yield { words: `a number on ${list}`, pattern: { kind: 'prefix', prefix: '+' } };
  else for (const number of rows.numbers()) if (found.find(number, now)) yield one(number);
  for (const { pattern } of rows.patterns()) {
    if (pattern.kind !== 'range') {
      yield {
        words: `a number that begins with ${pattern.kind === 'prefix' ? pattern.prefix : ''}`,
        pattern,
      };
      continue;
    }
    const [from, to] = [Number(pattern.from), Number(pattern.to)];
    if (to - from < mostOfRange) for (let n = from; n <= to; n++) yield one(`+${n}`);
    else yield { words: `a number from ${pattern.from} to ${pattern.to}`, pattern };
  }
}

/** What is known of a caller, by question. */
interface CallerAnswers {
  readonly isShortCode: boolean;
  readonly yes: readonly number[];
  readonly no: readonly number[];
}

/** The questions that a number alone answers. Of thousands about one number each, a number is asked those near it. */
class NumberQuestions {
  readonly all: readonly number[];
  readonly #others: readonly number[];
  readonly #patterns = new NumberTrie();
  readonly #marked: Int32Array;

  constructor(theory: Theory) {
    const ids = Array.from({ length: theory.size }, (_, id) => id);
    const about = (id: number) => theory.known(id).variable.about;
    this.all = ids.filter((id) => numberQuestions.has(about(id)));
    this.#others = this.all.filter((id) => about(id) !== 'caller-pattern');
    this.#marked = new Int32Array(Math.ceil(theory.size / 32));
    for (const id of ids) {
      const { variable } = theory.known(id);
      if (variable.about === 'caller-pattern') this.#patterns.add(variable.pattern, id);
    }
  }

  /** Those to which this number may say yes, rising. @param number E.164 */
  near(number: string): readonly number[] {
    this.#marked.fill(0);
    if (!this.#patterns.mark(number, this.#marked)) return this.all;
    const found = [...this.#others];
    for (const [word, marks] of this.#marked.entries())
      for (let bits = marks; bits !== 0; bits &= bits - 1)
        found.push(word * 32 + 31 - Math.clz32(bits & -bits));
    return found.sort((a, b) => a - b);
  }
}

function answersOf(
  { pattern }: Caller,
  mustPass: MustPass,
  { theory, policy }: RuleClauses,
  numbers: NumberQuestions,
  now: number,
): CallerAnswers {
  const isListed = (variable: Variable) =>
    variable.about === 'caller-list' && variable.list === mustPass.list;
  if (pattern.kind === 'exact') {
    const { number } = pattern;
    const yes = numbers.near(number).filter((id) => {
      const { variable } = theory.known(id);
      return isListed(variable) || numberAnswers(variable, number, policy.lists, now);
    });
    const held = new Set(yes);
    return { isShortCode: !number.startsWith('+'), yes, no: numbers.all.filter((id) => !held.has(id)) };
  }
  const yes: number[] = [];
  const no: number[] = [];
  for (let id = 0; id < theory.size; id++) {
    const { variable } = theory.known(id);
    if (isListed(variable)) yes.push(id);
    else if (blockAnswers(variable, pattern, policy, now) === false) no.push(id);
  }
  return { isShortCode: false, yes, no };
}

/** A call of a caller of whom this is known. */
function callOf(known: CallerAnswers, { unlessForged }: MustPass, clauses: RuleClauses): Supposition {
  const supposition = anyCall(clauses, false);
  supposition.restrict('caller', (point) =>
    known.isShortCode ? callerPoints[point] === 'short-code' : point >= callerPoints.indexOf('invalid'),
  );
  if (unlessForged) supposition.restrict('verification', (point) => verificationStates[point] !== 'failed');
  for (const id of known.yes) supposition.suppose(id, yes);
  for (const id of known.no) supposition.suppose(id, no);
  return supposition;
}

/** Of a block of numbers only what is true of none of them is known. */
function blockAnswers(
  variable: Variable,
  block: NumberPattern,
  { lists }: Policy,
  now: number,
): boolean | null {
  if (block.kind === 'prefix' && block.prefix === '+') return null;
  if (variable.about === 'caller-pattern') return areApart(variable.pattern, block) ? false : null;
  if (variable.about !== 'caller-list') return null;
  const list = lists.get(variable.list);
  if (!list) return false;
  const rows = new ListedNumbers(list);
  if (rows.count > mostLookedThrough) return null;
  if (rows.patterns().some(({ pattern }) => !areApart(pattern, block))) return null;
  const inBlock = new NumberMap([[block, true]]);
  for (const number of rows.numbers()) if (inBlock.find(number) && list.find(number, now)) return null;
  return false;
}

function problemOf(
  caller: Caller,
  { list, place }: MustPass,
  { rule: { rule }, call }: HeldUp,
  clauses: RuleClauses,
  now: number,
): Problem {
  const { pattern } = caller;
  const found = clauses.policy.lists.get(list);
  const line =
    pattern.kind === 'exact' && found ? new ListedNumbers(found).lineOf(pattern.number, now) : null;
  const where = line === null ? '' : `, line ${line}`;
  const example = call
    ? `a call ${exampleCall(clauses, call, caller.words)}`
    : `it could not be proven for ${caller.words}`;
  const also = [...clauses.policy.blockLists].filter(
    (id) => pattern.kind === 'exact' && clauses.policy.lists.get(id)?.find(pattern.number, now),
  );
  const ending = clauses.rules.find(
    (one) =>
      one.rule.expiresAt !== null &&
      one.rule.verdictKind === 'connect' &&
      one.rule.place.line < rule.place.line &&
      one.rule.formula !== null &&
      variablesOf(logicOf(one.rule.formula)).some((v) => v.about === 'caller-list' && v.list === list),
  )?.rule;
  if (ending)
    return {
      severity: 'error',
      ...place,
      message: `callers on the must-pass list "${list}" are connected by "${ending.id}" (line ${ending.place.line}) only until that rule expires; after that "${rule.id}" (line ${rule.place.line}) takes ${caller.words}`,
      remedy: `take "expires" away from "${ending.id}", or put another rule below it that connects "${list}"`,
      code: 'must-pass',
    };
  return {
    severity: 'error',
    ...place,
    message: `a number on the must-pass list "${list}"${where} is not always connected: "${rule.id}" (line ${rule.place.line}) takes ${example}`,
    remedy:
      also.length > 0
        ? `take ${caller.words} off ${also.join(' and ')}, or put the rule that connects "${list}" above "${rule.id}"`
        : `put a rule that connects "${list}" above "${rule.id}"; if forged calls may be asked: - { list: ${list}, unless: verification-failed }`,
    code: 'must-pass',
  };
}
