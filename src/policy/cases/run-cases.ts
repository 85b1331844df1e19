import { decide } from '../decide.ts';
import type { Policy } from '../policy.ts';
import type { Place, Problem } from '../problem.ts';
import { problemsOfShape } from '../shape-problems.ts';
import { wordRemedy } from '../spelling.ts';
import type { Decision } from '../verdict.ts';
import type { YamlSource } from '../yaml-source.ts';
import { caseCall } from './case-call.ts';
import { casesShape, type WrittenCase } from './case-shape.ts';

export interface CaseResult {
  /** As described in the file. */
  readonly name: string;
  readonly place: Place;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped; empty when it passed. */
  readonly why: string;
  /** Rules that the call reached: the deciding one, and monitor rules that matched. */
  readonly reached: readonly string[];
}

/** Runs every case of these files. A failed case and a file that cannot be read are errors. Never throws. */
export function runCases(
  policy: Policy,
  sources: readonly YamlSource[],
): { readonly results: readonly CaseResult[]; readonly problems: readonly Problem[] } {
  const results: CaseResult[] = [];
  const problems: Problem[] = [];
  // Cases say what the rules decide; that the board only watches does not make them wrong.
  const enforced: Policy = { ...policy, settings: { ...policy.settings, mode: 'enforce' } };
  for (const source of sources) {
    if (source.data === undefined) {
      problems.push(...source.problems);
      continue;
    }
    const parsed = casesShape.safeParse(source.data);
    if (!parsed.success) {
      problems.push(...problemsOfShape(parsed.error, source));
      continue;
    }
    for (const [index, written] of parsed.data.cases.entries()) {
      const result = runCase(enforced, written, source.at(['cases', index]));
      results.push(result);
      if (result.result !== 'passed') problems.push(problemOf(result));
    }
  }
  return { results, problems };
}

function runCase(policy: Policy, written: WrittenCase, place: Place): CaseResult {
  const { case: name, want } = written;
  const { from } = written.call;
  if (typeof from === 'object' && !policy.lists.has(from.in)) {
    const why = `there is no list "${from.in}"; ${wordRemedy(from.in, [...policy.lists.keys()], 'lists')}`;
    return { name, place, result: 'failed', why, reached: [] };
  }
  const call = caseCall(written.call, policy);
  if ('missing' in call) return { name, place, result: 'skipped', why: call.missing, reached: [] };
  const decision = decide(call.facts, policy);
  const reached = [decision.rule, ...decision.monitored.map(({ rule }) => rule)];
  const why = differences(want, decision, policy);
  return { name, place, result: why.length === 0 ? 'passed' : 'failed', why: why.join('; '), reached };
}

function differences(want: WrittenCase['want'], decision: Decision, policy: Policy): string[] {
  const { verdict, rule } = decision;
  const found: string[] = [];
  const differs = (what: string, wanted: string, got: string | null) =>
    found.push(`${what} ${wanted} was wanted, and it is ${got ?? 'none'}`);
  if (want.rule !== undefined && want.rule !== rule) {
    differs('rule', want.rule, rule);
    found.push(whyNot(want.rule, decision, policy));
  }
  if (want.verdict !== undefined && want.verdict !== verdict.kind)
    differs('verdict', want.verdict, verdict.kind);
  const challenge = verdict.kind === 'challenge' ? verdict.challenge : null;
  if (want.challenge !== undefined && want.challenge !== challenge)
    differs('challenge', want.challenge, challenge);
  const connected = verdict.kind === 'challenge' ? verdict.passed : verdict;
  const label = connected.kind === 'connect' ? connected.label : null;
  if (want.label !== undefined && want.label !== label) differs('label', `"${want.label}"`, label);
  const monitored = decision.monitored.map((one) => one.rule);
  for (const one of want.monitored ?? [])
    if (!monitored.includes(one)) found.push(`the monitor rule ${one} did not match`);
  return found;
}

/** Why the wanted rule did not decide: it did not match, or it was not reached. */
function whyNot(rule: string, { trace, rule: decided }: Decision, policy: Policy): string {
  const entry = trace.find((one) => one.rule === rule);
  if (entry) return entry.because;
  const ids = policy.rules.map(({ id }) => id);
  return ids.includes(rule)
    ? `"${decided}" comes first`
    : `there is no such rule: ${wordRemedy(rule, ids, 'rules')}`;
}

function problemOf({ name, place, result, why }: CaseResult): Problem {
  const isFailed = result === 'failed';
  return {
    severity: isFailed ? 'error' : 'warning',
    ...place,
    message: `the case "${name}" ${isFailed ? 'fails' : 'was left out'}: ${why}`,
    remedy: isFailed
      ? 'put the rules right; or, if they mean it so, the case'
      : 'give the list a number that stands on no other list, or write a number',
    code: isFailed ? 'case-failed' : 'case-skipped',
  };
}
