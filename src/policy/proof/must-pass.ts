import type { Variable } from '../conditions/logic.ts';
import { verificationStates } from '../conditions/logic.ts';
import { NumberMap } from '../number-map.ts';
import type { NumberPattern } from '../number-pattern.ts';
import type { MustPass, Policy } from '../policy.ts';
import type { Problem } from '../problem.ts';
import { callerPoints } from './dimensions.ts';
import { exampleCall } from './example-call.ts';
import { ListedNumbers } from './listed-numbers.ts';
import { numberAnswers } from './number-answers.ts';
import { areApart } from './pattern-sets.ts';
import { anyCall, type ProvenRule, type RuleClauses, reaches } from './rule-clauses.ts';
import { search } from './search.ts';
import type { Supposition } from './supposition.ts';
import { no, yes } from './values.ts';

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
  return clauses.policy.settings.mustPass.flatMap((mustPass) => {
    const proven = new Set<string>();
    const blamed = new Set<string>();
    const problems: Problem[] = [];
    for (const caller of callersOf(mustPass, clauses.policy, now)) {
      const supposition = callOf(caller, mustPass, clauses, now);
      const what = supposition
        .supposed()
        .map(({ id, value }) => `${id}:${value}`)
        .join();
      if (proven.has(what)) continue;
      proven.add(what);
      const held = heldUpBy(clauses, () => callOf(caller, mustPass, clauses, now));
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

/** A call of this caller, of whom everything is supposed that is known. */
function callOf(caller: Caller, mustPass: MustPass, clauses: RuleClauses, now: number): Supposition {
  const { theory, policy } = clauses;
  const supposition = anyCall(clauses, false);
  supposition.restrict('caller', (point) => point >= callerPoints.indexOf('invalid'));
  if (mustPass.unlessForged)
    supposition.restrict('verification', (point) => verificationStates[point] !== 'failed');
  const number = caller.pattern.kind === 'exact' ? caller.pattern.number : null;
  for (let id = 0; id < theory.size; id++) {
    const { variable } = theory.known(id);
    const known =
      variable.about === 'caller-list' && variable.list === mustPass.list
        ? true
        : number === null
          ? blockAnswers(variable, caller.pattern, policy, now)
          : numberAnswers(variable, number, policy.lists, now);
    if (known !== null) supposition.suppose(id, known ? yes : no);
  }
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
